import type { World } from '../world.ts'
import type { Runner } from './runner.ts'

const loaders: Record<string, () => Promise<Runner>> = {
  process: async () => (await import('./process.ts')).processRunner,
}

/** The runner that the server was started with; read when the first job needs it. */
export async function runnerOf(world: World): Promise<Runner> {
  const load = loaders[world.config.runner]
  if (!load) throw new Error(`unknown runner ${world.config.runner}`)
  return load()
}
