import { createHash } from 'node:crypto'
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

/** Reads a body whole, up to `limit` bytes; longer ones get AWS's 413. */
export async function readWhole(source: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of source) {
    size += part.length
    if (size > limit) throw new AwsError('RequestEntityTooLarge', 'Request size exceeded the limit.', 413)
    parts.push(part)
  }
  return parts.length === 1
    ? Buffer.from(parts[0]!.buffer, parts[0]!.byteOffset, parts[0]!.length)
    : Buffer.concat(parts)
}

export async function readBody(request: HttpRequest, source: AsyncIterable<Uint8Array>): Promise<Body> {
  const bytes = await readWhole(source, bodyLimit(request))
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
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
