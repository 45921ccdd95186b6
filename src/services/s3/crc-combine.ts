import type { ChecksumAlgorithm } from '../../door/checksum.ts'

/**
 * The CRC of two pieces one after the other, from theirs: so that completing a multipart upload reads no byte of it. A CRC is
 * a remainder of polynomials over GF(2): appending n bytes multiplies what was by x^8n. Values are reflected, as the checksums are.
 */
const fields: Partial<Record<ChecksumAlgorithm, { bits: bigint; polynomial: bigint }>> = {
  CRC32: { bits: 32n, polynomial: 0xedb88320n },
  CRC32C: { bits: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
}

export interface SizedChecksum {
  /** Base64, as S3 prints it. */
  value: string
  size: number
}

/** The checksum of all parts in order; undefined for an algorithm that is no CRC. */
export function combinedCrc(algorithm: ChecksumAlgorithm, parts: readonly SizedChecksum[]): string | undefined {
  const field = fields[algorithm]
  if (!field) return undefined
  const shifts = new Map<number, bigint>()
  let crc = 0n
  for (const { value, size } of parts) {
    let shift = shifts.get(size)
    if (shift === undefined) shifts.set(size, (shift = power(size, field)))
    crc = times(shift, crc, field) ^ BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
  }
  const hex = crc.toString(16).padStart(Number(field.bits / 4n), '0')
  return Buffer.from(hex, 'hex').toString('base64')
}

interface Field {
  bits: bigint
  polynomial: bigint
}

/** a · b modulo the polynomial; the highest bit stands for x^0. */
function times(a: bigint, b: bigint, { bits, polynomial }: Field): bigint {
  let product = 0n
  for (let bit = 1n << (bits - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= b
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n
  }
  return product
}

/** x^(8 · bytes) */
function power(bytes: number, field: Field): bigint {
  const one = 1n << (field.bits - 1n)
  let result = one
  let square = one >> 8n
  for (let n = BigInt(bytes); n > 0n; n >>= 1n) {
    if (n & 1n) result = times(square, result, field)
    square = times(square, square, field)
  }
  return result
}
