import type { CompactVerifyGetKey, JWTPayload } from 'jose'
import type { ContextValues } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import type { Tag } from '../iam/entities.ts'
import { hasIssuerHost, OPEN_ID_CONNECT_PROVIDERS, type OpenIdConnectProvider } from '../iam/identity-providers.ts'
import { checkClaims, type Claims, expiredToken, invalidIdentityToken } from './claims.ts'
import { ThumbprintMismatch } from './oidc-fetch.ts'
import { verificationKeys } from './oidc-keys.ts'

/** What a token proves. */
export interface WebIdentity extends Claims {
  readonly provider: OpenIdConnectProvider
  readonly subject: string
  readonly audience: string
  /** Condition keys of the trust policy's evaluation, and of the session that comes of it. */
  readonly context: ContextValues
}

/** IAM User Guide, "Create an OpenID Connect identity provider". */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** Seconds. A token that is older than that is refused, though its own `exp` may allow more. inferred: the limit, not its sentence. */
const OLDEST = 86_400
/** Seconds by which an issuer's clock may be ahead of ours. inferred. */
const AHEAD = 60

/**
 * Checks an OpenID Connect token of a provider of the account: its shape, issuer, audience, times and signature, in that
 * order, so that nothing is fetched for a token that is refused anyway. Throws AWS's refusals.
 */
export async function verifyWebIdentity(world: World, account: string, token: string): Promise<WebIdentity> {
  const jose = await import('jose')
  const { header, claims } = readToken(jose, token)
  const issuer = required(claims, 'iss')
  const provider = providerOf(world, account, issuer)
  const subject = required(claims, 'sub')
  const audience = audienceOf(claims, provider)
  checkTimes(claims, Math.floor(world.now() / 1000))
  if (typeof header.alg !== 'string' || !ALGORITHMS.includes(header.alg)) throw notAToken()
  await checkSignature(jose, world, provider, token)

  const identity: WebIdentity = {
    provider,
    subject,
    audience,
    context: {
      'aws:FederatedProvider': provider.arn,
      [`${provider.url}:sub`]: subject,
      [`${provider.url}:aud`]: audience,
      ...otherKeys(claims, provider.url),
    },
    ...sessionClaims(claims),
  }
  checkClaims(identity)
  return identity
}

type Jose = typeof import('jose')

function readToken(jose: Jose, token: string) {
  try {
    return { header: jose.decodeProtectedHeader(token), claims: jose.decodeJwt(token) }
  } catch {
    throw notAToken()
  }
}

function notAToken(): AwsError {
  return invalidIdentityToken(
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  )
}

function required(claims: JWTPayload, name: 'iss' | 'sub'): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw missingClaim(name)
  return value
}

/** inferred: the sentence. */
function missingClaim(name: string): AwsError {
  return invalidIdentityToken(`Missing a required claim: ${name}`)
}

function providerOf({ store }: World, account: string, issuer: string): OpenIdConnectProvider {
  const found = store
    .list<OpenIdConnectProvider>(OPEN_ID_CONNECT_PROVIDERS, { prefix: `${account}/` })
    .find(({ value }) => `https://${value.url}` === issuer && hasIssuerHost(value.url))
  if (!found) throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`)
  return found.value
}

/** The authorized party stands for the audience where there is one (IAM User Guide, "Available keys for AWS OIDC federation"). */
function audienceOf({ aud, azp }: JWTPayload, { clientIds }: OpenIdConnectProvider): string {
  if (aud === undefined) throw missingClaim('aud')
  const asked = typeof azp === 'string' ? [azp] : [aud].flat()
  const audience = asked.find((one) => clientIds.includes(one))
  if (audience === undefined) throw invalidIdentityToken('Incorrect token audience')
  return audience
}

function checkTimes({ exp, iat, nbf }: JWTPayload, now: number): void {
  if (typeof exp !== 'number') throw missingClaim('exp')
  if (typeof iat !== 'number') throw missingClaim('iat')
  if (exp <= now) {
    // The missing space is AWS's.
    throw expiredToken(`Token expired: current date/time ${now} must be before the expiration date/time${exp}`)
  }
  if (now - iat > OLDEST) throw expiredToken(`Token too old: ${Math.floor(now - iat)}`)
  // inferred: the sentence.
  if (Math.max(iat, nbf ?? 0) > now + AHEAD) throw invalidIdentityToken('Token is not valid yet')
}

async function checkSignature(jose: Jose, world: World, provider: OpenIdConnectProvider, token: string): Promise<void> {
  const options = { algorithms: ALGORITHMS }
  const verify = async (fresh: boolean) => {
    const keys = await keysOf(world, provider, fresh)
    await jose.compactVerify(token, jose.createLocalJWKSet(keys) as CompactVerifyGetKey, options)
  }
  try {
    try {
      await verify(false)
    } catch (error) {
      // The issuer may have changed its keys since.
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error
      await verify(true)
    }
  } catch (error) {
    if (error instanceof jose.errors.JWSSignatureVerificationFailed) {
      // inferred: the sentence.
      throw invalidIdentityToken('Token signature is invalid')
    }
    // No key of that id, or one that is of no use.
    throw error instanceof AwsError ? error : noKey()
  }
}

async function keysOf(world: World, provider: OpenIdConnectProvider, fresh: boolean) {
  try {
    return await verificationKeys(provider, world.now(), fresh)
  } catch (error) {
    world.log.warn({ err: error, provider: provider.arn }, 'keys of an OpenID Connect provider')
    if (error instanceof ThumbprintMismatch) {
      throw invalidIdentityToken("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")
    }
    throw noKey()
  }
}

/** AWS's answer also to an issuer that cannot be reached; the two blanks are AWS's. */
function noKey(): AwsError {
  return invalidIdentityToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  )
}

function otherKeys({ amr, aud, azp }: JWTPayload, url: string): ContextValues {
  return {
    ...(Array.isArray(amr) && { [`${url}:amr`]: amr.map(String) }),
    ...(typeof azp === 'string' && { [`${url}:oaud`]: [aud ?? []].flat()[0] ?? '' }),
  }
}

const TAGS = 'https://aws.amazon.com/tags'
const SOURCE_IDENTITY = 'https://aws.amazon.com/source_identity'

/** Session tags in either of the two forms that the documentation has ("Pass session tags using AssumeRoleWithWebIdentity"). */
function sessionClaims(claims: JWTPayload): Claims {
  const nested = record(claims[TAGS])
  const flat = Object.entries(claims).flatMap(([name, value]) =>
    name.startsWith(`${TAGS}/principal_tags/`) ? [[name.slice(`${TAGS}/principal_tags/`.length), value] as const] : [],
  )
  const tags = [...Object.entries(record(nested['principal_tags'])), ...flat].map(tagOf)
  const transitive = nested['transitive_tag_keys'] ?? claims[`${TAGS}/transitive_tag_keys`] ?? []
  const sourceIdentity = claims[SOURCE_IDENTITY]
  return {
    tags,
    transitiveTagKeys: [transitive].flat().map(String),
    // What is no text is no source identity: the empty one is refused.
    ...(sourceIdentity !== undefined && { sourceIdentity: typeof sourceIdentity === 'string' ? sourceIdentity : '' }),
  }
}

/** A tag has one value, given as it is or as a list of one. */
function tagOf([Key, value]: readonly [string, unknown]): Tag {
  const [Value, ...more]: unknown[] = [value].flat()
  // inferred: the sentence.
  if (typeof Value !== 'string' || more.length > 0) throw invalidIdentityToken(`Session tag ${Key} must have one value`)
  return { Key, Value }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
