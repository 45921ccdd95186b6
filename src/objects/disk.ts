import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Objects, StoredBytes } from './objects.ts'

/** Bytes gathered for one write to the file, while the next are awaited and hashed. */
const BATCH_BYTES = 1024 * 1024
const READ_BYTES = 256 * 1024

/**
 * Bytes as files: `DIR/ab/abcdef…`, written under `DIR/staging` first. A write is on the disk, its name too, when its promise
 * resolves; it leaves nothing behind when its source throws or the disk is full. Hashing costs about as much as the writing
 * that it overlaps with.
 */
export function diskObjects(dir: string): Objects {
  const staging = join(dir, 'staging')
  const underway = new Set<string>()
  const folders = new Map<string, Promise<string>>()

  const pathOf = (id: string) => join(dir, id.slice(0, 2), id)

  /** Makes a folder once, and its name durable. */
  function folder(name: string): Promise<string> {
    let made = folders.get(name)
    if (!made) {
      made = makeFolder(dir, name)
      folders.set(name, made)
      made.catch(() => folders.delete(name))
    }
    return made
  }

  async function write(source: AsyncIterable<Uint8Array>): Promise<StoredBytes> {
    const id = randomBytes(16).toString('hex')
    await folder('staging')
    const staged = join(staging, id)
    underway.add(id)
    try {
      const written = await writeFile(staged, source)
      const home = await folder(id.slice(0, 2))
      await rename(staged, pathOf(id))
      await syncFolder(home)
      return { id, ...written }
    } catch (error) {
      await rm(staged, { force: true })
      await rm(pathOf(id), { force: true })
      throw error
    } finally {
      underway.delete(id)
    }
  }

  return {
    write,
    concat: (ids) => write(chain(ids.map(pathOf))),
    read(bytes, range) {
      const whole = !range || (range.start === 0 && range.end === bytes.size - 1)
      const content = whole ? readWhole(pathOf(bytes.id), bytes) : readRange(pathOf(bytes.id), bytes, range)
      return Readable.from(content, { objectMode: false, highWaterMark: READ_BYTES })
    },
    delete: (id) => rm(pathOf(id), { force: true }),
    async recover() {
      for (const id of await readdir(await folder('staging'))) {
        if (!underway.has(id)) await rm(join(staging, id), { force: true, recursive: true })
      }
    },
  }
}

/** Writes and hashes the source as it comes, and syncs the file. */
async function writeFile(path: string, source: AsyncIterable<Uint8Array>): Promise<Omit<StoredBytes, 'id'>> {
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  const file = await open(path, 'wx', 0o600)
  let size = 0
  let batch: Uint8Array[] = []
  let batched = 0
  let writing = Promise.resolve()
  try {
    for await (const chunk of source) {
      batch.push(chunk)
      batched += chunk.length
      if (batched >= BATCH_BYTES) {
        await writing
        writing = writeAll(file, batch, batched)
        // Awaited with the next batch; until then a failure must not count as unhandled.
        writing.catch(() => {})
        batch = []
        batched = 0
      }
      md5.update(chunk)
      sha256.update(chunk)
      size += chunk.length
    }
    await writing
    if (batched > 0) await writeAll(file, batch, batched)
    await file.sync()
  } finally {
    await writing.catch(() => {})
    await file.close()
  }
  return { size, md5: md5.digest('hex'), sha256: sha256.digest('hex') }
}

/** A short write is how a full disk announces itself; writing on gets the error. */
async function writeAll(file: FileHandle, batch: Uint8Array[], total: number): Promise<void> {
  let { bytesWritten } = await file.writev(batch)
  if (bytesWritten === total) return
  const all = Buffer.concat(batch)
  while (bytesWritten < total) bytesWritten += (await file.write(all, bytesWritten)).bytesWritten
}

/** The last piece is held back until the whole proved right, so that a reader never mistakes damaged bytes for complete ones. */
async function* readWhole(path: string, bytes: StoredBytes): AsyncIterable<Buffer> {
  const sha256 = createHash('sha256')
  let size = 0
  let held: Buffer | undefined
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    if (held) yield held
    held = chunk
    sha256.update(chunk)
    size += chunk.length
  }
  if (size !== bytes.size || sha256.digest('hex') !== bytes.sha256) throw damaged(bytes)
  if (held) yield held
}

async function* readRange(
  path: string,
  bytes: StoredBytes,
  range: { start: number; end: number },
): AsyncIterable<Buffer> {
  const file = await open(path)
  try {
    if ((await file.stat()).size !== bytes.size) throw damaged(bytes)
    let left = range.end - range.start + 1
    const stream = file.createReadStream({ ...range, highWaterMark: READ_BYTES, autoClose: false })
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      left -= chunk.length
      yield chunk
    }
    if (left !== 0) throw damaged(bytes)
  } finally {
    await file.close()
  }
}

async function* chain(paths: readonly string[]): AsyncIterable<Buffer> {
  for (const path of paths) yield* createReadStream(path, { highWaterMark: BATCH_BYTES }) as AsyncIterable<Buffer>
}

function damaged({ id, size }: StoredBytes): Error {
  return new Error(`the ${size} stored bytes \`${id}\` are not what was written`)
}

async function makeFolder(dir: string, name: string): Promise<string> {
  const path = join(dir, name)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await syncFolder(dir)
  return path
}

/** Makes the names in a folder durable. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
