import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { checksum, isChecksum, type ChecksumAlgorithm } from './checksum.ts'

/** Published check values: of `123456789` for the CRCs (reveng catalogue), FIPS 180 and RFC 1321 for the hashes of nothing. */
const published: [ChecksumAlgorithm, text: string, hex: string][] = [
  ['CRC32', '123456789', 'cbf43926'],
  ['CRC32C', '123456789', 'e3069283'],
  ['CRC64NVME', '123456789', 'ae8b14860a799888'],
  ['SHA1', '', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['SHA256', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['MD5', '', 'd41d8cd98f00b204e9800998ecf8427e'],
]

function digest(algorithm: ChecksumAlgorithm, ...parts: Uint8Array[]): string {
  const state = checksum(algorithm)
  for (const part of parts) state.update(part)
  return state.digest()
}

/** The definition, a bit at a time: slow, and plain to see. */
function reflectedCrc(bits: 32 | 64, polynomial: bigint, bytes: Uint8Array): string {
  const ones = (1n << BigInt(bits)) - 1n
  let crc = ones
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
  }
  const hex = (crc ^ ones).toString(16).padStart(bits / 4, '0')
  return Buffer.from(hex, 'hex').toString('base64')
}

void describe('checksums', () => {
  for (const [algorithm, text, hex] of published) {
    void it(`${algorithm} has its published value`, () => {
      assert.equal(Buffer.from(digest(algorithm, Buffer.from(text)), 'base64').toString('hex'), hex)
    })
  }

  void it('the CRCs are what their polynomials say, however the bytes come', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 })
    fc.assert(
      fc.property(parts, (pieces) => {
        const whole = Buffer.concat(pieces)
        assert.equal(digest('CRC32', ...pieces), reflectedCrc(32, 0xedb88320n, whole))
        assert.equal(digest('CRC32C', ...pieces), reflectedCrc(32, 0x82f63b78n, whole))
        assert.equal(digest('CRC64NVME', ...pieces), reflectedCrc(64, 0x9a6c9329ac4bc9b5n, whole))
      }),
      { seed: 5, numRuns: 200 },
    )
  })

  void it('knows a checksum by its form', () => {
    assert.ok(isChecksum('CRC32', 'AAAAAA=='))
    for (const value of ['', 'AAAAAA', 'AAAA', 'AAAAAAA=', '====', 'AAAAA!=='])
      assert.ok(!isChecksum('CRC32', value), value)
  })
})
