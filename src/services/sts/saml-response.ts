import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import type { ContextValues } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { findSamlProvider, type SamlProvider } from '../iam/identity-providers.ts'
import { parseSamlMetadata, type SamlMetadata } from '../iam/saml-metadata.ts'
import { checkClaims, type Claims, invalidIdentityToken } from './claims.ts'
import { attributeKeys } from './saml-attributes.ts'
import { attributesOf, lifetime, type Lifetime, roles, sessionClaims, sessionName } from './saml-claims.ts'
import { checkConditions } from './saml-conditions.ts'
import { SAML, signedAssertion } from './saml-signature.ts'
import { child, textOf } from './xml.ts'

/** What a SAML response proves. */
export interface SamlIdentity extends Claims, Lifetime {
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
  readonly context: ContextValues
}

interface Asked {
  PrincipalArn: string
  SAMLAssertion: string
}

/** Checks a SAML 2.0 response against the metadata of the account's provider. Throws AWS's refusals. */
export async function verifySamlResponse(world: World, requestId: string, asked: Asked): Promise<SamlIdentity> {
  const provider = findSamlProvider(world.store, asked.PrincipalArn)
  if (!provider) throw invalidIdentityToken("Specified provider doesn't exist")
  if (provider.validUntil * 1000 <= world.now())
    throw invalidIdentityToken('The metadata of the specified provider has expired')
  const assertion = await verifiedAssertion(provider, asked.SAMLAssertion, requestId)
  const issuer = textOf(child(assertion, SAML, 'Issuer'))!
  const subject = child(assertion, SAML, 'Subject')
  const nameId = child(subject, SAML, 'NameID')
  const name = textOf(nameId)
  if (name === undefined) throw invalidIdentityToken('NameID is required in AuthnResponse')
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

/** What was read of each provider's metadata. */
const identityProviders = new WeakMap<SamlProvider, SamlMetadata>()

async function verifiedAssertion(provider: SamlProvider, encoded: string, requestId: string): Promise<Element> {
  const xmldom = await import('@xmldom/xmldom')
  const xml = decoded(encoded)
  let idp = identityProviders.get(provider)
  if (!idp) identityProviders.set(provider, (idp = await parseSamlMetadata(provider.metadata)))
  let assertion: Element | undefined
  try {
    assertion = await signedAssertion(xmldom, xml, idp)
  } catch {
    throw invalidIdentityToken('Invalid SAML response')
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
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw invalidIdentityToken('Invalid base64 SAMLResponse')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    throw invalidIdentityToken('Invalid SAML response')
  }
}

/** The name's format, without the prefix that most have (STS API reference, AssumeRoleWithSAML). */
function nameFormat(nameId: Element | undefined): string {
  const format = nameId?.getAttribute('Format') || 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
  return format.replace(/^urn:oasis:names:tc:SAML:2\.0:nameid-format:/, '')
}
