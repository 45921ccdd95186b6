import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { AwsError } from '../../wire/aws-error.ts'

/** X.509 certificates as IAM takes them: PEM texts. */

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Exactly one certificate, and nothing beside it; undefined for everything else. */
export function parseCertificate(pem: string): X509Certificate | undefined {
  const [only, more] = pem.match(block) ?? []
  if (only === undefined || more !== undefined || pem.trim() !== only) return undefined
  return parse(only)
}

/** Certificates one after the other; undefined when one of them cannot be read, or something else is there. */
function parseChain(pem: string): X509Certificate[] | undefined {
  if (pem.replaceAll(block, '').trim() !== '') return undefined
  const found = (pem.match(block) ?? []).flatMap((one) => parse(one) ?? [])
  return found.length === pem.match(block)?.length ? found : undefined
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

interface KeyPair {
  body: string
  privateKey: string
  chain: string | undefined
}

/**
 * A server's certificate whose key and chain fit. Throws AWS's MalformedCertificate and KeyPairMismatch.
 * The chain begins with the one who signed the certificate, and each is signed by the next.
 */
export function requireKeyPair({ body, privateKey, chain }: KeyPair): X509Certificate {
  const certificate = parseCertificate(body)
  if (!certificate) throw malformed('Unable to parse certificate. Please ensure the certificate is in PEM format.')
  if (!certificate.checkPrivateKey(parseKey(privateKey))) {
    // inferred: the sentence.
    throw new AwsError('KeyPairMismatch', 'The private key does not match the certificate.')
  }
  if (chain !== undefined) requireChain(certificate, parseChain(chain))
  return certificate
}

function requireChain(certificate: X509Certificate, chain: readonly X509Certificate[] = []): void {
  const issued = [certificate, ...chain.slice(0, -1)]
  const broken = issued.findIndex(
    (one, at) => !(chain[at] && one.checkIssued(chain[at]) && one.verify(chain[at].publicKey)),
  )
  if (broken < 0) return
  throw malformed(
    'Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, ' +
      `followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${broken - 1}`,
  )
}

/** inferred: the sentences. */
function parseKey(pem: string): KeyObject {
  if (pem.includes('ENCRYPTED')) throw malformed('Unable to parse key; the body is encrypted.')
  try {
    return createPrivateKey(pem)
  } catch {
    throw malformed('Unable to parse private key. Please ensure the private key is in PEM format.')
  }
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedCertificate', message)
}
