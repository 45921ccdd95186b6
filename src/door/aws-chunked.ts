import { createHash, hash, type Hash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'
import { mismatch } from './sigv4-s3-words.ts'
import type { Seed } from './sigv4-s3.ts'
import { emptySha256, sameText, sign } from './sigv4.ts'

/**
 * The aws-chunked content encoding of S3 uploads (Amazon S3 API Reference, "Signature Calculations for the Authorization
 * Header: Transferring Payload in Multiple Chunks" and "… including trailing headers").
 */

export interface Chunking {
  /** Present when every chunk, and the trailer, carries a signature that goes on from this one. */
  seed?: Seed
  /** Whether headers may follow the last chunk. */
  trailing: boolean
}

export interface ChunkDecoder {
  /** Content of the next piece of the stream, however it was cut. */
  push(bytes: Buffer): Generator<Buffer, void>
  /** To be called when the stream has ended; returns the trailing headers, lower-cased. */
  end(): ReadonlyMap<string, string>
}

const limits = { chunkHeader: 1024, trailers: 8 * 1024, chunkBytesMin: 8192 }
const chunkHeader = /^([0-9A-Fa-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/
const trailerSignature = 'x-amz-trailer-signature'

// inferred: S3's words for framing that is not aws-chunked at all.
const malformed = (): AwsError =>
  new AwsError('InvalidRequest', 'The aws-chunked encoding of the body is not well-formed.', 400)

export const malformedTrailer = (): AwsError =>
  new AwsError(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    400,
  )

export const cutShort = (): AwsError => new AwsError('IncompleteBody', 'The request body terminated unexpectedly', 400)

/** Content is handed on before its chunk's signature is known; a bad one throws, and what was read must then be dropped. */
export function chunkDecoder({ seed, trailing }: Chunking): ChunkDecoder {
  let state: 'header' | 'content' | 'after' | 'trailer' = 'header'
  /** The line being read: a chunk's header, the line break after a chunk, or a trailing header. */
  let line = ''
  /** Bytes of content left in this chunk. */
  let left = 0
  let sizes = { count: 0, last: 0 }
  let digest: Hash | undefined
  let chunkSignature = ''
  let previous = seed?.signature ?? ''
  let closed = false
  let trailerBytes = 0
  const trailers = new Map<string, string>()

  function checkSignature(kind: 'PAYLOAD' | 'TRAILER', given: string, hashes: string): void {
    if (!seed) return
    const text = `AWS4-HMAC-SHA256-${kind}\n${seed.timestamp}\n${seed.scope}\n${previous}\n${hashes}`
    const calculated = sign(seed.key, text)
    if (!sameText(calculated, given)) {
      throw mismatch({ accessKeyId: seed.accessKeyId, signature: given, stringToSign: text })
    }
    previous = calculated
  }

  function endChunk(): void {
    if (digest) checkSignature('PAYLOAD', chunkSignature, `${emptySha256}\n${digest.digest('hex')}`)
  }

  function takeHeader(text: string): void {
    const [, size, signature] = chunkHeader.exec(text) ?? []
    if (size === undefined || (signature === undefined) !== (seed === undefined)) throw malformed()
    left = Number.parseInt(size, 16)
    if (left > 0 && sizes.count > 0 && sizes.last < limits.chunkBytesMin) {
      throw new AwsError(
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
        403,
        {
          Chunk: String(sizes.count + 1),
          BadChunkSize: String(sizes.last),
        },
      )
    }
    sizes = { count: sizes.count + 1, last: left }
    chunkSignature = signature ?? ''
    digest = seed && createHash('sha256')
    state = 'content'
    if (left > 0) return
    endChunk()
    state = 'trailer'
  }

  /** A blank line closes the message; one between the last chunk and the trailer, as some clients send it, does no harm. */
  function takeTrailer(text: string): void {
    closed = text === ''
    if (closed) return
    const mark = text.indexOf(':')
    const name = text.slice(0, mark).trim().toLowerCase()
    if (!trailing || mark < 1 || trailers.has(name)) throw malformedTrailer()
    trailers.set(name, text.slice(mark + 1).trim())
  }

  function takeLine(text: string): void {
    if (state === 'header') takeHeader(text)
    else if (state === 'trailer') takeTrailer(text)
    else if (text === '') state = 'header'
    else throw malformed()
  }

  return {
    *push(bytes) {
      let at = 0
      while (at < bytes.length) {
        if (state === 'content') {
          const content = bytes.subarray(at, at + left)
          at += content.length
          left -= content.length
          digest?.update(content)
          yield content
          if (left > 0) return
          endChunk()
          state = 'after'
          continue
        }
        const newline = bytes.indexOf(10, at)
        const stop = newline < 0 ? bytes.length : newline + 1
        if (state === 'trailer') trailerBytes += stop - at
        if (line.length + stop - at > limits.chunkHeader && state !== 'trailer') throw malformed()
        if (trailerBytes > limits.trailers) throw malformedTrailer()
        line += bytes.toString('latin1', at, stop)
        at = stop
        if (newline < 0) return
        const text = line.replace(/\r?\n$/, '')
        line = ''
        takeLine(text)
      }
    },
    end() {
      if (state !== 'trailer' || !closed || line !== '') throw cutShort()
      if (!seed || !trailing) return trailers
      const given = trailers.get(trailerSignature)
      trailers.delete(trailerSignature)
      if (given === undefined) throw malformedTrailer()
      const text = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('')
      checkSignature('TRAILER', given, hash('sha256', text))
      return trailers
    },
  }
}
