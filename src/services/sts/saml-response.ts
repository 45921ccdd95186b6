import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import type { ContextValues } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { findSamlProvider, type SamlProvider } from '../iam/identity-providers.ts'
import { checkClaims, type Claims, expiredToken, invalidIdentityToken } from './claims.ts'
import { attributeKeys } from './saml-attributes.ts'
import { type IdentityProvider, readMetadata, SAML, signedAssertion } from './saml-signature.ts'
import { child, children, textOf } from './xml.ts'

/** What a SAML response proves. */
export interface SamlIdentity extends Claims {
  readonly provider: SamlProvider
  readonly issuer: string
  readonly subject: string
  readonly subjectType: string
  /** The response's Recipient. */
  readonly audience: string
  readonly nameQualifier: string
  readonly sessionName: string
  /** Roles for which the provider sends its user. */
  readonly roleArns: readonly string[]
  /** Seconds. */
  readonly duration?: number
  /** Epoch milliseconds at which the provider ends the session. */
  readonly notOnOrAfter?: number
  readonly context: ContextValues
}

interface Asked {
  PrincipalArn: string
  SAMLAssertion: string
}

const ATTRIBUTES = 'https://aws.amazon.com/SAML/Attributes/'
const AUDIENCES = ['https://signin.aws.amazon.com/saml', 'urn:amazon:webservices']
/** Sign-in endpoints, the regional ones and those of one provider included. */
const RECIPIENT = /^https:\/\/(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?signin\.aws\.amazon\.com\/saml(?:\/acs\/[\w-]+)?$/
/** "… within 5 minutes of issuance." */
const REDEEM_MS = 300_000
/** By which an identity provider's clock may be ahead of ours. inferred. */
const AHEAD_MS = 60_000

/** Checks a SAML 2.0 response against the metadata of the account's provider. Throws AWS's refusals. */
export async function verifySamlResponse(world: World, requestId: string, asked: Asked): Promise<SamlIdentity> {
  const provider = findSamlProvider(world.store, asked.PrincipalArn)
  if (!provider) throw invalidIdentityToken("Specified provider doesn't exist")
  if (provider.validUntil * 1000 <= world.now()) throw invalid('The metadata of the specified provider has expired')
  const assertion = await verifiedAssertion(provider, asked.SAMLAssertion, requestId)
  const issuer = textOf(child(assertion, SAML, 'Issuer'))!
  const subject = child(assertion, SAML, 'Subject')
  const nameId = child(subject, SAML, 'NameID')
  const name = textOf(nameId)
  if (name === undefined) throw invalid('NameID is required in AuthnResponse')
  const recipient = checkConditions(assertion, subject, world.now())

  const attributes = attributesOf(assertion)
  const friendlyName = provider.name
  const nameQualifier = createHash('sha1').update(`${issuer}${provider.account}/${friendlyName}`).digest('base64')
  const subjectType = nameFormat(nameId)
  const identity: SamlIdentity = {
    provider,
    issuer,
    subject: name,
    subjectType,
    audience: recipient,
    nameQualifier,
    sessionName: sessionName(attributes),
    roleArns: roles(attributes, provider),
    ...lifetime(assertion, attributes, world.now()),
    ...sessionClaims(attributes),
    context: {
      'aws:FederatedProvider': provider.arn,
      'saml:aud': recipient,
      'saml:iss': issuer,
      'saml:sub': name,
      'saml:sub_type': subjectType,
      'saml:namequalifier': nameQualifier,
      'saml:doc': `${provider.account}/${friendlyName}`,
      ...attributeKeys(attributes),
    },
  }
  checkClaims(identity)
  return identity
}

/** inferred: this sentence, and those of the checks that the documentation does not list. */
function invalid(message: string): AwsError {
  return invalidIdentityToken(message)
}

/** What was read of each provider's metadata. */
const identityProviders = new WeakMap<SamlProvider, IdentityProvider>()

async function verifiedAssertion(provider: SamlProvider, encoded: string, requestId: string): Promise<Element> {
  const xmldom = await import('@xmldom/xmldom')
  const xml = decoded(encoded)
  let idp = identityProviders.get(provider)
  if (!idp) identityProviders.set(provider, (idp = readMetadata(xmldom, provider.metadata)))
  let assertion: Element | undefined
  try {
    assertion = await signedAssertion(xmldom, xml, idp)
  } catch {
    throw invalid('Invalid SAML response')
  }
  if (/<(?:\w+:)?EncryptedAssertion[\s>]/.test(xml)) {
    throw new AwsError('NotImplemented', 'AssumeRoleWithSAML with an encrypted assertion is not built.', 501)
  }
  if (!assertion) throw invalidIdentityToken('Response signature invalid')
  if (textOf(child(assertion, SAML, 'Issuer')) !== idp.entityId) {
    throw invalidIdentityToken(
      `Issuer not present in specified provider (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: ${requestId}; Proxy: null)`,
    )
  }
  return assertion
}

function decoded(encoded: string): string {
  const base64 = encoded.replaceAll(/\s/g, '')
  // inferred: the sentence.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw invalid('Invalid base64 SAMLResponse')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    throw invalid('Invalid SAML response')
  }
}

