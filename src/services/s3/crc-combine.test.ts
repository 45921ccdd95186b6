import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { checksum } from '../../door/checksum.ts'
import { combinedCrc } from './crc-combine.ts'

const cuts = [[0], [1], [0, 5, 0], [1, 1, 1], [255, 256, 257], [100_000, 3], [70_000, 70_000, 70_000, 12_345]]

function valueOf(algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME', bytes: Uint8Array): string {
  const state = checksum(algorithm)
  state.update(bytes)
  return state.digest()
}

describe('CRCs of parts, combined', () => {
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    for (const sizes of cuts) {
      it(`${algorithm} of parts of ${sizes.join(', ')} bytes is that of the whole`, () => {
        const parts = sizes.map((size) => randomBytes(size))
        const combined = combinedCrc(
          algorithm,
          parts.map((part) => ({ value: valueOf(algorithm, part), size: part.length })),
        )
        assert.equal(combined, valueOf(algorithm, Buffer.concat(parts)))
      })
    }
  }

  it('hashes cannot be', () => {
    assert.equal(combinedCrc('SHA256', []), undefined)
  })
})
