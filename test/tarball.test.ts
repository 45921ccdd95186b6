import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { packFolder } from '../src/tarball.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-tarball-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('another program reads what was packed', async () => {
  const folder = newFolder()
  const long = `${'long-'.repeat(30)}名前`
  mkdirSync(join(folder, 'b', long), { recursive: true })
  writeFileSync(join(folder, 'b', long, 'file'), 'x'.repeat(100_000))
  writeFileSync(join(folder, 'a'), '')
  for (const [path, mode] of [
    ['a', 0o755],
    ['b', 0o750],
    [`b/${long}`, 0o750],
    [`b/${long}/file`, 0o640],
  ] as const)
    chmodSync(join(folder, path), mode)
  utimesSync(join(folder, 'a'), 1_000_000_000, 1_000_000_000)
  symlinkSync(`../${long}`, join(folder, 'c'))
  const list = async (options: Parameters<typeof packFolder>[1]) =>
    execFileSync('tar', ['-tvf', '-', '--utc', '--numeric-owner', '--quoting-style=literal'], {
      input: await buffer(packFolder(folder, options)),
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '))

  const epoch = '1970-01-01 00:00'
  assert.deepEqual(await list({ prefix: '/opt/program', deterministic: true }), [
    `drwxr-xr-x 0/0 0 ${epoch} opt`,
    `drwxr-xr-x 0/0 0 ${epoch} opt/program`,
    `-rwxr-xr-x 0/0 0 ${epoch} opt/program/a`,
    `drwxr-x--- 0/0 0 ${epoch} opt/program/b`,
    `drwxr-x--- 0/0 0 ${epoch} opt/program/b/${long}`,
    `-rw-r----- 0/0 100000 ${epoch} opt/program/b/${long}/file`,
    `lrwxrwxrwx 0/0 0 ${epoch} opt/program/c -> ../${long}`,
  ])
  const [first] = await list({})
  assert.equal(first, '-rwxr-xr-x 0/0 0 2001-09-09 01:46 a')
})

test('a file that changes while it is read is told', async () => {
  const folder = newFolder()
  const path = join(folder, 'file')
  writeFileSync(path, Buffer.alloc(10_000_000))
  const work = async () => {
    for await (const _ of packFolder(folder)) truncateSync(path, 100)
  }
  await assert.rejects(work, /changed while it was read/)
})
