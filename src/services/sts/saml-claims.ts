import type { Element } from '@xmldom/xmldom'
import type { SamlProvider } from '../iam/identity-providers.ts'
import { type Claims, expiredToken, invalidIdentityToken } from './claims.ts'
import { timeOf } from './saml-conditions.ts'
import { SAML } from './saml-signature.ts'
import { children, textOf } from './xml.ts'

/**
 * What an assertion's attributes say for AWS (IAM User Guide, "Configure SAML assertions for the authentication response").
 * inferred: the sentences but those of RoleSessionName.
 */

const ATTRIBUTES = 'https://aws.amazon.com/SAML/Attributes/'

/** Values of each attribute, by its Name. */
export type Attributes = ReadonlyMap<string, readonly string[]>

export function attributesOf(assertion: Element): Attributes {
  const found = new Map<string, string[]>()
  for (const statement of children(assertion, SAML, 'AttributeStatement')) {
    for (const attribute of children(statement, SAML, 'Attribute')) {
      const name = attribute.getAttribute('Name') ?? ''
      const values = children(attribute, SAML, 'AttributeValue').map((value) => textOf(value) ?? '')
      found.set(name, [...(found.get(name) ?? []), ...values])
    }
  }
  return found
}

export function sessionName(attributes: Attributes): string {
  const name = attributes.get(`${ATTRIBUTES}RoleSessionName`)?.[0]
  if (!name) throw invalidIdentityToken('RoleSessionName is required in AuthnResponse')
  if (!/^[a-zA-Z_0-9+=,.@-]{2,64}$/.test(name)) {
    throw invalidIdentityToken('RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}')
  }
  return name
}

/** Each value is a role's ARN and a provider's, in any order. */
export function roles(attributes: Attributes, { arn }: SamlProvider): string[] {
  const pairs = attributes.get(`${ATTRIBUTES}Role`)
  if (!pairs?.length) throw invalidIdentityToken('Role is required in AuthnResponse')
  return pairs
    .map((pair) => pair.split(',').map((part) => part.trim()))
    .filter((pair) => pair.length === 2 && pair.includes(arn))
    .map((pair) => pair.find((part) => part !== arn) ?? '')
}

export interface Lifetime {
  /** Seconds. */
  readonly duration?: number
  /** Epoch milliseconds at which the provider ends the session. */
  readonly notOnOrAfter?: number
}

export function lifetime(assertion: Element, attributes: Attributes, now: number): Lifetime {
  const asked = attributes.get(`${ATTRIBUTES}SessionDuration`)?.[0]
  if (asked !== undefined && !(/^\d+$/.test(asked) && Number(asked) >= 900 && Number(asked) <= 43_200)) {
    throw invalidIdentityToken('SessionDuration in AuthnResponse must be between 900 and 43200')
  }
  const ends = children(assertion, SAML, 'AuthnStatement').flatMap(
    (statement) => timeOf(statement, 'SessionNotOnOrAfter') ?? [],
  )
  if (ends.some((end) => end <= now)) throw expiredToken('SessionNotOnOrAfter in AuthnResponse has passed')
  return {
    ...(asked !== undefined && { duration: Number(asked) }),
    ...(ends.length > 0 && { notOnOrAfter: Math.min(...ends) }),
  }
}

export function sessionClaims(attributes: Attributes): Claims {
  const prefix = `${ATTRIBUTES}PrincipalTag:`
  const tags = [...attributes].flatMap(([name, values]) => {
    if (!name.startsWith(prefix)) return []
    const Key = name.slice(prefix.length)
    const [Value, ...more] = values
    if (Value === undefined || more.length > 0) throw invalidIdentityToken(`Session tag ${Key} must have one value`)
    return [{ Key, Value }]
  })
  const sourceIdentity = attributes.get(`${ATTRIBUTES}SourceIdentity`)?.[0]
  return {
    tags,
    transitiveTagKeys: attributes.get(`${ATTRIBUTES}TransitiveTagKeys`) ?? [],
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  }
}
