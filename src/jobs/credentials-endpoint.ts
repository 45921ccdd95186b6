import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { credentialsAnswer, PATH } from '../metadata/container-credentials.ts'
import type { OfferedCredentials } from '../metadata/container-credentials.ts'
import type { Acting } from './acting.ts'

/**
 * The container credentials endpoint of one job where there is no fabric (within it: metadata/container-credentials.ts):
 * hands the role's session to who knows the job's token. It decides nothing and changes nothing; the credentials are worth
 * what the door says.
 */
export function openCredentialsEndpoint(
  acting: Acting,
  roleArn: string,
): Promise<{ env: Record<string, string>; close(): void }> {
  return serveCredentials({ roleArn, session: () => acting.session() })
}

/** The same for whoever offers credentials. */
export async function serveCredentials(
  offered: OfferedCredentials,
): Promise<{ env: Record<string, string>; close(): void }> {
  const token = randomBytes(24).toString('base64url')
  const path = `${PATH}${randomBytes(16).toString('hex')}`
  const server = createServer((request, response) => {
    if (request.url !== path || request.method !== 'GET' || !same(request.headers.authorization ?? '', token)) {
      response.writeHead(404).end()
      return
    }
    void credentialsAnswer(offered).then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${path}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
