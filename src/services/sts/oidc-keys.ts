import type { JSONWebKeySet } from 'jose'
import type { OpenIdConnectProvider } from '../iam/identity-providers.ts'
import { getJson } from './oidc-fetch.ts'

/** How long an issuer's keys are good without asking again. */
const LIFETIME_MS = 3_600_000
/** A key that is not among them makes us ask again, but not more often than this. */
const REFRESH_MS = 10_000
/** For the discovery document and the keys together (AWS waits five seconds). */
const PATIENCE_MS = 5000

interface Kept {
  fetchedAt: number
  keys: Promise<JSONWebKeySet>
}

/** By the provider's document: a change of its URL or thumbprints is a new one, and nothing learnt under the old counts. */
const kept = new WeakMap<OpenIdConnectProvider, Kept>()

/**
 * The keys that an issuer publishes (OpenID Connect Discovery 1.0). However many ask at once, it is asked once.
 * `fresh`: not those that are known already. Rejects with ThumbprintMismatch, or with whatever went wrong on the way.
 */
export async function verificationKeys(
  provider: OpenIdConnectProvider,
  nowMs: number,
  fresh = false,
): Promise<JSONWebKeySet> {
  const known = kept.get(provider)
  if (known && nowMs - known.fetchedAt < (fresh ? REFRESH_MS : LIFETIME_MS)) return known.keys
  const keys = fetchKeys(provider)
  const entry = { fetchedAt: nowMs, keys }
  kept.set(provider, entry)
  try {
    return await keys
  } catch (error) {
    // A failure is not kept.
    if (kept.get(provider) === entry) kept.delete(provider)
    throw error
  }
}

async function fetchKeys(provider: OpenIdConnectProvider): Promise<JSONWebKeySet> {
  const issuer = `https://${provider.url}`
  const from = { issuer: new URL(issuer), thumbprints: provider.thumbprints, signal: AbortSignal.timeout(PATIENCE_MS) }
  const discovery = await getJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`), from)
  const { issuer: named, jwks_uri: keysAt } = discovery as { issuer?: unknown; jwks_uri?: unknown }
  if (named !== issuer) throw new Error(`the discovery document of ${issuer} is that of ${String(named)}`)
  if (typeof keysAt !== 'string') throw new Error(`the discovery document of ${issuer} has no jwks_uri`)
  const keys = await getJson(new URL(keysAt), from)
  if (!Array.isArray((keys as Partial<JSONWebKeySet>).keys)) throw new Error(`${keysAt} is no key set`)
  return keys as JSONWebKeySet
}
