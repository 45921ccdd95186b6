import type { Store } from '../../store/store.ts'
import type { Tag } from './entities.ts'

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
  /** The identity provider's metadata, as it was given. */
  readonly metadata: string
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

export function findOpenIdConnectProvider(store: Store, arn: string): OpenIdConnectProvider | undefined {
  const found = store.get<OpenIdConnectProvider>(OPEN_ID_CONNECT_PROVIDERS, providerKey(arn))
  return found?.arn === arn ? found : undefined
}

export function findSamlProvider(store: Store, arn: string): SamlProvider | undefined {
  const found = store.get<SamlProvider>(SAML_PROVIDERS, providerKey(arn))
  return found?.arn === arn ? found : undefined
}
