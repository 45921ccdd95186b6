import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { linesOf } from '../../src/runners/lines.ts'

async function lines(chunks: (string | Buffer)[], max?: number): Promise<string[]> {
  const found: string[] = []
  const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  for await (const { text } of linesOf(source, () => 0, max)) found.push(text)
  return found
}

test('lines are whole however they arrive', async () => {
  assert.deepEqual(await lines(['a', 'b\nc\n', '\n', 'd']), ['ab', 'c', '', 'd'])
  const umlaut = Buffer.from('ü\n')
  assert.deepEqual(await lines([umlaut.subarray(0, 1), umlaut.subarray(1)]), ['ü'])
  assert.deepEqual(await lines([]), [])
})

test('long lines come in pieces that keep characters whole', async () => {
  assert.deepEqual(await lines(['abcdefgh\nij'], 3), ['abc', 'def', 'gh', 'ij'])
  assert.deepEqual(await lines(['üüü\n'], 3), ['ü', 'ü', 'ü'])
  assert.deepEqual(await lines(['abc\nabc'], 3), ['abc', 'abc'])
})
