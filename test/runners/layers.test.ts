import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { pack } from 'tar-stream'
import type { Header } from 'tar-stream'
import { unpackLayers } from '../../src/runners/layers.ts'

type Entry = Partial<Header> & { name: string; text?: string }

function tar(...entries: Entry[]): Promise<Buffer> {
  const archive = pack()
  for (const { text = '', ...entry } of entries) {
    const header = { mode: 0o644, ...entry }
    if (entry.type) archive.entry(header)
    else archive.entry(header, text)
  }
  archive.finalize()
  return buffer(archive)
}

const layerOf = (bytes: Buffer) => ({
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  open: () => Readable.from([bytes.subarray(0, 700), bytes.subarray(700)].filter((chunk) => chunk.length > 0)),
})

/** A folder with room beside it, to see what gets out. */
function newRoot() {
  const outside = mkdtempSync(join(tmpdir(), 'sallyport-layers-'))
  after(() => rmSync(outside, { recursive: true, force: true }))
  return { outside, root: join(outside, 'root') }
}

async function unpack(...layers: Buffer[]) {
  const { root, outside } = newRoot()
  mkdirSync(root)
  const work = unpackLayers({ config: {}, layers: layers.map(layerOf) }, root)
  return { root, outside, work }
}

test('layers lie over each other, whatever packs them', async () => {
  const { root, work } = await unpack(
    gzipSync(
      await tar(
        { name: 'a/', type: 'directory', mode: 0o555 },
        { name: 'a/one', text: '1' },
        { name: 'a/two', text: '2' },
        { name: 'b', text: 'file' },
      ),
    ),
    zstdCompressSync(
      await tar(
        { name: 'a/two', text: 'two', mode: 0o4755 },
        { name: 'b/', type: 'directory', mode: 0o755 },
        { name: 'b/c', text: 'c' },
      ),
    ),
    await tar({ name: 'link', type: 'link', linkname: 'a/two' }, { name: './deep/er/file', text: 'd' }),
  )
  await work
  assert.equal(readFileSync(join(root, 'a/one'), 'utf8'), '1')
  assert.equal(readFileSync(join(root, 'link'), 'utf8'), 'two')
  assert.equal(statSync(join(root, 'a/two')).mode & 0o7777, 0o755, 'no set-user-id')
  assert.equal(readFileSync(join(root, 'b/c'), 'utf8'), 'c')
  assert.equal(readFileSync(join(root, 'deep/er/file'), 'utf8'), 'd')
})

test('whiteouts take away what lower layers brought, and only that', async () => {
  const { root, work } = await unpack(
    await tar({ name: 'keep/old', text: '' }, { name: 'gone/x', text: '' }, { name: 'file', text: '' }),
    await tar(
      { name: 'keep/new', text: '' },
      { name: 'keep/.wh..wh..opq' },
      { name: '.wh.gone' },
      { name: '.wh.file' },
      { name: '.wh...' },
    ),
  )
  await assert.rejects(work, /leads out of it/)
  assert.deepEqual(readdirSync(join(root, 'keep')), ['new'])
  assert.deepEqual(readdirSync(root), ['keep'])
})

for (const path of ['../evil', 'a/../../evil', '/../evil', 'a/b/..'])
  test(`a layer with ${path} is refused`, async () => {
    const { outside, work } = await unpack(await tar({ name: path, text: 'evil' }))
    await assert.rejects(work, /leads out of it/)
    assert.ok(!existsSync(join(outside, 'evil')))
  })

test('links lead nowhere outside', async () => {
  const { root, outside, work } = await unpack(
    await tar(
      { name: 'up', type: 'symlink', linkname: '../..' },
      { name: 'up/evil', text: 'inside after all' },
      { name: 'root', type: 'symlink', linkname: '/' },
      { name: 'root/other', text: 'inside too' },
      { name: 'over', type: 'symlink', linkname: '../target' },
      { name: 'over', text: 'replaces the link' },
    ),
  )
  await work
  assert.deepEqual(readdirSync(outside), ['root'])
  assert.equal(readFileSync(join(root, 'evil'), 'utf8'), 'inside after all')
  assert.equal(readFileSync(join(root, 'other'), 'utf8'), 'inside too')
  assert.ok(lstatSync(join(root, 'over')).isFile())
  const { work: hard } = await unpack(await tar({ name: 'x', type: 'link', linkname: '../../etc/passwd' }))
  await assert.rejects(hard, /leads out of it/)
  const { work: nothing } = await unpack(await tar({ name: 'x', type: 'link' }))
  await assert.rejects(nothing, /links to nothing/)
  const { work: loop } = await unpack(
    await tar({ name: 'l', type: 'symlink', linkname: 'l' }, { name: 'l/x', text: '' }),
  )
  await assert.rejects(loop, /too many symbolic links/)
})

test('a layer that is not what its digest says is refused', async () => {
  const { root } = newRoot()
  mkdirSync(root)
  const layer = layerOf(await tar({ name: 'a', text: 'a' }))
  const wrong = `sha256:${'0'.repeat(64)}`
  await assert.rejects(unpackLayers({ config: {}, layers: [{ ...layer, digest: wrong }] }, root), /has the digest/)
  const config = { rootfs: { diff_ids: [wrong] } }
  await assert.rejects(unpackLayers({ config, layers: [layer] }, root), /unpacked layer/)
})

test('what is no archive, or half of one, is refused', async () => {
  for (const bytes of [
    Buffer.alloc(512, 'x'),
    (await tar({ name: 'a', text: 'x'.repeat(2000) })).subarray(0, 1024),
    gzipSync(await tar({ name: 'a' })).subarray(0, 40),
  ]) {
    const { work } = await unpack(bytes)
    await assert.rejects(work)
  }
})

test('what readers take differently is refused', async () => {
  const hidden = await unpack(await tar({ name: 'x', type: 'link', linkname: 'y', size: 512 }, { name: 'y', text: '' }))
  await assert.rejects(hidden.work, /with content/)
  assert.deepEqual(readdirSync(hidden.root), [])
  const sparse = await tar({ name: 'x' })
  sparse.write('S', 156)
  sparse.write(
    (Number.parseInt(sparse.toString('latin1', 148, 154), 8) + 0x53 - 0x30).toString(8).padStart(6, '0'),
    148,
  )
  await assert.rejects((await unpack(sparse)).work, /unknown type/)
})

test('an error of the source is passed on, wherever it comes', async () => {
  const bytes = await tar({ name: 'a', text: 'x'.repeat(2000) }, { name: 'b', text: 'x' })
  for (const at of [0, 100, 512, 1000, 2560, bytes.length]) {
    const { root } = newRoot()
    mkdirSync(root)
    const open = () =>
      Readable.from(
        (async function* () {
          yield bytes.subarray(0, at)
          throw new Error('no more')
        })(),
      )
    await assert.rejects(
      unpackLayers({ config: {}, layers: [{ ...layerOf(bytes), open }] }, root),
      /no more/,
      `at ${at}`,
    )
  }
})

test('names of any length and script survive', async () => {
  const names = ['a'.repeat(100), 'b'.repeat(101), `${'c/'.repeat(200)}x`, '名前', 'with\nnewline']
  const { root, work } = await unpack(await tar(...names.map((name) => ({ name, text: name }))))
  await work
  for (const name of names) assert.equal(readFileSync(join(root, name), 'utf8'), name)
})
