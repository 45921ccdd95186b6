/** An OpenID Connect issuer of our own: real HTTPS on loopback, real keys, and whatever it is told to do wrong. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import type { Store } from '../../src/store/store.ts'
import {
  OPEN_ID_CONNECT_PROVIDERS,
  providerKey,
  type OpenIdConnectProvider,
} from '../../src/services/iam/identity-providers.ts'
import { makeCertificate, type Certificate } from './certificate.ts'

interface SigningKey {
  kid: string
  alg: string
  key: CryptoKey
  jwk: JWK
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface Issuer {
  /** As IAM has it, without `https://`. */
  url: string
  issuer: string
  thumbprint: string
  /** Requests so far, by path. */
  asked: Map<string, number>
  /** What is answered instead of the document, by path. */
  answers: Map<string, Handler>
  keys: SigningKey[]
  addKey(kid: string, alg?: string): Promise<SigningKey>
  /** A token of this issuer for `sts.amazonaws.com`, good for five minutes, with claims changed (undefined: left out). */
  token(claims?: Record<string, unknown>, by?: { kid?: string; key?: SigningKey }): Promise<string>
  close(): Promise<void>
}

export const CONFIGURATION = '/.well-known/openid-configuration'
export const KEYS = '/keys'

/** `chain`: what the server shows; absent: a certificate for 127.0.0.1 that signed itself. */
export async function startIssuer(chain?: { leaf: Certificate; shown: readonly Certificate[] }): Promise<Issuer> {
  const leaf = chain?.leaf ?? makeCertificate({ name: 'issuer', addresses: ['127.0.0.1'] })
  const cert = [leaf, ...(chain?.shown ?? [])].map(({ certificate }) => certificate).join('')
  const asked = new Map<string, number>()
  const answers = new Map<string, Handler>()
  const keys: SigningKey[] = []
  const server = createServer({ key: leaf.key, cert }, (request, response) => {
    const path = request.url ?? ''
    asked.set(path, (asked.get(path) ?? 0) + 1)
    const handler = answers.get(path)
    if (handler) return handler(request, response)
    const document =
      path === CONFIGURATION ? { issuer, jwks_uri: `${issuer}${KEYS}` } : { keys: keys.map(({ jwk }) => jwk) }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  // Clients that think better of it are part of the play.
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `https://${url}`

  async function addKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    const key = { kid, alg, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
    keys.push(key)
    return key
  }
  await addKey('first')

  return {
    url,
    issuer,
    thumbprint: (chain?.shown.at(-1) ?? leaf).thumbprint,
    asked,
    answers,
    keys,
    addKey,
    token: (claims = {}, { key = keys[0]!, kid = key.kid } = {}) => {
      const now = Math.floor(Date.now() / 1000)
      const payload = {
        iss: issuer,
        sub: 'repo:acme/models',
        aud: 'sts.amazonaws.com',
        iat: now,
        exp: now + 300,
        ...claims,
      }
      return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid }).sign(key.key)
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Writes the provider down as IAM does. */
export function trustIssuer(
  store: Store,
  account: string,
  { url, thumbprint }: Pick<Issuer, 'url' | 'thumbprint'>,
  changes: Partial<OpenIdConnectProvider> = {},
): string {
  const arn = `arn:aws:iam::${account}:oidc-provider/${url}`
  store.put<OpenIdConnectProvider>(OPEN_ID_CONNECT_PROVIDERS, providerKey(arn), {
    account,
    arn,
    url,
    clientIds: ['sts.amazonaws.com'],
    thumbprints: [thumbprint],
    createDate: 0,
    tags: [],
    ...changes,
  })
  return arn
}
