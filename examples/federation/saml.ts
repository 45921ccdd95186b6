/**
 * A SAML 2.0 identity provider for trying things out. It signs with saml.key; saml.crt is its certificate.
 *
 *     node_modules/.bin/node examples/federation/saml.ts metadata > metadata.xml
 *     node_modules/.bin/node examples/federation/saml.ts response ROLE_ARN PROVIDER_ARN ann > response.b64
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SignedXml } from 'xml-crypto'

const ENTITY = 'https://idp.example.com'
const RECIPIENT = 'https://signin.aws.amazon.com/saml'
const ATTRIBUTE = 'https://aws.amazon.com/SAML/Attributes'
const SAML = 'urn:oasis:names:tc:SAML:2.0'

const certificate = readFileSync('saml.crt', 'utf8')
const [what, role = '', provider = '', name = ''] = process.argv.slice(2)
process.stdout.write(what === 'metadata' ? metadata() : Buffer.from(response()).toString('base64'))

function metadata(): string {
  const data = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  return `<EntityDescriptor xmlns="${SAML}:metadata" entityID="${ENTITY}">
  <IDPSSODescriptor protocolSupportEnumeration="${SAML}:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>${data}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="${SAML}:bindings:HTTP-POST" Location="${ENTITY}/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>
`
}

function response(): string {
  const [now, soon] = [0, 240].map((seconds) => new Date(Date.now() + seconds * 1000).toISOString())
  const attributes = { Role: `${role},${provider}`, RoleSessionName: name, 'PrincipalTag:team': 'research' }
  const statements = Object.entries(attributes).map(
    ([key, value]) => `<Attribute Name="${ATTRIBUTE}/${key}"><AttributeValue>${value}</AttributeValue></Attribute>`,
  )
  const assertion =
    signed(`<Assertion xmlns="${SAML}:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${now}">
<Issuer>${ENTITY}</Issuer>
<Subject><NameID Format="${SAML}:nameid-format:persistent">${name}</NameID>
<SubjectConfirmation Method="${SAML}:cm:bearer"><SubjectConfirmationData NotOnOrAfter="${soon}" Recipient="${RECIPIENT}"/></SubjectConfirmation></Subject>
<Conditions NotBefore="${now}" NotOnOrAfter="${soon}"><AudienceRestriction><Audience>${RECIPIENT}</Audience></AudienceRestriction></Conditions>
<AuthnStatement AuthnInstant="${now}"/><AttributeStatement>${statements.join('')}</AttributeStatement></Assertion>`)
  return `<p:Response xmlns:p="${SAML}:protocol" ID="_${randomUUID()}" Version="2.0">
<p:Status><p:StatusCode Value="${SAML}:status:Success"/></p:Status>${assertion}</p:Response>`
}

function signed(assertion: string): string {
  const canonical = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const xpath = "//*[local-name(.)='Assertion']"
  const signer = new SignedXml({
    privateKey: readFileSync('saml.key'),
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: canonical,
  })
  const transforms = ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', canonical]
  signer.addReference({ xpath, transforms, digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256' })
  signer.computeSignature(assertion, { location: { reference: xpath, action: 'prepend' } })
  return signer.getSignedXml()
}
