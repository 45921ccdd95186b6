import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Acting } from './acting.ts'

/**
 * The container credentials endpoint of one job (what AWS serves at 169.254.170.2): hands the role's session to who knows
 * the job's token. It decides nothing and changes nothing; the credentials are worth what the door says.
 */
export async function openCredentialsEndpoint(
  acting: Acting,
  roleArn: string,
): Promise<{ env: Record<string, string>; close(): void }> {
  const token = randomBytes(24).toString('base64url')
  const path = `/v2/credentials/${randomBytes(16).toString('hex')}`
  const server = createServer((request, response) => {
    if (request.url !== path || request.method !== 'GET' || !same(request.headers.authorization ?? '', token)) {
      response.writeHead(404).end()
      return
    }
    void acting.session().then(
      ({ credentials, expiresAt }) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            RoleArn: roleArn,
            AccessKeyId: credentials.accessKeyId,
            SecretAccessKey: credentials.secretAccessKey,
            Token: credentials.sessionToken,
            Expiration: new Date(expiresAt).toISOString(),
          }),
        ),
      () => response.writeHead(500).end(),
    )
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
