import { findCredential } from '../services/iam/credentials.ts'
import { recordUse } from '../services/iam/last-used.ts'
import type { Identity } from '../door/identity.ts'
import { openToken, type Token } from '../services/ecr/authorization-token.ts'
import type { HttpRequest } from '../wire/request.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { DENIED } from './refusal.ts'

/** A request that brings no password at all; docker's own words for it are `no basic auth credentials`. */
export const NOBODY = 'NoBasicAuthCredentials'

const refused = (code: string, message: string, status: number) => new AwsError(code, message, status)

/** Seen at ECR: `{"statusCode":400,"errors":[{"code":"DENIED","message":"Your Authorization Token is invalid."}]}`. */
export const invalidToken = () => refused(DENIED, 'Your Authorization Token is invalid.', 400)

/** Seen at ECR: `denied: Your authorization token has expired. Reauthenticate and try again.` */
const expired = () => refused(DENIED, 'Your authorization token has expired. Reauthenticate and try again.', 403)

/** What the password of a request says; throws where it brings none, or one that was not minted here. */
export function tokenOf(world: World, request: HttpRequest): Token {
  const header = request.headers.get('authorization')
  if (header === undefined) throw refused(NOBODY, 'Not Authorized', 401)
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(header) ?? []
  if (scheme.toLowerCase() !== 'basic') throw refused(NOBODY, 'Not Authorized', 401)
  const text = Buffer.from(credentials, 'base64').toString()
  // What skopeo sends without a login.
  if (text === ':') throw refused(NOBODY, 'Not Authorized', 401)
  const colon = text.indexOf(':')
  const token = text.slice(0, colon) === 'AWS' ? openToken(world, text.slice(colon + 1)) : undefined
  if (!token) throw invalidToken()
  return token
}

/**
 * Whoever asked for the token, as he is today: a key that was deactivated or deleted, a session that ended, a role that is
 * gone take the token with them; policies and tags are those of now.
 */
export function identityOfToken(world: World, token: Token): Identity {
  const now = world.now()
  if (token.expiresAt * 1000 <= now) throw expired()
  const credential = findCredential(world.store, token.accessKeyId, now)
  if (!credential?.active) throw invalidToken()
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) throw expired()
  const { caller } = credential
  if (caller.tokenIssuedAt === undefined || caller.kind === 'role-session')
    recordUse(world.store, caller, 'ecr', token.region, now)
  return { caller, account: caller.account, region: token.region, body: (source) => source }
}
