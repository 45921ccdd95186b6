import type { AddressInfo } from 'node:net'
import type { Origin } from '../door/call.ts'
import { listen } from '../door/listen.ts'
import type { World } from '../world.ts'
import type { Acting } from './acting.ts'
import { openCredentialsEndpoint } from './credentials-endpoint.ts'

/**
 * What a container reaches where there is no fabric: AWS through a listener of its own, whose socket tells the door that a
 * call comes from the job's network place, and the role's credentials. Other traffic is the host's; `doctor` says so.
 */
export async function containerNetwork(
  world: World,
  acting: Acting,
  roleArn: string,
  origin: Origin,
): Promise<{ env: Record<string, string>; close(): void }> {
  const server = await listen(world, { host: '127.0.0.1', port: 0 }, origin)
  const credentials = await openCredentialsEndpoint(acting, roleArn)
  return {
    env: { ...credentials.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    close() {
      credentials.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
