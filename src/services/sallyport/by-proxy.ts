import { proxyEnvironment, openProxy } from '../../fabric/proxy.ts'
import type { Attachment } from '../../fabric/fabric.ts'
import { authorityOf, trustFolder } from '../../fabric/parts.ts'
import { trustFile } from '../../fabric/trust.ts'
import { serveCredentials } from '../../jobs/credentials-endpoint.ts'
import type { OfferedCredentials } from '../../metadata/container-credentials.ts'
import type { World } from '../../world.ts'
import type { Program } from './programs.ts'

/** A program's place where no VPC is made, and only where that was asked for (`serve --fabric proxy`): all by its environment. */
export async function attachByProxy(world: World, program: Program, role?: OfferedCredentials): Promise<Attachment> {
  const proxy = await openProxy(world, program)
  const credentials = role && (await serveCredentials(role))
  const bundle = trustFile(authorityOf(world), trustFolder(world))
  return {
    enter: [],
    mounts: [],
    env: { ...proxyEnvironment(proxy.url, bundle), ...credentials?.env },
    keeper: process.pid,
    async detach() {
      credentials?.close()
      await proxy.close()
    },
  }
}
