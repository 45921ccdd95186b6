import type { World } from '../../world.ts'

/** Amazon ECR API Reference, GetAuthorizationToken: "valid for 12 hours". */
export const LIFETIME_SECONDS = 12 * 3600

/** What a token says of whoever shows it. It says no rights: they are looked up anew with each request. */
export interface Token {
  /** The key that it was asked for with: the token is good as long as that is, and acts as its holder. */
  accessKeyId: string
  /** Whose registry and which Region's it was asked for; counts where the request's host names none. */
  registryId: string
  region: string
  /** Epoch seconds. */
  expiresAt: number
}

const PURPOSE = 'ecr/authorization-token'

/** The password for user `AWS`: base64 of a JSON document as AWS's is, whose payload only this server can read. */
export function mintToken({ vault }: World, token: Token): string {
  const { expiresAt: expiration } = token
  const payload = vault.seal(PURPOSE, String(expiration), Buffer.from(JSON.stringify(token)))
  return Buffer.from(JSON.stringify({ payload, version: '2', type: 'DATA_KEY', expiration })).toString('base64')
}

/** What a password says; undefined for one that was not minted here. Its time may be over. */
export function openToken({ vault }: World, password: string): Token | undefined {
  try {
    const { payload, expiration } = JSON.parse(Buffer.from(password, 'base64').toString()) as Record<string, unknown>
    if (typeof payload !== 'string' || typeof expiration !== 'number') return undefined
    return JSON.parse(vault.open(PURPOSE, String(expiration), payload).toString()) as Token
  } catch {
    return undefined
  }
}
