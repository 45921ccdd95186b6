import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { diskObjects } from '../../src/objects/disk.ts'
import type { StoredBytes } from '../../src/objects/objects.ts'
import { scrub, SCRUBS } from '../../src/objects/scrub.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { openVault } from '../../src/store/vault.ts'
import { pieces } from './conformance.ts'

const root = mkdtempSync(join(tmpdir(), 'sallyport-scrub-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

async function estate() {
  const dir = join(root, String(folders++))
  const objects = diskObjects(dir, openVault(Buffer.alloc(32, 7)))
  const store = openStore(':memory:')
  const pathOf = ({ id }: StoredBytes) => join(dir, id.slice(0, 2), id)
  const write = (size: number, key?: Buffer) => objects.write(pieces(randomBytes(size)), key ? { key } : {})
  const put = async (key: string, size: number, own?: Buffer) => {
    const bytes = await write(size, own)
    store.put('s3/object', key, { bytes })
    return bytes
  }
  const flip = (bytes: StoredBytes) => {
    const raw = readFileSync(pathOf(bytes))
    raw[raw.length >> 1]! ^= 1
    writeFileSync(pathOf(bytes), raw)
  }
  const old = (bytes: StoredBytes) => utimesSync(pathOf(bytes), 0, 0)
  const walk = (suspects: readonly string[] = []) =>
    scrub(store, objects, { now: Date.now, bytesPerSecond: Infinity, suspects })
  return { store, pathOf, write, put, flip, old, walk }
}

describe('the check of stored bytes', () => {
  it('finds what is damaged and what is lost, with and without its key at hand', async () => {
    const { put, walk, flip, pathOf, store } = await estate()
    await put('b/good', 300_000)
    await put('b/good-kms', 300_000, randomBytes(32))
    await put('b/empty', 0)
    const damaged = await put('b/damaged', 600_000)
    const damagedKms = await put('b/damaged-kms', 600_000, randomBytes(32))
    const lost = await put('b/lost', 10)
    flip(damaged)
    flip(damagedKms)
    rmSync(pathOf(lost))
    const report = await walk()
    assert.deepEqual(report.damaged, [
      { id: damaged.id, of: 's3/object b/damaged' },
      { id: damagedKms.id, of: 's3/object b/damaged-kms' },
    ])
    assert.deepEqual(report.lost, [{ id: lost.id, of: 's3/object b/lost' }])
    assert.deepEqual([report.blobs, report.bytes], [6, 1_800_010])
    store.close()
  })

  it('removes bytes of nobody when a second walk finds them again, and no others', async () => {
    const { put, walk, write, old, pathOf, store } = await estate()
    const [kept, thrown, orphan, young] = [await put('b/kept', 10), await write(10), await write(10), await write(10)]
    // A reference may stand anywhere: as a value of a document of any kind, or in its key.
    const named = await write(10)
    store.put('some/kind', 'x', { deep: [{ er: named.id }] })
    store.put('s3/garbage', thrown.id, {})
    for (const bytes of [kept, thrown, orphan, named]) old(bytes)
    const first = await walk()
    assert.deepEqual([first.removed, first.suspects], [0, [orphan.id]])
    assert.ok(existsSync(pathOf(orphan)))
    const second = await walk(first.suspects)
    assert.deepEqual([second.removed, second.suspects], [1, []])
    assert.ok(!existsSync(pathOf(orphan)))
    for (const bytes of [kept, thrown, young, named]) assert.ok(existsSync(pathOf(bytes)))
    store.close()
  })

  it('is told of by doctor', () => {
    const dataDir = join(root, 'doctor')
    execFileSync('mkdir', [dataDir])
    const store = openStore(join(dataDir, 'sallyport.db'))
    const lost = [{ id: 'f'.repeat(32), of: 's3/object b/k' }]
    const report = { startedAt: 0, endedAt: 0, blobs: 1, bytes: 5, damaged: [], lost, removed: 2, suspects: [] }
    store.put(SCRUBS, 'last', report)
    store.close()
    const doctor = () =>
      execFileSync(process.execPath, ['src/main.js', 'doctor', '--data', dataDir, '--format', 'json'], {
        stdio: 'pipe',
      })
    assert.throws(doctor, (error: { status: number; stdout: Buffer }) => {
      assert.equal(error.status, 3)
      const { findings } = JSON.parse(error.stdout.toString()) as {
        findings: { name: string; ok: boolean; text: string }[]
      }
      const texts = findings.filter(({ name, ok }) => name === 'stored bytes' && !ok).map(({ text }) => text)
      assert.deepEqual(texts, [
        '1 blobs, 5 bytes checked 1970-01-01T00:00:00.000Z; 2 of nobody removed',
        'lost: s3/object b/k',
      ])
      return true
    })
  })
})
