import type { Document, Element } from '@xmldom/xmldom'
import type { SamlMetadata } from '../iam/saml-metadata.ts'
import { child, descendants, readXml } from './xml.ts'

type Xmldom = typeof import('@xmldom/xmldom')

export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'

/**
 * The assertion of a response, taken out of what is signed and never out of the text around it. Signed is either the
 * response or the assertion, by one of the provider's keys; there is one assertion and no more. Undefined where any of
 * that fails: whatever the trick (XML signature wrapping, a second assertion, a key that the message brings along).
 */
export async function signedAssertion(
  xmldom: Xmldom,
  xml: string,
  { signingCertificates }: SamlMetadata,
): Promise<Element | undefined> {
  if (xml.split('<', MAX_TAGS + 2).length > MAX_TAGS + 1) throw new Error('the response has too many elements')
  const { SignedXml } = await import('xml-crypto')
  const document = readXml(xmldom, xml)
  const response = document.documentElement
  if (response?.localName !== 'Response' || response.namespaceURI !== PROTOCOL) return undefined
  if (descendants(document, SAML, 'Assertion').length !== 1) return undefined

  for (const signed of [response, child(response, SAML, 'Assertion')]) {
    const signature = child(signed, SIGNATURE, 'Signature')
    if (!signed || !signature || !refersTo(signature, signed)) continue
    for (const certificate of signingCertificates) {
      // The key that a message brings along proves nothing.
      const signedXml = new SignedXml({ publicCert: certificate.toString(), getCertFromKeyInfo: () => null })
      const verified = verify(signedXml, signature, xml)
      if (verified !== undefined) return assertionIn(readXml(xmldom, verified))
    }
  }
  return undefined
}

/** A signature signs the element that it stands in, and nothing else, by the two transforms that SAML allows (SAML core, 5.4). */
function refersTo(signature: Element, signed: Element): boolean {
  const [reference, ...more] = descendants(signature, SIGNATURE, 'Reference')
  const id = signed.getAttribute('ID')
  if (!id || more.length > 0 || reference?.getAttribute('URI') !== `#${id}`) return false
  const transforms = descendants(signature, SIGNATURE, 'Transform').map((one) => one.getAttribute('Algorithm') ?? '')
  return transforms.length <= TRANSFORMS.size && transforms.every((algorithm) => TRANSFORMS.has(algorithm))
}

const TRANSFORMS: ReadonlySet<string> = new Set([
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
])

/** Tags, opening and closing ones, beyond which a response is not looked at: to check a signature takes longer than to send one. */
const MAX_TAGS = 2000

/** The canonical text of what is signed. */
function verify(signedXml: import('xml-crypto').SignedXml, signature: Element, xml: string): string | undefined {
  try {
    signedXml.loadSignature(signature)
    const [signed, ...more] = signedXml.checkSignature(xml) ? signedXml.getSignedReferences() : []
    return more.length === 0 ? signed : undefined
  } catch {
    return undefined
  }
}

function assertionIn(document: Document): Element | undefined {
  const root = document.documentElement ?? undefined
  if (root?.localName === 'Assertion' && root.namespaceURI === SAML) return root
  return child(root, SAML, 'Assertion')
}
