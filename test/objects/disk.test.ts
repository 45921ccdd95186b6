import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, describe, it } from 'node:test'
import { diskObjects } from '../../src/objects/disk.ts'

const root = mkdtempSync(join(tmpdir(), 'sallyport-objects-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newDir = () => join(root, `objects-${folders++}`)

async function* pieces(bytes: Uint8Array, size = 100_000): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size)
    await Promise.resolve()
  }
}

async function* thenFails(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield* pieces(bytes)
  throw new Error('cut off')
}

async function content(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[])
}

/** What a reader has in hand when the stream fails. */
async function received(stream: Readable): Promise<number> {
  let size = 0
  await assert.rejects(async () => {
    for await (const chunk of stream as AsyncIterable<Buffer>) size += chunk.length
  })
  return size
}

const files = (dir: string) =>
  (readdirSync(dir, { recursive: true }) as string[])
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
const hex = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex')

describe('bytes on disk', () => {
  for (const size of [0, 1, 100_000, 3_500_001]) {
    it(`gives back the ${size} bytes that were written, under their hashes`, async () => {
      const objects = diskObjects(newDir())
      const bytes = randomBytes(size)
      const stored = await objects.write(pieces(bytes))
      assert.equal(stored.size, size)
      assert.equal(stored.md5, hex('md5', bytes))
      assert.equal(stored.sha256, hex('sha256', bytes))
      assert.deepEqual(await content(objects.read(stored)), bytes)
    })
  }

  it('reads any range', async () => {
    const objects = diskObjects(newDir())
    const bytes = randomBytes(1_000_000)
    const stored = await objects.write(pieces(bytes))
    for (const [start, end] of [
      [0, 0],
      [0, 999_999],
      [1, 999_999],
      [499_999, 800_000],
      [999_999, 999_999],
    ] as const) {
      assert.deepEqual(await content(objects.read(stored, { start, end })), bytes.subarray(start, end + 1))
    }
  })

  it('joins parts and leaves them', async () => {
    const objects = diskObjects(newDir())
    const all = randomBytes(2_000_000)
    const first = await objects.write(pieces(all.subarray(0, 1_200_000)))
    const second = await objects.write(pieces(all.subarray(1_200_000)))
    const whole = await objects.concat([first.id, second.id])
    assert.equal(whole.md5, hex('md5', all))
    assert.deepEqual(await content(objects.read(whole)), all)
    assert.deepEqual(await content(objects.read(first)), all.subarray(0, 1_200_000))
    await assert.rejects(objects.concat([first.id, 'ffff0000']), { code: 'ENOENT' })
  })

  it('leaves nothing behind when the source fails, early or late', async () => {
    const dir = newDir()
    const objects = diskObjects(dir)
    await assert.rejects(objects.write(thenFails(Buffer.alloc(0))), /cut off/)
    await assert.rejects(objects.write(thenFails(randomBytes(5_000_000))), /cut off/)
    assert.deepEqual(files(dir), [])
  })

  it('deletes, and does not mind what is gone', async () => {
    const dir = newDir()
    const objects = diskObjects(dir)
    const stored = await objects.write(pieces(randomBytes(10)))
    await objects.delete(stored.id)
    await objects.delete(stored.id)
    assert.deepEqual(files(dir), [])
    await assert.rejects(content(objects.read(stored)), { code: 'ENOENT' })
    await assert.rejects(content(objects.read(stored, { start: 1, end: 2 })), { code: 'ENOENT' })
  })

  it('clears away what a dead process had staged, and not what is being written', async () => {
    const dir = newDir()
    const objects = diskObjects(dir)
    await objects.recover()
    writeFileSync(join(dir, 'staging', 'abandoned'), 'half')
    const bytes = randomBytes(300_000)
    let recovered = false
    const stored = await objects.write(
      (async function* () {
        yield bytes.subarray(0, 100_000)
        await objects.recover()
        recovered = true
        yield bytes.subarray(100_000)
      })(),
    )
    assert.ok(recovered)
    assert.deepEqual(readdirSync(join(dir, 'staging')), [])
    assert.deepEqual(await content(objects.read(stored)), bytes)
  })
})

describe('damaged bytes', () => {
  async function store(size: number) {
    const dir = newDir()
    const objects = diskObjects(dir)
    const stored = await objects.write(pieces(randomBytes(size)))
    return { objects, stored, path: files(dir)[0]! }
  }

  for (const size of [1, 200_000, 1_000_000]) {
    it(`a flipped bit in ${size} bytes fails the whole read before its last piece`, async () => {
      const { objects, stored, path } = await store(size)
      const bytes = readFileSync(path)
      bytes[size >> 1]! ^= 1
      writeFileSync(path, bytes)
      assert.ok((await received(objects.read(stored))) < size)
    })

    it(`a file cut short of ${size} bytes fails whole and range reads`, async () => {
      const { objects, stored, path } = await store(size)
      truncateSync(path, size - 1)
      assert.ok((await received(objects.read(stored))) < size)
      if (size > 1) assert.equal(await received(objects.read(stored, { start: 0, end: 0 })), 0)
    })
  }

  it('a file that grew fails too', async () => {
    const { objects, stored, path } = await store(10)
    writeFileSync(path, 'x', { flag: 'a' })
    assert.equal(await received(objects.read(stored)), 0)
    assert.equal(await received(objects.read(stored, { start: 1, end: 2 })), 0)
  })

  it('a file that is gone fails', async () => {
    const { objects, stored, path } = await store(10)
    unlinkSync(path)
    assert.equal(await received(objects.read(stored)), 0)
  })
})

it('a full disk is an error that leaves nothing behind', { skip: process.platform !== 'linux' }, async () => {
  // A file-size limit stands in for the full disk: the write comes back short, then fails.
  const { execFileSync } = await import('node:child_process')
  const dir = newDir()
  const program = `
    process.on('SIGXFSZ', () => {})
    const { diskObjects } = await import(${JSON.stringify(new URL('../../src/objects/disk.ts', import.meta.url).href)})
    const objects = diskObjects(${JSON.stringify(dir)})
    async function* source() { for (let n = 0; n < 50; n++) yield Buffer.alloc(100_000) }
    await objects.write(source()).then(() => console.log('written'), (error) => console.log(error.code))`
  const output = execFileSync('bash', [
    '-c',
    'ulimit -f 2000; exec "$0" "$@"',
    process.execPath,
    '--input-type=module',
    '-e',
    program,
  ])
  assert.equal(output.toString(), 'EFBIG\n')
  assert.deepEqual(files(dir), [])
})
