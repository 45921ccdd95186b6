import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { json } from './document.ts'
import type { MemberModel, ShapeModel } from './model.ts'
import type { HttpAnswer } from './request.ts'
import { formatScalar } from './scalar.ts'
import { restXml, structureWriter } from './xml-write.ts'

/** AWS's event stream encoding (application/vnd.amazon.eventstream): prelude, headers, payload, two CRCs. */

/**
 * A stream of events as bytes. Each event is a union, `{ PayloadPart: { Bytes } }`; a modelled error that the source
 * throws, by `name`, becomes an exception frame and ends the stream.
 */
export function eventStream(
  shape: ShapeModel,
  events: AsyncIterable<Record<string, unknown>>,
  protocol: string,
): Readable {
  return Readable.from(frames(shape, events, protocol), { objectMode: false })
}

/** RPC protocols have no headers for the other members of the output: they come first, as an event of their own. */
export function eventStreamAnswer(
  output: ShapeModel,
  streamed: MemberModel,
): (output: Record<string, unknown>, requestId: string) => HttpAnswer {
  const encodeRest = json.encoder({
    ...output,
    members: new Map([...output.members].filter(([, member]) => member !== streamed)),
  })
  return ({ [streamed.name]: events, ...rest }, requestId) => {
    async function* body(): AsyncGenerator<Buffer> {
      const first = { ':message-type': 'event', ':event-type': 'initial-response' }
      const text = JSON.stringify(encodeRest(rest as never))
      yield frame({ ...first, ':content-type': 'application/json' }, Buffer.from(text))
      yield* frames(streamed.shape, events as AsyncIterable<Record<string, unknown>>, 'json')
    }
    return {
      status: 200,
      headers: { 'Content-Type': 'application/vnd.amazon.eventstream', 'x-amzn-RequestId': requestId },
      body: Readable.from(body(), { objectMode: false }),
    }
  }
}

async function* frames(
  shape: ShapeModel,
  events: AsyncIterable<Record<string, unknown>>,
  protocol: string,
): AsyncGenerator<Buffer> {
  try {
    for await (const event of events)
      for (const [name, value] of Object.entries(event)) {
        const member = shape.members.get(name)
        if (!member) throw new Error(`${shape.name} has no event ${name}`)
        yield eventFrame(member, value as Record<string, unknown>, protocol)
      }
  } catch (error) {
    const member = error instanceof Error ? shape.members.get(error.name) : undefined
    if (!member) throw error
    yield exceptionFrame(member, error as Error)
  }
}

function eventFrame(member: MemberModel, value: Record<string, unknown>, protocol: string): Buffer {
  const { shape } = member
  const headers: Record<string, string> = { ':message-type': 'event', ':event-type': member.name }
  const payload = [...shape.members.values()].find((part) => part.eventpayload)
  if (!payload) {
    if (shape.members.size === 0) return frame(headers, Buffer.alloc(0))
    const text =
      protocol === 'rest-xml'
        ? `<${member.name}>${structureWriter(shape, restXml)(value).content}</${member.name}>`
        : JSON.stringify(json.encoder(shape)(value as never))
    headers[':content-type'] = protocol === 'rest-xml' ? 'text/xml' : 'application/json'
    return frame(headers, Buffer.from(text))
  }
  const body = value[payload.name]
  if (payload.shape.type === 'blob') {
    headers[':content-type'] = 'application/octet-stream'
    return frame(headers, Buffer.from((body ?? []) as Uint8Array))
  }
  if (payload.shape.type === 'structure' && protocol === 'rest-xml') {
    headers[':content-type'] = 'text/xml'
    const { content } = structureWriter(payload.shape, restXml)((body ?? {}) as Record<string, unknown>)
    return frame(headers, Buffer.from(`<${payload.name}>${content}</${payload.name}>`))
  }
  headers[':content-type'] = payload.shape.type === 'string' ? 'text/plain' : 'application/json'
  return frame(
    headers,
    Buffer.from(
      payload.shape.type === 'structure'
        ? JSON.stringify(json.encoder(payload.shape)(body as never))
        : formatScalar(payload, body, 'unixTimestamp'),
    ),
  )
}

function exceptionFrame(member: MemberModel, error: Error): Buffer {
  const name = [...member.shape.members.keys()].find((part) => part.toLowerCase() === 'message') ?? 'message'
  const fields = 'fields' in error ? (error.fields as Record<string, unknown>) : {}
  return frame(
    { ':message-type': 'exception', ':exception-type': member.name, ':content-type': 'application/json' },
    Buffer.from(JSON.stringify({ [name]: error.message, ...fields })),
  )
}

/** One message; every header is a string (type 7). */
export function frame(headers: Record<string, string>, payload: Buffer): Buffer {
  const names = Object.entries(headers).map(([name, value]) => {
    const key = Buffer.from(name)
    const text = Buffer.from(value)
    const head = Buffer.alloc(1 + key.length + 3)
    head.writeUInt8(key.length, 0)
    key.copy(head, 1)
    head.writeUInt8(7, 1 + key.length)
    head.writeUInt16BE(text.length, 2 + key.length)
    return Buffer.concat([head, text])
  })
  const headerBytes = Buffer.concat(names)
  const total = 16 + headerBytes.length + payload.length
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(total, 0)
  prelude.writeUInt32BE(headerBytes.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, headerBytes, payload, Buffer.alloc(4)])
  message.writeUInt32BE(crc32(message.subarray(0, total - 4)), total - 4)
  return message
}
