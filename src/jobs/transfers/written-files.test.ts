import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { writtenFiles, writtenText } from './written-files.ts'

describe('files that a program has left', () => {
  let root: string
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    mkdirSync(join(root, 'own/out/deep'), { recursive: true })
    mkdirSync(join(root, 'secret'))
    writeFileSync(join(root, 'secret/key'), 'secret')
    writeFileSync(join(root, 'own/out/b'), '')
    writeFileSync(join(root, 'own/out/deep/a'), 'text')
    symlinkSync('../../secret/key', join(root, 'own/out/link'))
    symlinkSync('../../secret', join(root, 'own/out/folder'))
    symlinkSync('../secret', join(root, 'own/linked'))
    execFileSync('mkfifo', [join(root, 'own/out/pipe')])
  })
  after(() => rmSync(root, { recursive: true }))

  async function found(path: string): Promise<Record<string, number>> {
    const all: Record<string, number> = {}
    for await (const file of writtenFiles(join(root, 'own'), path)) {
      all[file.path] = file.size
      await file.handle.close()
    }
    return all
  }

  for (const [path, expected] of [
    ['out', { b: 0, 'deep/a': 4 }],
    ['out/deep', { a: 4 }],
    ['out/folder', {}],
    ['linked', {}],
    ['nowhere', {}],
  ] as const) {
    test(`below ${path}`, async () => assert.deepEqual(await found(path), expected))
  }

  test('the text of one', async () => {
    const text = (path: string, limit: number) => writtenText(join(root, 'own'), path, limit)
    assert.equal(await text('out/deep/a', 3), 'tex')
    assert.equal(await text('out/link', 9), undefined)
    assert.equal(await text('linked/key', 9), undefined)
    assert.equal(await text('out/none', 9), undefined)
  })
})
