/** EMSA-PSS of RFC 8017, section 9.1, with MGF1 and a salt as long as the digest. */
import { createHash, randomBytes } from 'node:crypto'

/** Encodes a digest for a modulus of `bits`; as long as the modulus. */
export function pssEncode(hash: string, digest: Uint8Array, bits: number): Buffer {
  const length = Math.ceil((bits - 1) / 8)
  const salt = randomBytes(digest.length)
  const h = hashOf(hash, Buffer.alloc(8), digest, salt)
  const db = Buffer.concat([Buffer.alloc(length - salt.length - h.length - 2), Buffer.from([1]), salt])
  const masked = xor(db, mgf1(hash, h, db.length))
  masked[0]! &= topMask(bits)
  return Buffer.concat([Buffer.alloc(Math.ceil(bits / 8) - length), masked, h, Buffer.from([0xbc])])
}

export function pssVerify(hash: string, digest: Uint8Array, encoded: Buffer, bits: number): boolean {
  const length = Math.ceil((bits - 1) / 8)
  const em = encoded.subarray(encoded.length - length)
  const h = em.subarray(-1 - digest.length, -1)
  const masked = em.subarray(0, length - digest.length - 1)
  if (em.at(-1) !== 0xbc || (masked[0]! & ~topMask(bits)) !== 0) return false
  const db = xor(masked, mgf1(hash, h, masked.length))
  db[0]! &= topMask(bits)
  const start = db.length - digest.length
  if (db[start - 1] !== 1 || db.subarray(0, start - 1).some((byte) => byte !== 0)) return false
  return hashOf(hash, Buffer.alloc(8), digest, db.subarray(start)).equals(h)
}

/** Which bits of the first byte the modulus has room for. */
const topMask = (bits: number) => 0xff >> (8 * Math.ceil((bits - 1) / 8) - (bits - 1))

function mgf1(hash: string, seed: Uint8Array, length: number): Buffer {
  const parts: Buffer[] = []
  for (let counter = 0, made = 0; made < length; counter++) {
    const index = Buffer.alloc(4)
    index.writeUInt32BE(counter)
    const part = hashOf(hash, seed, index)
    parts.push(part)
    made += part.length
  }
  return Buffer.concat(parts).subarray(0, length)
}

function hashOf(hash: string, ...parts: Uint8Array[]): Buffer {
  const sum = createHash(hash)
  for (const part of parts) sum.update(part)
  return sum.digest()
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ b[at]!))
}
