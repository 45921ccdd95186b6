import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { JsonSyntaxError, positionAt, readJson } from './json.ts'

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      if (text.includes('__proto__')) return
      assert.deepEqual(readJson(text).value, JSON.parse(text))
    }),
    { seed: 1, numRuns: 1000 },
  )
})

test('refuses what JSON.parse refuses', () => {
  const wrong = [
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "'a'",
    '"a',
    '01',
    'nul',
    '1 2',
    '"\u0001"',
    '"\\x"',
    '{"a" 1}',
    '-',
  ]
  for (const text of wrong) assert.throws(() => readJson(text), JsonSyntaxError, text)
})

test('refuses a key twice, and names its place', () => {
  assert.throws(
    () => readJson('{"a":1,\n "a":2}'),
    (error) => error instanceof JsonSyntaxError && error.offset === 9 && error.message === 'duplicate key "a"',
  )
  assert.throws(() => readJson('{"__proto__":1}'), JsonSyntaxError)
  assert.equal(Object.keys(readJson('{"constructor":1}').value as object).length, 1)
})

test('knows where things stand', () => {
  const text = '{\n  "Statement": [\n    {"Action": ["a", "b"]}\n  ]\n}'
  const { offsetOf } = readJson(text)
  assert.deepEqual(positionAt(text, offsetOf(['Statement', 0, 'Action', 1])), { line: 3, column: 22 })
  assert.deepEqual(positionAt(text, offsetOf(['Statement', 0, 'Resource'])), { line: 3, column: 5 })
  assert.deepEqual(positionAt(text, offsetOf([])), { line: 1, column: 1 })
})
