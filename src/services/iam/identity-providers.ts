import type { Store } from '../../store/store.ts'
import { noSuchEntity, type Tag } from './entities.ts'

/** An OpenID Connect provider that the account trusts. */
export interface OpenIdConnectProvider {
  readonly account: string
  /** `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH` */
  readonly arn: string
  /** Without `https://`, as AWS returns it; the issuer is `https://URL`. */
  readonly url: string
  /** Audiences. */
  readonly clientIds: readonly string[]
  /** SHA-1 of the issuer's certificates, 40 hex digits in lower case. */
  readonly thumbprints: readonly string[]
  readonly createDate: number
  readonly tags: readonly Tag[]
}

/** A SAML 2.0 provider that the account trusts. */
export interface SamlProvider {
  readonly account: string
  readonly name: string
  /** `arn:aws:iam::ACCOUNT:saml-provider/NAME` */
  readonly arn: string
  /** Never used twice: a provider made anew under the same name is another. */
  readonly uuid: string
  /** The identity provider's metadata, as it was given. */
  readonly metadata: string
  /** From when on its assertions are worth nothing; epoch seconds. */
  readonly validUntil: number
  readonly createDate: number
  readonly tags: readonly Tag[]
}

export const OPEN_ID_CONNECT_PROVIDERS = 'iam/oidc-provider'
export const SAML_PROVIDERS = 'iam/saml-provider'

/** Keys are `${account}/${what follows the ARN's first slash}`. */
export function providerKey(arn: string): string {
  const [, account = '', name = ''] = /^arn:aws:iam::(\d{12}):(?:oidc|saml)-provider\/(.+)$/.exec(arn) ?? []
  return `${account}/${name}`
}

/**
 * Whether the URL, without `https://`, begins with the name of a host, written plainly. The claims of its tokens become
 * condition keys that begin with it: `saml` or `aws:` would pass for what AWS itself says (`saml:sub`).
 */
export function hasIssuerHost(url: string): boolean {
  return /^(?:[\w-]+(?:\.[\w-]+)+|localhost|\[[\da-f:.]+\])(?::\d+)?(?:\/|$)/i.test(url)
}

export function findOpenIdConnectProvider(store: Store, arn: string): OpenIdConnectProvider | undefined {
  const found = store.get<OpenIdConnectProvider>(OPEN_ID_CONNECT_PROVIDERS, providerKey(arn))
  return found?.arn === arn ? found : undefined
}

export function findSamlProvider(store: Store, arn: string): SamlProvider | undefined {
  const found = store.get<SamlProvider>(SAML_PROVIDERS, providerKey(arn))
  return found?.arn === arn ? found : undefined
}

/** A provider of the account. Throws AWS's NoSuchEntity. */
export function requireOpenIdConnectProvider(store: Store, account: string, arn: string): OpenIdConnectProvider {
  const provider = findOpenIdConnectProvider(store, arn)
  if (provider?.account !== account) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`)
  return provider
}

/** A provider of the account. Throws AWS's NoSuchEntity. */
export function requireSamlProvider(store: Store, account: string, arn: string): SamlProvider {
  const provider = findSamlProvider(store, arn)
  if (provider?.account !== account) throw noSuchEntity(`Manifest not found for arn ${arn}`)
  return provider
}

export function saveOpenIdConnectProvider(store: Store, provider: OpenIdConnectProvider): void {
  store.put<OpenIdConnectProvider>(OPEN_ID_CONNECT_PROVIDERS, providerKey(provider.arn), provider)
}

export function saveSamlProvider(store: Store, provider: SamlProvider): void {
  store.put<SamlProvider>(SAML_PROVIDERS, providerKey(provider.arn), provider)
}
