import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** A request before it is sent; header names are lower-case. */
export interface PlainRequest {
  method: string
  /** Encoded, without the query. */
  path: string
  /** Encoded, without the question mark. */
  query: string
  headers: Record<string, string>
  body: Uint8Array
}

export interface Scope {
  keys: Keys
  region: string
  /** The service's signing name, e.g. `monitoring` for CloudWatch. */
  service: string
  /** Default: now. */
  at?: Date
}

/**
 * Signs any request by header with AWS's own signer, which shares no line with Sallyport's. `host` and `content-length`
 * must be what is sent; everything in `headers` is signed.
 */
export async function sign(request: PlainRequest, { keys, region, service, at }: Scope): Promise<PlainRequest> {
  const s3 = service === 's3'
  const signer = new SignatureV4({
    credentials: keys,
    region,
    service,
    sha256: Sha256,
    // S3 signs the path as it is sent, the others escape it once more.
    uriEscapePath: !s3,
    applyChecksum: s3,
  })
  const signed = await signer.sign(
    {
      protocol: 'http:',
      hostname: request.headers['host'] ?? '',
      method: request.method,
      path: request.path,
      query: parameters(request.query),
      headers: request.headers,
      body: request.body,
    },
    at ? { signingDate: at } : {},
  )
  return { ...request, headers: signed.headers }
}

/** The same names and values as in the query that is sent, decoded: a list where a name comes again. */
function parameters(query: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {}
  for (const part of query.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = part.split(/=(.*)/s).map(decodeURIComponent)
    const before = found[name]
    found[name] = before === undefined ? value : [before, value].flat()
  }
  return found
}
