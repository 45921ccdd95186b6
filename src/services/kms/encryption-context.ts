import type { ContextValues } from '../../policy/types.ts'

export type EncryptionContext = Readonly<Record<string, string>>

/** One byte string for each encryption context, whatever the order of its pairs: what ciphertext is bound to. */
export function canonical(context: EncryptionContext = {}): Buffer {
  const pairs = Object.entries(context).map(([key, value]) => [Buffer.from(key), Buffer.from(value)] as const)
  pairs.sort(([a], [b]) => Buffer.compare(a, b))
  return Buffer.concat(pairs.flatMap(([key, value]) => [lengthOf(key), key, lengthOf(value), value]))
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return length
}

/** kms:EncryptionContext:KEY and kms:EncryptionContextKeys; nothing when there is no encryption context. */
export function contextKeys(context: EncryptionContext = {}): ContextValues {
  const keys = Object.keys(context)
  if (keys.length === 0) return {}
  return {
    ...Object.fromEntries(keys.map((key) => [`kms:EncryptionContext:${key}`, context[key]!])),
    'kms:EncryptionContextKeys': keys,
  }
}

export function equals(wanted: EncryptionContext, given: EncryptionContext): boolean {
  return Object.keys(wanted).length === Object.keys(given).length && includes(wanted, given)
}

/** Whether all pairs of `wanted` are in `given`, letter by letter. */
export function includes(wanted: EncryptionContext, given: EncryptionContext): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(given, key) && given[key] === value)
}
