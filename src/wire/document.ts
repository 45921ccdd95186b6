import type { MemberModel, ShapeModel, TimestampFormat } from './model.ts'
import { maxDepth, serializationError } from './serialization-error.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'

/**
 * Documents: the body of the JSON and CBOR protocols, a tree of objects, arrays and scalars whose form follows the shape.
 * A shape is compiled into a closure at its first use. What differs between the protocols are the two leaves below.
 */
export interface Leaves {
  blobOf(value: unknown): Uint8Array
  blobTo(value: Uint8Array): unknown
  timestampOf(value: unknown, format: TimestampFormat): number
  timestampTo(value: number, format: TimestampFormat): unknown
  /** NaN and the infinities. */
  nonFiniteTo(value: number): unknown
}

export type Decoder = (value: unknown, depth: number) => unknown
export type Encoder = (value: never) => unknown

export const jsonLeaves: Leaves = {
  blobOf(value) {
    if (typeof value !== 'string') throw mismatch(value, 'Blob')
    if (!isBase64(value)) throw serializationError('Invalid Base64 character') // inferred
    return Buffer.from(value, 'base64')
  },
  blobTo: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'),
  timestampOf(value, format) {
    if (typeof value === 'number' && Number.isFinite(value)) return value
    const seconds = typeof value === 'string' && format !== 'unixTimestamp' ? parseTimestamp(value) : undefined
    if (seconds === undefined) throw mismatch(value, 'Date')
    return seconds
  },
  timestampTo: (value, format) =>
    format === 'unixTimestamp' ? Math.round(value * 1000) / 1000 : formatTimestamp(value, format),
  nonFiniteTo: String,
}

/**
 * Whole base64, padded or not. A part of an image layer is a text of megabytes, so no group of characters is repeated here:
 * that takes the engine of regular expressions a frame of its stack each time.
 */
function isBase64(text: string): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const rest = (text.length - padding) % 4
  if (padding === 0 ? rest === 1 : rest !== 4 - padding) return false
  return !/[^A-Za-z0-9+/]/.test(padding === 0 ? text : text.slice(0, -padding))
}

/** AWS's names of JSON tokens, as its messages print them: `NUMBER_VALUE can not be converted to a String`. */
function mismatch(value: unknown, wanted: string): Error {
  if (Array.isArray(value)) return serializationError('Start of list found where not expected')
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
    return serializationError('Start of structure or map found where not expected.')
  const token =
    typeof value === 'string'
      ? 'STRING_VALUE'
      : typeof value === 'boolean'
        ? `${String(value).toUpperCase()}_VALUE`
        : typeof value === 'number'
          ? Number.isInteger(value)
            ? 'NUMBER_VALUE'
            : 'DECIMAL_VALUE'
          : 'VALUE'
  return serializationError(`${token} can not be converted to ${/^[AEIOU]/.test(wanted) ? 'an' : 'a'} ${wanted}`)
}

/** Sets a member whose name the caller chose; `__proto__` becomes a member like any other. */
export function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  else target[name] = value
}

/** A plain object, as JSON.parse and readCbor make them; no array, no bytes, no tagged value. */
function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const floats: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity }

