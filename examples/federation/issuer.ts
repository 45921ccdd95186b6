/**
 * An OpenID Connect issuer for trying things out, in the manner of GitHub Actions: it gives a token to whoever asks.
 *
 *     node_modules/.bin/node examples/federation/issuer.ts tls.key tls.crt 8443
 *     curl --cacert tls.crt 'https://127.0.0.1:8443/token?sub=repo:acme/models:ref:refs/heads/main'
 *
 * Every parameter becomes a claim, a JSON value where it is one.
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

const [keyFile = 'tls.key', certificateFile = 'tls.crt', port = '8443'] = process.argv.slice(2)
const issuer = `https://127.0.0.1:${port}`
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const kid = 'first'

const documents: Record<string, object> = {
  '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
  '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] },
}

const tls = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) }
createServer(tls, (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
  if (pathname === '/token') return response.end(token(Object.fromEntries(searchParams)))
  const document = documents[pathname]
  if (!document) return response.writeHead(404).end()
  response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
}).listen(Number(port), '127.0.0.1', () => console.log(`Ready ${issuer}`))

function token(asked: Record<string, string>): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, parsed(value)]))
  const all = { iss: issuer, aud: 'sts.amazonaws.com', iat: now, exp: now + 300, ...claims }
  const text = [{ alg: 'RS256', typ: 'JWT', kid }, all].map((part) => base64url(JSON.stringify(part))).join('.')
  return `${text}.${base64url(sign('sha256', Buffer.from(text), privateKey))}`
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function base64url(data: string | Buffer): string {
  return Buffer.from(data).toString('base64url')
}
