/** A SAML 2.0 identity provider of our own: it signs with a real key, what it is told to. */
import { SignedXml } from 'xml-crypto'
import { makeCertificate, type Certificate } from './certificate.ts'

export const ENTITY = 'https://idp.example.com/saml'

export interface Assertion {
  subject: string
  format: string
  issuer: string
  audience: string
  recipient: string
  issued: Date
  notOnOrAfter: Date
  notBefore: Date
  sessionNotOnOrAfter?: Date
  /** Name to values. */
  attributes: Record<string, string[]>
}

const iso = (time: Date) => time.toISOString()
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** The assertion as text, without a signature. */
export function assertionXml(one: Assertion, id = '_assertion'): string {
  const attributes = Object.entries(one.attributes).map(
    ([name, values]) =>
      `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${escaped(value)}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  )
  const ends = one.sessionNotOnOrAfter ? ` SessionNotOnOrAfter="${iso(one.sessionNotOnOrAfter)}"` : ''
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${iso(one.issued)}">` +
    `<saml:Issuer>${one.issuer}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="${one.format}">${one.subject}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
    `<saml:SubjectConfirmationData NotOnOrAfter="${iso(one.notOnOrAfter)}" Recipient="${one.recipient}"/>` +
    `</saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${iso(one.notBefore)}" NotOnOrAfter="${iso(one.notOnOrAfter)}">` +
    `<saml:AudienceRestriction><saml:Audience>${one.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${iso(one.issued)}"${ends}/>` +
    `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement></saml:Assertion>`
  )
}

/** The response around an assertion. */
export function responseXml(assertion: string): string {
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0">` +
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` +
    `${assertion}</samlp:Response>`
  )
}

/** Signs the element of that name in a document, enveloped, as identity providers do. */
export function signed(xml: string, by: Certificate, element: 'Assertion' | 'Response' = 'Assertion'): string {
  const signer = new SignedXml({
    privateKey: by.key,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
    // What a message says of its key must not be believed, so it says it.
    publicCert: by.certificate,
  })
  signer.addReference({
    xpath: `//*[local-name(.)='${element}']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  })
  signer.computeSignature(xml, { location: { reference: `//*[local-name(.)='${element}']`, action: 'prepend' } })
  return signer.getSignedXml()
}

export function encoded(xml: string): string {
  return Buffer.from(xml).toString('base64')
}

export function newKey(): Certificate {
  return makeCertificate({ name: 'idp', rsa: true })
}

export function metadataOf(keys: readonly Certificate[]): string {
  const descriptors = keys.map(({ certificate }) => {
    const base64 = certificate.replaceAll(/-----[A-Z ]+-----|\n/g, '')
    return `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
  })
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ENTITY}">` +
    `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors.join('')}` +
    `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ENTITY}/sso"/>` +
    `</md:IDPSSODescriptor></md:EntityDescriptor>`
  )
}
