import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pathBelow, readManifest } from './objects.ts'

describe('where an object goes below the folder of its input', () => {
  for (const [prefix, key, path] of [
    ['in/', 'in/a/b', 'a/b'],
    ['in', 'in/a/b', 'a/b'],
    ['in/da', 'in/data.csv', 'data.csv'],
    ['in/da', 'in/data/x', 'data/x'],
    ['data/train', 'data/train-data.csv', 'train-data.csv'],
    ['in', 'in-2/b', 'in-2/b'],
    ['data/in', 'data/in-2/b', 'in-2/b'],
    ['in/data.csv', 'in/data.csv', 'data.csv'],
    ['data.csv', 'data.csv', 'data.csv'],
    ['', 'a/b', 'a/b'],
  ] as const) {
    test(`${key} of the prefix "${prefix}"`, () => assert.equal(pathBelow(prefix, key), path))
  }
})

describe('a manifest (API_S3DataSource)', () => {
  for (const [text, expected] of [
    ['[{"prefix":"s3://b/"},"x","y/z"]', { prefix: 's3://b/', paths: ['x', 'y/z'] }],
    ['[{"prefix":"s3://b/"}]', { prefix: 's3://b/', paths: [] }],
    ['[{"prefix":1},"x"]', undefined],
    ['[{"prefix":"s3://b/"},{}]', undefined],
    ['[]', undefined],
    ['{}', undefined],
    ['', undefined],
  ] as const) {
    test(text || 'nothing', () => assert.deepEqual(readManifest(text), expected))
  }
})