/** Audience, recipient and times; returns the recipient. */
function checkConditions(assertion: Element, subject: Element | undefined, now: number): string {
  const conditions = child(assertion, SAML, 'Conditions')
  const restrictions = conditions ? children(conditions, SAML, 'AudienceRestriction') : []
  const meant = restrictions.every((one) =>
    children(one, SAML, 'Audience').some((audience) => AUDIENCES.includes(textOf(audience) ?? '')),
  )
  if (restrictions.length === 0 || !meant) {
    throw invalidIdentityToken('Response does not contain the required audience.')
  }
  const confirmations = (subject ? children(subject, SAML, 'SubjectConfirmation') : [])
    .filter((one) => one.getAttribute('Method') === 'urn:oasis:names:tc:SAML:2.0:cm:bearer')
    .flatMap((one) => children(one, SAML, 'SubjectConfirmationData'))
  const confirmation = confirmations.find((one) => RECIPIENT.test(one.getAttribute('Recipient') ?? ''))
  if (!confirmation) throw invalid('Response does not contain the required recipient.')

  const issued = timeOf(assertion, 'IssueInstant')
  if (issued === undefined) throw invalid('IssueInstant is required in AuthnResponse')
  const ends = [timeOf(conditions, 'NotOnOrAfter'), timeOf(confirmation, 'NotOnOrAfter'), issued + REDEEM_MS]
  if (ends.some((end) => end !== undefined && end <= now)) {
    throw expiredToken('Token must be redeemed within 5 minutes of issuance')
  }
  const begins = [timeOf(conditions, 'NotBefore'), timeOf(confirmation, 'NotBefore'), issued]
  if (begins.some((begin) => begin !== undefined && begin > now + AHEAD_MS)) throw invalid('Response is not valid yet')
  return confirmation.getAttribute('Recipient')!
}

/** Epoch milliseconds; undefined where there is no such attribute. Throws when it is no time. */
function timeOf(element: Element | undefined, attribute: string): number | undefined {
  const text = element?.getAttribute(attribute)
  if (!text) return undefined
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time)) throw invalid(`${attribute} is no time`)
  return time
}

/** The name's format, without the prefix that most have (STS API reference, AssumeRoleWithSAML). */
function nameFormat(nameId: Element | undefined): string {
  const format = nameId?.getAttribute('Format') || 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
  return format.replace(/^urn:oasis:names:tc:SAML:2\.0:nameid-format:/, '')
}

/** Values of each attribute, by its Name. */
type Attributes = ReadonlyMap<string, readonly string[]>

function attributesOf(assertion: Element): Attributes {
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

function sessionName(attributes: Attributes): string {
  const name = attributes.get(`${ATTRIBUTES}RoleSessionName`)?.[0]
  if (!name) throw invalidIdentityToken('RoleSessionName is required in AuthnResponse')
  if (!/^[a-zA-Z_0-9+=,.@-]{2,64}$/.test(name)) {
    throw invalidIdentityToken('RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}')
  }
  return name
}

/** Each value is a role's ARN and a provider's, in any order. */
function roles(attributes: Attributes, { arn }: SamlProvider): string[] {
  const pairs = attributes.get(`${ATTRIBUTES}Role`)
  if (!pairs?.length) throw invalid('Role is required in AuthnResponse')
  return pairs
    .map((pair) => pair.split(',').map((part) => part.trim()))
    .filter((pair) => pair.length === 2 && pair.includes(arn))
    .map((pair) => pair.find((part) => part !== arn) ?? '')
}

function lifetime(
  assertion: Element,
  attributes: Attributes,
  now: number,
): Pick<SamlIdentity, 'duration' | 'notOnOrAfter'> {
  const asked = attributes.get(`${ATTRIBUTES}SessionDuration`)?.[0]
  if (asked !== undefined && !(/^\d+$/.test(asked) && Number(asked) >= 900 && Number(asked) <= 43_200)) {
    throw invalid('SessionDuration in AuthnResponse must be between 900 and 43200')
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

function sessionClaims(attributes: Attributes): Claims {
  const prefix = `${ATTRIBUTES}PrincipalTag:`
  const tags = [...attributes].flatMap(([name, values]) => {
    if (!name.startsWith(prefix)) return []
    const Key = name.slice(prefix.length)
    const [Value, ...more] = values
    if (Value === undefined || more.length > 0) throw invalid(`Session tag ${Key} must have one value`)
    return [{ Key, Value }]
  })
  const sourceIdentity = attributes.get(`${ATTRIBUTES}SourceIdentity`)?.[0]
  return {
    tags,
    transitiveTagKeys: attributes.get(`${ATTRIBUTES}TransitiveTagKeys`) ?? [],
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  }
}
