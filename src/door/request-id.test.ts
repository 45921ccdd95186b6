import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { authorizationId, firstIdAt, newRequestId, s3RequestId, timeOf, uuidOf } from './request-id.ts'

const soon = Date.UTC(2026, 8, 1)

it('is a UUID of version 7 that tells its time', () => {
  const id = newRequestId(soon)
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(timeOf(id), soon)
  assert.ok(firstIdAt(soon) <= id && id < firstIdAt(soon + 1))
})

it('always grows, though the clock stands still or runs back', () => {
  const ids = Array.from({ length: 10_000 }, (_, n) => newRequestId(soon + 1000 - (n % 7)))
  assert.deepEqual(ids, [...new Set(ids)].sort())
})

it('is the same id in the short forms of S3 and IAM', () => {
  fc.assert(
    fc.property(fc.integer({ min: soon, max: soon + 2 ** 42 }), (time) => {
      const id = newRequestId(time)
      assert.match(s3RequestId(id), /^[0-9A-Z]{16}$/)
      assert.equal(uuidOf(s3RequestId(id)), id)
      assert.match(authorizationId(id), /^[0-9a-z]{25}$/)
      assert.equal(uuidOf(authorizationId(id)), id)
      assert.equal(timeOf(s3RequestId(id)), timeOf(id))
    }),
    { seed: 7, numRuns: 500 },
  )
})

it('knows what is none of ours', () => {
  for (const other of ['', 'x', '3f0b3f6e-6b1b-4c54-9a50-3a1f3f0b3f6e', 'z'.repeat(25), 'U'.repeat(16)]) {
    assert.equal(uuidOf(other), undefined)
    assert.equal(timeOf(other), undefined)
  }
  assert.equal(uuidOf(newRequestId(soon).toUpperCase())?.length, 36)
})
