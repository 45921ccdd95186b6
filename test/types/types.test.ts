/** Nothing outside the door can call `perform`: programs that try do not compile, and for the very reason that they name in their first line. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { before, describe, it } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const folder = join(import.meta.dirname, 'wrong')

describe('a program beside the door', () => {
  let complaints: Map<string, string[]>
  before(async () => (complaints = await compile()))

  for (const file of readdirSync(folder).sort()) {
    const [firstLine = ''] = readFileSync(join(folder, file), 'utf8').split('\n', 1)
    const expected = /^\/\/ (error TS.*)$/.exec(firstLine)?.[1]
    it(expected ? `${file} does not compile` : `${file} compiles`, () => {
      assert.deepEqual(complaints.get(file) ?? [], expected ? [expected] : [])
    })
  }

  it('is all that does not compile', () => {
    assert.deepEqual(complaints.get('elsewhere') ?? [], [])
  })
})

/** The compiler's complaints by file, under the project's own options. */
async function compile(): Promise<Map<string, string[]>> {
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const output = await new Promise<string>((done) => {
    execFile(tsc, ['--noEmit', '--pretty', 'false', '-p', 'test/types'], { cwd: root }, (_, stdout, stderr) =>
      done(stdout + stderr),
    )
  })
  const found = new Map<string, string[]>()
  // Lines that begin with a blank go on with the complaint before.
  for (const line of output.split('\n').filter((line) => /^\S/.test(line))) {
    const [, file = 'elsewhere', complaint = line] = /^test\/types\/wrong\/(\S+)\(\d+,\d+\): (.*)$/.exec(line) ?? []
    found.set(file, [...(found.get(file) ?? []), complaint])
  }
  return found
}
