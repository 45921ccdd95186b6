import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { crc32c, crc64nvme, type Word64 } from './checksum-crc.ts'

/** A running checksum; the digest is base64 of the big-endian value, as S3 prints it. */
export interface Checksum {
  update: (bytes: Uint8Array) => void
  digest: () => string
}

/** How each of S3's algorithms begins, and how many bytes it yields (S3 User Guide, "Checking object integrity"). */
const algorithms = {
  CRC32: { bytes: 4, start: () => running<number>(0, (bytes, before) => crc32(bytes, before), word32) },
  CRC32C: { bytes: 4, start: () => running<number>(0, crc32c, word32) },
  CRC64NVME: { bytes: 8, start: () => running<Word64>({ high: 0, low: 0 }, crc64nvme, word64) },
  SHA1: { bytes: 20, start: () => hashing('sha1') },
  SHA256: { bytes: 32, start: () => hashing('sha256') },
  SHA512: { bytes: 64, start: () => hashing('sha512') },
  MD5: { bytes: 16, start: () => hashing('md5') },
} satisfies Record<string, { bytes: number; start: () => Checksum }>

export type ChecksumAlgorithm = keyof typeof algorithms

export const checksumAlgorithms = Object.keys(algorithms) as readonly ChecksumAlgorithm[]

export function checksum(algorithm: ChecksumAlgorithm): Checksum {
  return algorithms[algorithm].start()
}

/** True for base64, with its padding, of as many bytes as the algorithm yields. */
export function isChecksum(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === algorithms[algorithm].bytes && bytes.toString('base64') === value
}

function running<T>(start: T, step: (bytes: Uint8Array, before: T) => T, print: (value: T) => Buffer): Checksum {
  let value = start
  return {
    update(bytes) {
      value = step(bytes, value)
    },
    digest: () => print(value).toString('base64'),
  }
}

function hashing(name: string): Checksum {
  const state = createHash(name)
  return { update: (bytes) => void state.update(bytes), digest: () => state.digest('base64') }
}

function word32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function word64({ high, low }: Word64): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(high, 0)
  bytes.writeInt32BE(low, 4)
  return bytes
}
