import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assembled, payloads, TooMuchData } from './records.ts'
import type { Batching } from './records.ts'

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function bodies(batching: Batching, ...texts: string[]): Promise<string[]> {
  const all: string[] = []
  for await (const one of payloads(chunks(...texts), batching)) all.push(one.toString())
  return all
}

const single = { split: 'Line', strategy: 'SingleRecord', maxBytes: 8 } as const
const multi = { ...single, strategy: 'MultiRecord' } as const
const whole = { ...single, split: 'None' } as const

describe('how an object becomes requests (API_CreateTransformJob)', () => {
  const cases: [string, Batching, string[], string[]][] = [
    ['whole', whole, ['ab\n', 'cd\n'], ['ab\ncd\n']],
    ['whole, empty', whole, [], ['']],
    ['whole, of any size', { ...whole, maxBytes: 0 }, ['x'.repeat(99)], ['x'.repeat(99)]],
    ['a line each', single, ['ab\nc', 'd\n\nef'], ['ab', 'cd', 'ef']],
    ['no line at all', single, ['\n', '\n'], []],
    ['as many as fit', multi, ['ab\ncd\nef\ngh\ni'], ['ab\ncd\nef', 'gh\ni']],
    ['exactly as many', multi, ['abcd\nefg\nh'], ['abcd\nefg', 'h']],
    ['all, without a limit', { ...multi, maxBytes: 0 }, ['abcdef\n', 'ghijkl\n'], ['abcdef\nghijkl']],
  ]
  for (const [name, batching, texts, expected] of cases)
    test(name, async () => assert.deepEqual(await bodies(batching, ...texts), expected))

  for (const [name, batching, texts] of [
    ['an object', whole, ['123456789']],
    ['a line', single, ['ab\n123456789\n']],
    ['a line without end', multi, ['ab\n123', '456', '789']],
  ] as const) {
    test(`${name} that does not fit`, async () => {
      await assert.rejects(bodies(batching, ...texts), TooMuchData)
    })
  }

  test('answers are put together', () => {
    const answers = ['a', 'b'].map((one) => Buffer.from(one))
    assert.equal(assembled(answers, 'None').toString(), 'ab')
    assert.equal(assembled(answers, 'Line').toString(), 'a\nb\n')
  })
})
