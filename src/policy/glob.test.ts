import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compilePattern } from './glob.ts'
import { escapePattern } from './pattern.ts'
import type { Context } from './types.ts'

const nothing: Context = () => undefined
const glob = (pattern: string) => {
  const matches = compilePattern(pattern, { variables: false, wildcards: true })
  return (text: string) => matches(text, nothing)
}

test('every shape of glob agrees with a regular expression', () => {
  const piece = fc.constantFrom('a', 'b', 'ab', '*', '*', '?', '\n')
  const pattern = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''))
  const text = fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 8 }).map((letters) => letters.join(''))
  let matched = 0
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text)
      assert.equal(glob(pattern)(text), expected)
      if (expected) matched++
    }),
    { seed: 7, numRuns: 5000 },
  )
  assert.ok(matched > 500)
})

for (const [pattern, yes, no] of [
  ['*ab*b', 'abb', 'ab'],
  ['ab*ba', 'abba', 'aba'],
  ['a*bc*c', 'abcc', 'abc'],
  ['', '', 'a'],
  ['?', 'a', ''],
  ['*?', 'a', ''],
] as const) {
  test(`${pattern} matches ${yes}, not ${no}`, () => {
    assert.equal(glob(pattern)(yes), true)
    assert.equal(glob(pattern)(no), false)
  })
}

test('an adversarial pattern ends soon', () => {
  const text = 'a'.repeat(20_000)
  assert.equal(glob(`${'a*'.repeat(30)}b`)(text), false)
  assert.equal(glob(`${'a*'.repeat(10)}?*b`)(text.slice(0, 2000)), false)
})

test('an escaped value matches itself only', () => {
  const value = fc.string({ unit: fc.constantFrom('*', '?', '$', '{', '}', 'a', '${', "'") })
  fc.assert(
    fc.property(value, value, (value, other) => {
      const matches = compilePattern(escapePattern(value), { variables: true, wildcards: true })
      assert.equal(matches(value, nothing), true)
      assert.equal(matches(other, nothing), other === value)
    }),
    { seed: 8, numRuns: 2000 },
  )
})
