import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { PlainRequest } from './request.ts'

export interface Signer {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  region: string
  service: string
  /** ISO 8601 */
  at: string
  /** Presigned only, seconds. */
  expiresIn?: number
}

/** Signs with AWS's own signer, the oracle: in the header, or in the query when `presign` is set. */
export async function signed(
  plain: PlainRequest,
  signer: Signer,
  { presign = false, s3 = false } = {},
): Promise<PlainRequest> {
  const { accessKeyId, secretAccessKey, sessionToken, region, service, at, expiresIn = 3600 } = signer
  const signature = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    region,
    service,
    sha256: Sha256,
    uriEscapePath: !s3,
    applyChecksum: s3,
  })
  const query: Record<string, string[]> = {}
  for (const part of plain.query.split('&').filter((part) => part !== '')) {
    const [name, value = ''] = part.split('=').map(decodeURIComponent)
    ;(query[name!] ??= []).push(value)
  }
  const request = {
    protocol: 'http:',
    hostname: 'localhost',
    method: plain.method,
    path: plain.path,
    query,
    // As the S3 client's presigner does: a URL's holder may send what he likes.
    headers: {
      ...Object.fromEntries(plain.headers),
      ...(s3 && presign ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
    },
    body: plain.body,
  }
  const signingDate = new Date(at)
  const out = presign
    ? await signature.presign(request, { signingDate, expiresIn })
    : await signature.sign(request, { signingDate })
  return {
    ...plain,
    query: Object.entries(out.query ?? {})
      .flatMap(([name, values]) => [values].flat().map((value) => `${encode(name)}=${encode(value ?? '')}`))
      .join('&'),
    headers: Object.entries(out.headers),
  }
}

/** Percent-encoding as AWS's SDKs do it. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
