/**
 * CRC-32C and CRC-64/NVME over tables, eight bytes at a step ("slicing-by-8"); node:zlib knows only CRC-32.
 * Both are reflected. The 64-bit one is kept as two signed 32-bit halves: BigInt would be some fifty times slower.
 */

interface Tables {
  /** 8 × 256 entries; row k advances a byte by k more bytes. */
  low: Int32Array
  high: Int32Array
}

/** Tables of a reflected polynomial, made at first use. */
function tablesOf(polynomialHigh: number, polynomialLow: number): Tables {
  const low = new Int32Array(8 * 256)
  const high = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let l = byte
    let h = 0
    for (let bit = 0; bit < 8; bit++) {
      const carry = l & 1
      l = (l >>> 1) | (h << 31)
      h >>>= 1
      if (carry) {
        l ^= polynomialLow
        h ^= polynomialHigh
      }
    }
    low[byte] = l
    high[byte] = h
  }
  for (let i = 256; i < 8 * 256; i++) {
    const l = low[i - 256]!
    const h = high[i - 256]!
    low[i] = ((l >>> 8) | (h << 24)) ^ low[l & 255]!
    high[i] = (h >>> 8) ^ high[l & 255]!
  }
  return { low, high }
}

let castagnoli: Tables | undefined
let nvme: Tables | undefined

/** CRC-32C (Castagnoli) of `bytes`, going on from `before`. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  castagnoli ??= tablesOf(0, 0x82f63b78)
  const table = castagnoli.low
  const whole = bytes.length - (bytes.length % 8)
  let crc = ~before
  let i = 0
  for (; i < whole; i += 8) {
    const word = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
    crc =
      table[1792 + (word & 255)]! ^
      table[1536 + ((word >>> 8) & 255)]! ^
      table[1280 + ((word >>> 16) & 255)]! ^
      table[1024 + (word >>> 24)]! ^
      table[768 + bytes[i + 4]!]! ^
      table[512 + bytes[i + 5]!]! ^
      table[256 + bytes[i + 6]!]! ^
      table[bytes[i + 7]!]!
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}

/** A 64-bit value in two halves, each a signed 32-bit integer. */
export interface Word64 {
  high: number
  low: number
}

/** CRC-64/NVME of `bytes`, going on from `before`. */
export function crc64nvme(bytes: Uint8Array, before: Word64 = { high: 0, low: 0 }): Word64 {
  nvme ??= tablesOf(0x9a6c9329, 0xac4bc9b5)
  const { low: lows, high: highs } = nvme
  const whole = bytes.length - (bytes.length % 8)
  let low = ~before.low
  let high = ~before.high
  let i = 0
  for (; i < whole; i += 8) {
    low ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    high ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24)
    const a = 1792 + (low & 255)
    const b = 1536 + ((low >>> 8) & 255)
    const c = 1280 + ((low >>> 16) & 255)
    const d = 1024 + (low >>> 24)
    const e = 768 + (high & 255)
    const f = 512 + ((high >>> 8) & 255)
    const g = 256 + ((high >>> 16) & 255)
    const h = high >>> 24
    low = lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]! ^ lows[e]! ^ lows[f]! ^ lows[g]! ^ lows[h]!
    high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]! ^ highs[e]! ^ highs[f]! ^ highs[g]! ^ highs[h]!
  }
  for (; i < bytes.length; i++) {
    const index = (low ^ bytes[i]!) & 255
    low = ((low >>> 8) | (high << 24)) ^ lows[index]!
    high = (high >>> 8) ^ highs[index]!
  }
  return { high: ~high, low: ~low }
}
