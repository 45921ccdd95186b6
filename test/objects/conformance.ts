import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { CHUNK_BYTES } from '../../src/objects/sealing.ts'
import { DamagedBytes, type Objects, type StoredBytes } from '../../src/objects/objects.ts'

/** A store of bytes under test, and hands on what lies in it. */
export interface Bench {
  objects: Objects
  /** Ids of what lies in the store. */
  ids: () => Promise<string[]>
  /** As it lies in the store. */
  raw: (id: string) => Promise<Buffer>
  overwrite: (id: string, bytes: Buffer) => Promise<void>
}

export async function* pieces(bytes: Uint8Array, size = 100_000): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size)
    await Promise.resolve()
  }
}

async function* thenFails(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield* pieces(bytes)
  throw new Error('cut off')
}

export async function content(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[])
}

/** What a reader has in hand when the stream fails, which it must. */
async function received(stream: Readable): Promise<{ bytes: Buffer; error: unknown }> {
  const parts: Buffer[] = []
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) parts.push(chunk)
  } catch (error) {
    return { bytes: Buffer.concat(parts), error }
  }
  return assert.fail('the damaged bytes were read to their end')
}

const hex = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex')

/** What every store of bytes does, wherever they lie. */
export function conform(name: string, open: () => Promise<Bench>): void {
  describe(`${name}: bytes`, () => {
    for (const size of [0, 1, 100_000, CHUNK_BYTES, CHUNK_BYTES + 1, 3_500_001]) {
      it(`gives back the ${size} bytes that were written, under their hashes`, async () => {
        const { objects } = await open()
        const bytes = randomBytes(size)
        const stored = await objects.write(pieces(bytes))
        assert.equal(stored.size, size)
        assert.equal(stored.md5, hex('md5', bytes))
        assert.equal(stored.sha256, hex('sha256', bytes))
        assert.deepEqual(await content(objects.read(stored)), bytes)
        assert.equal(await objects.check(stored), undefined)
      })
    }

    it('reads any range', async () => {
      const { objects } = await open()
      const bytes = randomBytes(1_000_000)
      const stored = await objects.write(pieces(bytes))
      for (const [start, end] of [
        [0, 0],
        [0, 999_999],
        [1, 999_999],
        [CHUNK_BYTES - 1, CHUNK_BYTES],
        [CHUNK_BYTES, 2 * CHUNK_BYTES - 1],
        [499_999, 800_000],
        [999_999, 999_999],
      ] as const) {
        assert.deepEqual(await content(objects.read(stored, { start, end })), bytes.subarray(start, end + 1))
      }
    })

    it('lets nobody read them where they lie, and makes no two alike', async () => {
      const { objects, raw } = await open()
      const bytes = Buffer.alloc(100_000, 'what lies in the store is not what was written. ')
      const [one, two] = [await objects.write(pieces(bytes)), await objects.write(pieces(bytes))]
      const [first, second] = [await raw(one.id), await raw(two.id)]
      assert.ok(!first.includes('lies in the store'))
      assert.notDeepEqual(first, second)
      assert.ok(!JSON.stringify(one).includes('what'))
    })

    it('reads what was written under a key only with that key', async () => {
      const { objects } = await open()
      const key = randomBytes(32)
      const bytes = randomBytes(300_000)
      const stored = await objects.write(pieces(bytes), { key, digests: [] })
      assert.equal(stored.key, undefined)
      assert.equal(stored.md5 + stored.sha256, '')
      assert.deepEqual(await content(objects.read(stored, undefined, key)), bytes)
      assert.ok((await received(objects.read(stored, undefined, randomBytes(32)))).error instanceof DamagedBytes)
      await assert.rejects(content(objects.read(stored)), /without their key/)
      assert.equal(await objects.check(stored), undefined)
    })

    it('seals two blobs under one key differently', async () => {
      const { objects, raw } = await open()
      const key = randomBytes(32)
      const [one, two] = await Promise.all([1, 2].map(() => objects.write(pieces(Buffer.alloc(1000)), { key })))
      assert.notDeepEqual(await raw(one!.id), await raw(two!.id))
    })

    it('leaves nothing behind when the source fails, early or late', async () => {
      const { objects, ids } = await open()
      await assert.rejects(objects.write(thenFails(Buffer.alloc(0))), /cut off/)
      await assert.rejects(objects.write(thenFails(randomBytes(1000))), /cut off/)
      await assert.rejects(objects.write(thenFails(randomBytes(9_000_000))), /cut off/)
      assert.deepEqual(await ids(), [])
    })

    it('deletes, and does not mind what is gone', async () => {
      const { objects, ids } = await open()
      const stored = await objects.write(pieces(randomBytes(10)))
      assert.deepEqual(await ids(), [stored.id])
      await objects.delete(stored.id)
      await objects.delete(stored.id)
      assert.deepEqual(await ids(), [])
      for (const range of [undefined, { start: 1, end: 2 }]) {
        const { bytes, error } = await received(objects.read(stored, range))
        assert.equal(bytes.length, 0)
        assert.ok(error instanceof DamagedBytes && error.kind === 'lost')
      }
      assert.equal((await objects.check(stored))?.kind, 'lost')
    })

    it('lists what lies in it, and since when', async () => {
      const { objects } = await open()
      const stored = await Promise.all([5, 300_000].map((size) => objects.write(pieces(randomBytes(size)))))
      const found = []
      for await (const item of objects.list()) found.push(item)
      assert.deepEqual(found.map(({ id }) => id).sort(), stored.map(({ id }) => id).sort())
      assert.ok(found.every(({ size, writtenAt }) => size > 5 && Math.abs(writtenAt - Date.now()) < 60_000))
    })
  })

  describe(`${name}: damage`, () => {
    const size = 1_000_000
    const ranges = [
      undefined,
      { start: 0, end: 0 },
      { start: 400_000, end: 600_000 },
      { start: size - 1, end: size - 1 },
    ]

    async function damaged(change: (raw: Buffer) => Buffer, key?: Buffer) {
      const { objects, raw, overwrite } = await open()
      const bytes = randomBytes(size)
      const stored = await objects.write(pieces(bytes), key ? { key } : {})
      await overwrite(stored.id, change(await raw(stored.id)))
      return { objects, bytes, stored }
    }

    /** Whatever comes before the failure is right; a range that the damage does not touch may be read. */
    async function neverWrong(objects: Objects, stored: StoredBytes, bytes: Buffer, key?: Buffer): Promise<number> {
      let failures = 0
      for (const range of ranges) {
        const { start, end } = range ?? { start: 0, end: size - 1 }
        const parts: Buffer[] = []
        const right = bytes.subarray(start, end + 1)
        try {
          for await (const part of objects.read(stored, range, key) as AsyncIterable<Buffer>) parts.push(part)
          assert.deepEqual(Buffer.concat(parts), right)
        } catch (error) {
          assert.ok(error instanceof DamagedBytes, String(error))
          const came = Buffer.concat(parts)
          assert.ok(came.length < right.length)
          assert.deepEqual(came, right.subarray(0, came.length))
          failures++
        }
      }
      return failures
    }

    const changes: [string, (raw: Buffer) => Buffer, number][] = [
      ['a flipped bit at the beginning', (raw) => flipped(raw, 0), 2],
      ['a flipped bit in the middle', (raw) => flipped(raw, 500_000), 2],
      ['a flipped bit of the last tag', (raw) => flipped(raw, raw.length - 1), 2],
      ['two chunks changed over', (raw) => swapped(raw), 3],
      ['the last byte cut off', (raw) => raw.subarray(0, -1), 2],
      ['half of it cut off', (raw) => raw.subarray(0, raw.length >> 1), 3],
      ['nothing left', () => Buffer.alloc(0), 4],
      ['zeros in its place', (raw) => Buffer.alloc(raw.length), 4],
    ]
    for (const [what, change, failures] of changes) {
      it(`${what}: an error, never wrong bytes, and the check finds it`, async () => {
        const { objects, bytes, stored } = await damaged(change)
        assert.equal(await neverWrong(objects, stored, bytes), failures)
        assert.equal((await objects.check(stored))?.kind, 'damaged')
      })
    }

    it('is found without the key, too', async () => {
      const key = randomBytes(32)
      const { objects, bytes, stored } = await damaged((raw) => flipped(raw, 500_000), key)
      assert.equal(await neverWrong(objects, stored, bytes, key), 2)
      assert.equal((await objects.check(stored))?.kind, 'damaged')
    })
  })
}

function flipped(raw: Buffer, at: number): Buffer {
  const bytes = Buffer.from(raw)
  bytes[at]! ^= 1
  return bytes
}

function swapped(raw: Buffer): Buffer {
  const sealed = CHUNK_BYTES + 16
  return Buffer.concat([raw.subarray(sealed, 2 * sealed), raw.subarray(0, sealed), raw.subarray(2 * sealed)])
}
