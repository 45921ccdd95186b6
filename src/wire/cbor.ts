import { documentCodec, type Leaves } from './document.ts'
import { maxDepth, serializationError } from './serialization-error.ts'

/** CBOR (RFC 8949), as much of it as Smithy's RPC v2 protocol takes: no bignums, no tags but the timestamp's. */

/** A tagged value; Smithy uses tag 1, epoch seconds. */
class Tagged {
  readonly tag: number
  readonly value: unknown
  constructor(tag: number, value: unknown) {
    this.tag = tag
    this.value = value
  }
}

const wrong = (): Error => serializationError('Malformed CBOR')

/** Reads one item; throws SerializationException on anything else than exactly one. */
export function readCbor(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {}
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  const take = (length: number): number => {
    if (length > bytes.length - at) throw wrong()
    const start = at
    at += length
    return start
  }

  const argument = (info: number): number => {
    if (info < 24) return info
    if (info === 24) return view.getUint8(take(1))
    if (info === 25) return view.getUint16(take(2))
    if (info === 26) return view.getUint32(take(4))
    if (info === 27) return Number(view.getBigUint64(take(8)))
    throw wrong()
  }

  const chunk = (length: number): Uint8Array => {
    const start = take(length)
    return bytes.slice(start, start + length)
  }

  const chunks = (major: number): Uint8Array => {
    const parts: Uint8Array[] = []
    for (;;) {
      const byte = view.getUint8(take(1))
      if (byte === 0xff) return Buffer.concat(parts)
      if (byte >> 5 !== major || (byte & 31) === 31) throw wrong()
      parts.push(chunk(argument(byte & 31)))
    }
  }

  const ends = (): boolean => {
    if (at >= bytes.length) throw wrong()
    if (bytes[at] !== 0xff) return false
    at += 1
    return true
  }

  const item = (depth: number): unknown => {
    if (depth > maxDepth) throw wrong()
    const byte = view.getUint8(take(1))
    const info = byte & 31
    switch (byte >> 5) {
      case 0:
        return argument(info)
      case 1:
        return -1 - argument(info)
      case 2:
        return info === 31 ? chunks(2) : chunk(argument(info))
      case 3:
        return utf8(info === 31 ? chunks(3) : chunk(argument(info)))
      case 4: {
        const list: unknown[] = []
        if (info === 31) while (!ends()) list.push(item(depth + 1))
        else for (let left = argument(info); left > 0; left -= 1) list.push(item(depth + 1))
        return list
      }
      case 5: {
        const map: Record<string, unknown> = Object.create(null)
        const entry = (): void => {
          const key = item(depth + 1)
          if (typeof key !== 'string') throw wrong()
          map[key] = item(depth + 1)
        }
        if (info === 31) while (!ends()) entry()
        else for (let left = argument(info); left > 0; left -= 1) entry()
        return map
      }
      case 6:
        return new Tagged(argument(info), item(depth + 1))
      default:
        return simple(info)
    }
  }

  const simple = (info: number): unknown => {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
      case 23:
        return null
      case 25:
        return half(view.getUint16(take(2)))
      case 26:
        return view.getFloat32(take(4))
      case 27:
        return view.getFloat64(take(8))
      default:
        throw wrong()
    }
  }

  const value = item(0)
  if (at !== bytes.length) throw wrong()
  return value
}

const decoder = new TextDecoder('utf-8', { fatal: true })
function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw wrong()
  }
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Writes one item. Integers that fit are integers, every other number is a double. */
export function writeCbor(value: unknown): Buffer {
  const parts: Uint8Array[] = []

  const head = (major: number, argument: number): void => {
    const type = major << 5
    if (argument < 24) parts.push(Uint8Array.of(type | argument))
    else if (argument < 0x100) parts.push(Uint8Array.of(type | 24, argument))
    else if (argument < 0x1_0000) parts.push(Uint8Array.of(type | 25, argument >> 8, argument & 255))
    else {
      const bytes = Buffer.alloc(argument < 0x1_0000_0000 ? 5 : 9)
      bytes[0] = type | (bytes.length === 5 ? 26 : 27)
      if (bytes.length === 5) bytes.writeUInt32BE(argument, 1)
      else bytes.writeBigUInt64BE(BigInt(argument), 1)
      parts.push(bytes)
    }
  }

  const write = (entry: unknown): void => {
    if (entry === null || entry === undefined) parts.push(Uint8Array.of(0xf6))
    else if (typeof entry === 'boolean') parts.push(Uint8Array.of(entry ? 0xf5 : 0xf4))
    else if (typeof entry === 'number') {
      if (Number.isSafeInteger(entry) && !Object.is(entry, -0)) head(entry < 0 ? 1 : 0, entry < 0 ? -1 - entry : entry)
      else {
        const bytes = Buffer.alloc(9)
        bytes[0] = 0xfb
        bytes.writeDoubleBE(entry, 1)
        parts.push(bytes)
      }
    } else if (typeof entry === 'string') {
      const bytes = Buffer.from(entry, 'utf8')
      head(3, bytes.length)
      parts.push(bytes)
    } else if (entry instanceof Uint8Array) {
      head(2, entry.length)
      parts.push(entry)
    } else if (entry instanceof Tagged) {
      head(6, entry.tag)
      write(entry.value)
    } else if (Array.isArray(entry)) {
      head(4, entry.length)
      entry.forEach(write)
    } else {
      const fields = Object.entries(entry).filter(([, field]) => field !== undefined)
      head(5, fields.length)
      for (const [key, field] of fields) {
        write(key)
        write(field)
      }
    }
  }

  write(value)
  return Buffer.concat(parts)
}

const cborLeaves: Leaves = {
  blobOf(value) {
    if (!(value instanceof Uint8Array)) throw serializationError('Expected a byte string')
    return value
  },
  blobTo: (value) => value,
  timestampOf(value) {
    const seconds = value instanceof Tagged && value.tag === 1 ? value.value : value
    if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw serializationError('Expected a timestamp')
    return seconds
  },
  timestampTo: (value) => new Tagged(1, value),
  nonFiniteTo: (value) => value,
}

export const cbor = documentCodec(cborLeaves)
