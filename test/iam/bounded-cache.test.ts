import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundedCache } from '../../src/services/iam/bounded-cache.ts'

test('what was used lately stays, and all of it weighs no more than the limit', () => {
  const cache = boundedCache<number, string>(100)
  cache.set(0, 'used', 10)
  for (let key = 1; key <= 50; key++) {
    cache.set(key, `value ${key}`, 10)
    assert.equal(cache.get(0), 'used')
  }
  const held = Array.from({ length: 51 }, (_, key) => key).filter((key) => cache.get(key) !== undefined)
  assert.ok(held.length <= 10 && held.length >= 5, String(held))
  assert.equal(cache.get(50), 'value 50')
  assert.equal(cache.get(1), undefined)
})

test('a heavy one is held alone, and the same key counts once', () => {
  const cache = boundedCache<string, number>(10)
  cache.set('heavy', 1, 1000)
  assert.equal(cache.get('heavy'), 1)
  cache.set('light', 2, 1)
  cache.set('light', 3, 1)
  assert.deepEqual([cache.get('light'), cache.get('heavy')], [3, 1])
})
