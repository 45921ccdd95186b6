import { parseForm } from '../wire/form.ts'
import { signingName } from '../wire/identify.ts'
import type { HttpRequest } from '../wire/request.ts'

/** Part of the signature itself, or of how it says what the body is. */
const ofSignature =
  /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256)$/

/**
 * What S3 only reads in headers: checksums, which the SDK for JavaScript works out of no body at all when it signs a PUT
 * (aws-sdk-go-v2 #2610, aws/aws-sdk #480), and how to encrypt (aws-sdk-js-v3 #1576, which is why that SDK leaves it there).
 */
const headersOnly =
  /^x-amz-(?:checksum-(?!mode$|algorithm$|type$)|sdk-checksum-algorithm$|trailer$|decoded-content-length$|server-side-encryption)/

/**
 * A presigned URL of S3's with what it says in the place of headers as headers: presigners move `x-amz-acl`, `x-amz-tagging`,
 * `x-amz-meta-…` and the like into the query, and S3 reads them there. All of a query is signed. A header outweighs them.
 */
export function withHoistedHeaders(request: HttpRequest): HttpRequest {
  const { query } = request
  if (!query.includes('X-Amz-Signature=') || signingName(request) !== 's3') return request
  let headers: Map<string, string> | undefined
  for (const [parameter, value] of parseForm(query)) {
    const name = parameter.toLowerCase()
    if (!name.startsWith('x-amz-') || ofSignature.test(name) || headersOnly.test(name)) continue
    if (request.headers.has(name)) continue
    headers ??= new Map(request.headers)
    headers.set(name, value)
  }
  return headers ? { ...request, headers } : request
}
