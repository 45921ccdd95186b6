import { X509Certificate } from 'node:crypto'
import type { DOMParser, Element } from '@xmldom/xmldom'
import { invalidInput } from './entities.ts'

/** What an identity provider says of itself (SAML 2.0 metadata, §2.3 and §2.4). */
export interface SamlMetadata {
  /** The issuer of its assertions. */
  readonly entityId: string
  /** Those whose keys may sign: marked for signing, or for no use in particular. */
  readonly signingCertificates: readonly X509Certificate[]
  /** Epoch seconds; absent where the document names no end. */
  readonly validUntil?: number
}

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'

/**
 * Takes a metadata document to pieces. Throws AWS's InvalidInput for one that is no XML, describes no identity provider,
 * or brings no certificate that signatures could be checked with. The parser is loaded at the first document.
 */
export async function parseSamlMetadata(text: string): Promise<SamlMetadata> {
  const { DOMParser, onErrorStopParsing } = await import('@xmldom/xmldom')
  // Metadata has no use for a document type; entities are only good for harm.
  if (/<!DOCTYPE/i.test(text)) throw unparsable()
  const root = parse(new DOMParser({ onError: onErrorStopParsing, locator: false }), text)
  if (!root || root.localName !== 'EntityDescriptor' || root.namespaceURI !== METADATA) throw unparsable()
  const entityId = root.getAttribute('entityID')
  const provider = [...root.getElementsByTagNameNS(METADATA, 'IDPSSODescriptor')].find(
    ({ parentNode }) => parentNode === root,
  )
  if (!entityId || !provider) throw unparsable()
  const signingCertificates = [...provider.getElementsByTagNameNS(METADATA, 'KeyDescriptor')]
    .filter((key) => (key.getAttribute('use') || 'signing') === 'signing')
    .flatMap((key) => [...key.getElementsByTagNameNS(SIGNATURE, 'X509Certificate')])
    .map((element) => certificate(element.textContent ?? ''))
  if (signingCertificates.length === 0) throw unparsable()
  const ends = [root, provider].flatMap((element) => endOf(element.getAttribute('validUntil')))
  return { entityId, signingCertificates, ...(ends.length > 0 && { validUntil: Math.min(...ends) }) }
}

function parse(parser: DOMParser, text: string): Element | undefined {
  try {
    return parser.parseFromString(text, 'text/xml').documentElement ?? undefined
  } catch {
    return undefined
  }
}

function certificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    throw unparsable()
  }
}

function endOf(validUntil: string | null): number[] {
  if (!validUntil) return []
  const time = Date.parse(validUntil)
  if (Number.isNaN(time)) throw unparsable()
  return [Math.floor(time / 1000)]
}

/** inferred: the sentence. */
function unparsable() {
  return invalidInput('Could not parse metadata')
}
