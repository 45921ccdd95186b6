import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countObjects } from './manifest.ts'

const counted: [manifest: string, objects: number][] = [
  ['{"source":"a"}', 1],
  ['{"source-ref":"s3://b/k"}\r\n{"source":"a","x":1}\n\n', 2],
]

const refused: [manifest: string, message: RegExp][] = [
  ['', /no data objects/],
  ['{"source":"a"}\nnot json', /^ClientError: Line 2 /],
  ['{"sauce":"a"}', /Line 1 .*"source-ref" or "source"/],
  ['null', /Line 1 /],
  [`{"source":"${'x'.repeat(100_000)}"}`, /longer than 100000/],
]

describe('an input manifest', () => {
  for (const [manifest, objects] of counted) {
    it(`${JSON.stringify(manifest)} has ${objects}`, () => assert.equal(countObjects(manifest), objects))
  }
  for (const [manifest, message] of refused) {
    it(`${JSON.stringify(manifest.slice(0, 40))} is refused`, () =>
      assert.throws(() => countObjects(manifest), { message }))
  }
})
