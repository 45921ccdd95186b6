import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../world.ts'

/** Everything of the fabric lies here; servers that never had a program in a VPC have no such folder, and load nothing. */
const used = (world: World) =>
  existsSync(join(world.config.dataDir, 'fabric')) || world.store.count('sallyport/program') > 0

/** Takes away what a server that crashed has left: routers that still run, interfaces of programs. To be called at start. */
export async function reapFabric(world: World): Promise<void> {
  if (!used(world)) return
  const [{ reapRouters }, { forgetPrograms }] = await Promise.all([
    import('./fabric.ts'),
    import('../services/sallyport/programs.ts'),
  ])
  reapRouters(world)
  forgetPrograms(world)
}

/** To be called before the store closes. */
export async function closeFabric(world: World): Promise<void> {
  if (!used(world)) return
  const [{ fabricOf }, { endPrograms }] = await Promise.all([
    import('./fabric.ts'),
    import('../services/sallyport/programs.ts'),
  ])
  await endPrograms(world)
  await fabricOf(world).close()
}
