import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import type { HttpRequest } from '../wire/request.ts'
import { AwsError } from '../wire/aws-error.ts'

const MiB = 1024 * 1024

/** A body that was read whole: its bytes as sent (which the signature covers) and their hash. */
export interface Body {
  bytes: Buffer
  sha256: string
}

/** Longest body that is read into memory; ECR's layer parts travel inside JSON (10 MiB as base64, with room to spare). */
export function bodyLimit(request: HttpRequest): number {
  return request.headers.get('x-amz-target')?.endsWith('.UploadLayerPart') ? 32 * MiB : 10 * MiB
}

const tooLarge = () => new AwsError('RequestEntityTooLarge', 'Request size exceeded the limit.', 413)

/** Reads a stream whole, up to `limit` bytes; longer ones get AWS's 413. */
export async function readWhole(source: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of source) {
    size += part.length
    if (size > limit) throw tooLarge()
    parts.push(part)
  }
  return joined(parts)
}

/** Reads a request's own body. By events: an async iterator costs as much as the rest of a small call's way in. */
export function readBody(request: HttpRequest, source: Readable): Promise<Body> {
  const limit = bodyLimit(request)
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    source.on('data', (part: Buffer) => {
      size += part.length
      if (size > limit) reject(tooLarge())
      else parts.push(part)
    })
    source.on('end', () => {
      const bytes = joined(parts)
      resolve({ bytes, sha256: hash('sha256', bytes) })
    })
    source.on('error', reject)
    source.on('close', () => {
      if (!source.readableEnded) reject(new AwsError('RequestTimeout', 'The request was cut off before its end.', 400))
    })
  })
}

function joined(parts: readonly Uint8Array[]): Buffer {
  const [only] = parts
  return parts.length === 1 ? Buffer.from(only!.buffer, only!.byteOffset, only!.length) : Buffer.concat(parts)
}

/** Undoes `Content-Encoding: gzip` (SDKs compress large PutMetricData calls) within the same bounds. */
export function unzipped(request: HttpRequest, bytes: Buffer): Buffer {
  if (request.headers.get('content-encoding')?.toLowerCase() !== 'gzip') return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: bodyLimit(request) })
  } catch {
    throw new AwsError('SerializationException', 'The request body could not be decompressed.', 400)
  }
}
