import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { unpackLayers } from '../../src/runners/layers.ts'
import { padding, readTar, tarEnd, tarHeader } from '../../src/runners/tar.ts'
import type { TarHeader } from '../../src/runners/tar.ts'

type Entry = Partial<TarHeader> & { path: string; text?: string }

function tar(...entries: Entry[]): Buffer {
  const blocks = entries.flatMap(({ text = '', ...entry }) => {
    const content = Buffer.from(text)
    const header: TarHeader = { type: 'file', mode: 0o644, linkPath: '', size: content.length, ...entry }
    return [tarHeader(header), content, padding(content.length)]
  })
  return Buffer.concat([...blocks, tarEnd])
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
  const { mkdirSync } = await import('node:fs')
  mkdirSync(root)
  const work = unpackLayers({ config: {}, layers: layers.map(layerOf) }, root)
  return { root, outside, work }
}

test('layers lie over each other, whatever packs them', async () => {
  const { root, work } = await unpack(
    gzipSync(
      tar(
        { path: 'a/', type: 'directory', mode: 0o555 },
        { path: 'a/one', text: '1' },
        { path: 'a/two', text: '2' },
        { path: 'b', text: 'file' },
      ),
    ),
    zstdCompressSync(
      tar(
        { path: 'a/two', text: 'two', mode: 0o4755 },
        { path: 'b/', type: 'directory', mode: 0o755 },
        { path: 'b/c', text: 'c' },
      ),
    ),
    tar({ path: 'link', type: 'link', linkPath: 'a/two' }, { path: './deep/er/file', text: 'd' }),
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
    tar({ path: 'keep/old', text: '' }, { path: 'gone/x', text: '' }, { path: 'file', text: '' }),
    tar(
      { path: 'keep/new', text: '' },
      { path: 'keep/.wh..wh..opq' },
      { path: '.wh.gone' },
      { path: '.wh.file' },
      { path: '.wh...' },
    ),
  )
  await assert.rejects(work, /leads out of it/)
  assert.deepEqual(readdirSync(join(root, 'keep')), ['new'])
  assert.deepEqual(readdirSync(root), ['keep'])
})

for (const path of ['../evil', 'a/../../evil', '/../evil', 'a/b/..'])
  test(`a layer with ${path} is refused`, async () => {
    const { outside, work } = await unpack(tar({ path, text: 'evil' }))
    await assert.rejects(work, /leads out of it/)
    assert.ok(!existsSync(join(outside, 'evil')))
  })

test('links lead nowhere outside', async () => {
  const { root, outside, work } = await unpack(
    tar(
      { path: 'up', type: 'symlink', linkPath: '../..' },
      { path: 'up/evil', text: 'inside after all' },
      { path: 'root', type: 'symlink', linkPath: '/' },
      { path: 'root/other', text: 'inside too' },
      { path: 'over', type: 'symlink', linkPath: '../target' },
      { path: 'over', text: 'replaces the link' },
    ),
  )
  await work
  assert.deepEqual(readdirSync(outside), ['root'])
  assert.equal(readFileSync(join(root, 'evil'), 'utf8'), 'inside after all')
  assert.equal(readFileSync(join(root, 'other'), 'utf8'), 'inside too')
  assert.ok(lstatSync(join(root, 'over')).isFile())
  const { work: hard } = await unpack(tar({ path: 'x', type: 'link', linkPath: '../../etc/passwd' }))
  await assert.rejects(hard, /leads out of it/)
  const { work: loop } = await unpack(tar({ path: 'l', type: 'symlink', linkPath: 'l' }, { path: 'l/x', text: '' }))
  await assert.rejects(loop, /too many symbolic links/)
})

test('a layer that is not what its digest says is refused', async () => {
  const { root } = newRoot()
  const { mkdirSync } = await import('node:fs')
  mkdirSync(root)
  const layer = layerOf(tar({ path: 'a', text: 'a' }))
  const wrong = `sha256:${'0'.repeat(64)}`
  await assert.rejects(unpackLayers({ config: {}, layers: [{ ...layer, digest: wrong }] }, root), /has the digest/)
  const config = { rootfs: { diff_ids: [wrong] } }
  await assert.rejects(unpackLayers({ config, layers: [layer] }, root), /unpacked layer/)
})

test('what is no archive, or half of one, is refused', async () => {
  for (const bytes of [
    Buffer.alloc(512, 'x'),
    tar({ path: 'a', text: 'x'.repeat(2000) }).subarray(0, 1024),
    gzipSync(tar({ path: 'a' })).subarray(0, 40),
  ]) {
    const { work } = await unpack(bytes)
    await assert.rejects(work)
  }
})

test('names of any length and script survive', async () => {
  const paths = ['a'.repeat(100), 'b'.repeat(101), `${'c/'.repeat(200)}x`, '名前', 'with\nnewline']
  const seen: string[] = []
  for await (const entry of readTar(Readable.from([tar(...paths.map((path) => ({ path, text: path })))]))) {
    let text = ''
    for await (const chunk of entry.content) text += Buffer.from(chunk).toString('latin1')
    assert.equal(Buffer.from(text, 'latin1').toString(), entry.path)
    seen.push(entry.path)
  }
  assert.deepEqual(seen, paths)
})
