import { cbor, readCbor } from './cbor.ts'
import { AwsError } from './aws-error.ts'
import { json, parseJson } from './document.ts'
import { formTree } from './form.ts'
import type { Identified } from './identify.ts'
import { formDecoder } from './query.ts'
import type { HttpRequest } from './request.ts'
import { decodeRest, streamsBody as streams } from './rest.ts'
import { serializationError } from './serialization-error.ts'

/** True where the body stays a stream, the input member's own: it need not, and for S3 must not, be read before. */
export const streamsBody = (identified: Identified): boolean => streams(identified.op)

/**
 * Most bytes of a body that is read whole; more is refused with 413.
 * InvokeEndpoint takes 25 MB since 2026 and 6 MiB before; DeleteObjects' thousand keys need about 1.2 MB. A layer part
 * may have 20 MiB (API_UploadLayerPart), which base64 makes a third longer.
 */
export function bodyLimit(identified: Identified): number {
  if (identified.protocol === 'rest-json') return 26_214_400
  if (identified.operation === 'UploadLayerPart') return 33_554_432
  return identified.protocol === 'query' || identified.protocol === 'ec2' ? 1_048_576 : 16_777_216
}

/**
 * The operation's input as its shape says: timestamps are epoch seconds, blobs Uint8Array, a streamed body is left alone.
 * Members that the shape does not know are ignored, as AWS does. Throws only AwsError.
 */
export function decode(
  identified: Identified,
  request: HttpRequest,
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Record<string, unknown> {
  const { op, protocol } = identified
  if (protocol === 'rest-json' || protocol === 'rest-xml') {
    if (body instanceof Uint8Array && !streams(op)) limit(identified, body)
    return decodeRest(identified, request, body)
  }
  if (!(body instanceof Uint8Array)) throw new Error(`${op.name} takes its body as bytes`)
  limit(identified, body)
  switch (protocol) {
    case 'json': {
      const document = parseJson(body)
      return op.input ? (json.decoder(op.input)(structure(document), 0) as Record<string, unknown>) : {}
    }
    case 'smithy-rpc-v2-cbor': {
      const document = readCbor(body)
      return op.input ? (cbor.decoder(op.input)(structure(document), 0) as Record<string, unknown>) : {}
    }
    case 'query':
    case 'ec2':
      return op.input ? (formDecoder(op.input, protocol)(formTree(identified.form!)) as Record<string, unknown>) : {}
  }
}

function limit(identified: Identified, body: Uint8Array): void {
  // inferred: every service words this in its own way.
  if (body.length > bodyLimit(identified))
    throw new AwsError('RequestEntityTooLargeException', 'Request body is too large', 413)
}

/** `null` for a whole document is no structure. */
function structure(document: unknown): unknown {
  if (document === null) throw serializationError('Unexpected field type')
  return document
}
