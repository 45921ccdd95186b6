import { createHash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'
import type { HttpRequest } from '../wire/request.ts'
import { chunkDecoder, malformedTrailer, type ChunkDecoder } from './aws-chunked.ts'
import { checksum, checksumAlgorithms, isChecksum, type Checksum, type ChecksumAlgorithm } from './checksum.ts'
import type { Parameter } from './sigv4-encode.ts'
import { invalidRequest } from './sigv4-s3-words.ts'
import type { Seed } from './sigv4-s3.ts'

/**
 * What a request promises of its body — length, hash, MD5, checksum, signed chunks — and the stream that holds it to
 * that (Amazon S3 User Guide, "Checking object integrity").
 */
export interface CheckedBody {
  /** Length of the content without its framing; undefined when the client did not say. */
  decodedLength: number | undefined
  /** Checksums by algorithm, in base64: those of the headers at once, a trailer's when the stream has ended. */
  checksums: Record<string, string>
  /** Content without framing. Throws where a promise is broken, at the latest at the end: what was read is then void. */
  body: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
}

export interface Promised {
  /** What the signature says of the body; undefined when there is none that does. */
  payload: string | undefined
  seed: Seed | undefined
}

/** How x-amz-content-sha256 may describe a body that it does not hash. */
const framings: Record<string, { chunked: boolean; signed: boolean; trailing: boolean }> = {
  'UNSIGNED-PAYLOAD': { chunked: false, signed: false, trailing: false },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { chunked: true, signed: false, trailing: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { chunked: true, signed: true, trailing: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { chunked: true, signed: true, trailing: true },
}

const contentHash = 'x-amz-content-sha256'
const sha256Hex = /^[0-9a-f]{64}$/

export function checkedBody(request: HttpRequest, parameters: readonly Parameter[], promised: Promised): CheckedBody {
  const said = promised.payload === 'UNSIGNED-PAYLOAD' ? undefined : promised.payload
  const payload = said ?? request.headers.get(contentHash) ?? 'UNSIGNED-PAYLOAD'
  const framing = framings[payload]
  if (!framing && !sha256Hex.test(payload)) throw unknownPayload(payload)
  const decodedLength = lengthOf(request, framing?.chunked ?? false)
  const checksums: Record<string, string> = {}

  async function* body(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    const decoder = framing?.chunked ? decoderOf(framing, promised.seed, decodedLength) : undefined
    const checks = checksOf(request, parameters, framing ? undefined : payload, framing?.trailing ?? false)
    Object.assign(checksums, checks.declared)
    let length = 0
    for await (const bytes of source) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      for (const content of decoder ? decoder.push(buffer) : [buffer]) {
        length += content.length
        if (decodedLength !== undefined && length > decodedLength) throw wrongLength()
        for (const check of checks.running) check.update(content)
        yield content
      }
    }
    const trailers = decoder?.end()
    if (decodedLength !== undefined && length < decodedLength) throw wrongLength()
    for (const check of checks.running) check.finish(trailers)
    if (trailers) Object.assign(checksums, checks.trailed(trailers))
  }
  return { decodedLength, checksums, body }
}

function decoderOf(
  framing: { signed: boolean; trailing: boolean },
  seed: Seed | undefined,
  decodedLength: number | undefined,
): ChunkDecoder {
  if (decodedLength === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411)
  }
  if (!framing.signed) return chunkDecoder({ trailing: framing.trailing })
  // inferred: chunks can only be signed where the request is, by Signature Version 4.
  if (!seed) throw invalidRequest('Signed chunks go on from the signature of the request, and it has none.')
  return chunkDecoder({ seed, trailing: framing.trailing })
}

function lengthOf(request: HttpRequest, chunked: boolean): number | undefined {
  const text = request.headers.get(chunked ? 'x-amz-decoded-content-length' : 'content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** One promise in the course of being checked. */
interface Check {
  update: (bytes: Uint8Array) => void
  /** Throws when the promise was broken. */
  finish(trailers: ReadonlyMap<string, string> | undefined): void
}

interface Checks {
  running: Check[]
  /** Checksums that the headers name, by algorithm. */
  declared: Record<string, string>
  /** Checksums that came in the trailer, by algorithm. */
  trailed(trailers: ReadonlyMap<string, string>): Record<string, string>
}

function checksOf(
  request: HttpRequest,
  parameters: readonly Parameter[],
  sha256: string | undefined,
  trailing: boolean,
): Checks {
  const running: Check[] = []
  if (sha256 !== undefined) running.push(hashCheck(sha256))
  const md5 = request.headers.get('content-md5')
  if (md5 !== undefined) running.push(md5Check(md5))

  // The checksum of CompleteMultipartUpload is the object's, not that of the XML which it comes with.
  const completes = request.method === 'POST' && parameters.some(([name]) => name === 'uploadId')
  const given = completes ? [] : givenChecksums(request)
  const trailed = trailing ? announced(request) : []
  if (!completes) checkAnnouncement(request, given, trailed)
  for (const { algorithm, value } of given) running.push(checksumCheck(algorithm, () => value))
  for (const algorithm of trailed) {
    running.push(checksumCheck(algorithm, (trailers) => trailers?.get(headerOf(algorithm))))
  }
  return {
    running,
    declared: Object.fromEntries(given.map(({ algorithm, value }) => [algorithm, value])),
    trailed: (trailers) => {
      for (const name of trailers.keys()) {
        if (!trailed.some((algorithm) => headerOf(algorithm) === name)) throw malformedTrailer()
      }
      return Object.fromEntries(trailed.map((algorithm) => [algorithm, trailers.get(headerOf(algorithm))!]))
    },
  }
}

function headerOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

/** Algorithms of S3's that are not built here. */
const unbuilt = ['x-amz-checksum-xxhash64', 'x-amz-checksum-xxhash3', 'x-amz-checksum-xxhash128']

function givenChecksums(request: HttpRequest): { algorithm: ChecksumAlgorithm; value: string }[] {
  if (unbuilt.some((name) => request.headers.has(name))) throw notImplemented()
  return checksumAlgorithms.flatMap((algorithm) => {
    const value = request.headers.get(headerOf(algorithm))
    return value === undefined ? [] : [{ algorithm, value }]
  })
}

/** Algorithms whose value x-amz-trailer says will follow the content. */
function announced(request: HttpRequest): ChecksumAlgorithm[] {
  const names = (request.headers.get('x-amz-trailer') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  return names
    .filter((name) => name !== '')
    .map((name) => {
      if (unbuilt.includes(name)) throw notImplemented()
      const algorithm = checksumAlgorithms.find((known) => headerOf(known) === name)
      if (!algorithm) throw invalidRequest('The value specified in the x-amz-trailer header is not supported')
      return algorithm
    })
}

/** One checksum at most, of the kind that was announced, and well-formed. */
function checkAnnouncement(
  request: HttpRequest,
  given: readonly { algorithm: ChecksumAlgorithm; value: string }[],
  trailed: readonly ChecksumAlgorithm[],
): void {
  if (given.length + trailed.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  }
  const chosen = request.headers.get('x-amz-sdk-checksum-algorithm')?.toUpperCase()
  if (chosen !== undefined) {
    const sent = given[0]?.algorithm ?? trailed[0]
    if (sent === undefined) {
      throw invalidRequest(
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
      )
    }
    if (sent !== chosen) throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  }
  for (const { algorithm, value } of given) {
    if (!isChecksum(algorithm, value)) throw invalidRequest(`Value for ${headerOf(algorithm)} header is invalid.`)
  }
}

function hashCheck(expected: string): Check {
  const state = createHash('sha256')
  return {
    update: (bytes) => void state.update(bytes),
    finish() {
      const calculated = state.digest('hex')
      if (calculated === expected) return
      throw new AwsError(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        400,
        { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: calculated },
      )
    },
  }
}

function md5Check(expected: string): Check {
  if (!isChecksum('MD5', expected)) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, { 'Content-MD5': expected })
  }
  const state: Checksum = checksum('MD5')
  return {
    update: state.update,
    finish() {
      const calculated = state.digest()
      if (calculated === expected) return
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400, {
        ExpectedDigest: expected,
        CalculatedDigest: calculated,
      })
    },
  }
}

function checksumCheck(
  algorithm: ChecksumAlgorithm,
  expected: (trailers: ReadonlyMap<string, string> | undefined) => string | undefined,
): Check {
  const state = checksum(algorithm)
  return {
    update: state.update,
    finish(trailers) {
      const value = expected(trailers)
      if (value === undefined) throw malformedTrailer()
      if (!isChecksum(algorithm, value))
        throw invalidRequest(`Value for ${headerOf(algorithm)} trailing header is invalid.`)
      if (state.digest() !== value) {
        throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400)
      }
    },
  }
}

const wrongLength = (): AwsError =>
  new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    400,
  )

const notImplemented = (): AwsError =>
  new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501)

function unknownPayload(payload: string): AwsError {
  if (payload.startsWith('STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD')) return notImplemented()
  return new AwsError(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    400,
    { ArgumentName: contentHash, ArgumentValue: payload },
  )
}