/** Makes a protocol's decoders and encoders of its leaves. */
export function documentCodec(leaves: Leaves) {
  const decoders = new WeakMap<ShapeModel, Decoder>()
  const encoders = new WeakMap<ShapeModel, Encoder>()

  const formatOf = (member: MemberModel | undefined, shape: ShapeModel): TimestampFormat =>
    member?.timestampFormat ?? shape.timestampFormat ?? 'unixTimestamp'

  function decoder(shape: ShapeModel): Decoder {
    let found = decoders.get(shape)
    if (!found) {
      found = makeDecoder(shape)
      decoders.set(shape, found)
    }
    return found
  }

  function makeDecoder(shape: ShapeModel): Decoder {
    switch (shape.type) {
      case 'structure':
        return shape.document ? decodeAny : structureDecoder(shape)
      case 'list': {
        const item = shape.member!.shape
        let part: Decoder | undefined
        return (value, depth) => {
          if (!Array.isArray(value))
            throw isObject(value) ? mismatch(value, 'List') : serializationError('Expected list or null')
          if (depth > maxDepth) throw tooDeep()
          part ??= decoder(item)
          const decode = part
          return value.map((entry) => decode(present(entry), depth + 1))
        }
      }
      case 'map': {
        const item = shape.value!.shape
        let part: Decoder | undefined
        return (value, depth) => {
          if (!isObject(value))
            throw Array.isArray(value) ? mismatch(value, 'Map') : serializationError('Expected map or null')
          if (depth > maxDepth) throw tooDeep()
          part ??= decoder(item)
          const result: Record<string, unknown> = {}
          for (const key of Object.keys(value)) put(result, key, part(present(value[key]), depth + 1))
          return result
        }
      }
      case 'string':
        return (value) => {
          if (typeof value !== 'string') throw mismatch(value, 'String')
          return value
        }
      case 'boolean':
        return (value) => {
          if (typeof value !== 'boolean') throw mismatch(value, 'Boolean')
          return value
        }
      case 'integer':
      case 'long': {
        const name = shape.type === 'long' ? 'Long' : 'Integer'
        return (value) => {
          if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(value, name)
          return Math.trunc(value)
        }
      }
      case 'float':
      case 'double': {
        const name = shape.type === 'float' ? 'Float' : 'Double'
        return (value) => {
          if (typeof value === 'number') return value
          if (typeof value === 'string' && Object.hasOwn(floats, value)) return floats[value]
          throw mismatch(value, name)
        }
      }
      case 'timestamp': {
        const format = formatOf(undefined, shape)
        return (value) => leaves.timestampOf(value, format)
      }
      case 'blob':
        return (value) => leaves.blobOf(value)
    }
  }

  function structureDecoder(shape: ShapeModel): Decoder {
    let parts: Map<string, { name: string; decode: Decoder }> | undefined
    return (value, depth) => {
      if (!isObject(value))
        throw Array.isArray(value) ? mismatch(value, 'Structure') : serializationError('Unexpected field type')
      if (depth > maxDepth) throw tooDeep()
      parts ??= new Map(
        [...shape.members.values()].map((member) => [
          member.locationName ?? member.name,
          { name: member.name, decode: decoderOf(member) },
        ]),
      )
      const result: Record<string, unknown> = {}
      for (const key of Object.keys(value)) {
        const part = parts.get(key)
        // AWS ignores members that it does not know, and takes null for absent.
        if (part && value[key] !== null && value[key] !== undefined)
          result[part.name] = part.decode(value[key], depth + 1)
      }
      return result
    }
  }

  function decoderOf(member: MemberModel): Decoder {
    if (member.shape.type === 'timestamp') {
      const format = formatOf(member, member.shape)
      return (value) => leaves.timestampOf(value, format)
    }
    return decoder(member.shape)
  }

  function encoder(shape: ShapeModel): Encoder {
    let found = encoders.get(shape)
    if (!found) {
      found = makeEncoder(shape)
      encoders.set(shape, found)
    }
    return found
  }

  function makeEncoder(shape: ShapeModel): Encoder {
    switch (shape.type) {
      case 'structure':
        return shape.document ? same : structureEncoder(shape)
      case 'list': {
        let part: Encoder | undefined
        return (value: unknown[]) => {
          part ??= encoder(shape.member!.shape)
          return part === same ? value : value.map(part as (entry: unknown) => unknown)
        }
      }
      case 'map': {
        let part: Encoder | undefined
        return (value: Record<string, unknown>) => {
          part ??= encoder(shape.value!.shape)
          if (part === same) return value
          const result: Record<string, unknown> = {}
          for (const key of Object.keys(value)) put(result, key, part(value[key] as never))
          return result
        }
      }
      case 'timestamp': {
        const format = formatOf(undefined, shape)
        return (value: number) => leaves.timestampTo(value, format)
      }
      case 'blob':
        return (value: Uint8Array) => leaves.blobTo(value)
      case 'float':
      case 'double':
        return (value: number) => (Number.isFinite(value) ? value : leaves.nonFiniteTo(value))
      default:
        return same
    }
  }

  function structureEncoder(shape: ShapeModel): Encoder {
    let parts: { name: string; wireName: string; encode: Encoder }[] | undefined
    return (value: Record<string, unknown>) => {
      parts ??= [...shape.members.values()].map((member) => ({
        name: member.name,
        wireName: member.locationName ?? member.name,
        encode: encoderOf(member),
      }))
      const result: Record<string, unknown> = {}
      for (const part of parts) {
        const given = value[part.name]
        if (given !== undefined && given !== null) result[part.wireName] = part.encode(given as never)
      }
      return result
    }
  }

  function encoderOf(member: MemberModel): Encoder {
    if (member.shape.type === 'timestamp') {
      const format = formatOf(member, member.shape)
      return (value: number) => leaves.timestampTo(value, format)
    }
    return encoder(member.shape)
  }

  return { decoder, encoder }
}

export const json = documentCodec(jsonLeaves)

/** Parses a JSON body; an empty one is an empty document. */
export function parseJson(body: Uint8Array): unknown {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw serializationError()
  }
}

const same = (value: never): unknown => value
const tooDeep = (): Error => serializationError('Depth of the document exceeds the limit') // inferred

/** A list or a map of AWS holds no nulls. */
function present(value: unknown): unknown {
  if (value === null || value === undefined) throw serializationError('Unexpected null in a list or map') // inferred
  return value
}

/** Free-form JSON: kept as it is, once it is known to be of bounded depth. */
function decodeAny(value: unknown, depth: number): unknown {
  let level = [value]
  for (let below = depth; level.length > 0; below += 1) {
    if (below > maxDepth) throw tooDeep()
    level = level.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : []))
  }
  return value
}
