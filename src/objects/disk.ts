import { closeSync, openSync, readSync } from 'node:fs'
import { mkdir, open, opendir, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoreBlobs } from '../store/store.ts'
import type { Vault } from '../store/vault.ts'
import { NoBlob, type Blobs } from './blobs.ts'
import { StoreFull, type Objects } from './objects.ts'
import { sealedObjects } from './sealed.ts'
import { SEALED_CHUNK_BYTES } from './sealing.ts'

/** Bytes gathered for one write to the file, while the next are awaited and sealed. */
const BATCH_BYTES = 1024 * 1024
const SMALL_BYTES = 64 * 1024
/** Whole chunks, so that none is put together from two reads. */
const READ_BYTES = 4 * SEALED_CHUNK_BYTES

export function diskObjects(dir: string, vault: Vault, documents?: StoreBlobs): Objects {
  return sealedObjects(diskBlobs(dir), vault, documents)
}

/**
 * Files: `DIR/ab/abcdef…`, written under `DIR/staging` first. A write is on the disk, its name too, when its promise
 * resolves; it leaves nothing behind when its source throws or the disk is full.
 */
export function diskBlobs(dir: string): Blobs {
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

  return {
    async write(id, source) {
      const staged = join(staging, id)
      underway.add(id)
      try {
        await folder('staging')
        await writeFile(staged, source)
        const home = await folder(id.slice(0, 2))
        await rename(staged, pathOf(id))
        await syncFolder(home)
      } catch (error) {
        await rm(staged, { force: true })
        await rm(pathOf(id), { force: true })
        throw isFull(error) ? new StoreFull(`no room for object bytes in ${dir}`, { cause: error }) : error
      } finally {
        underway.delete(id)
      }
    },
    async *read(id, start, length) {
      if (length <= SMALL_BYTES) {
        yield readSmall(pathOf(id), id, start, length)
        return
      }
      const file = await open(pathOf(id)).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new NoBlob(id, { cause: error }) : error
      })
      yield* readFile(file, start, length)
    },
    delete: (id) => rm(pathOf(id), { force: true }),
    async *list() {
      for (const name of await readdir(dir).catch(() => [])) {
        if (!/^[0-9a-f]{2}$/.test(name)) continue
        for await (const { name: id } of await opendir(join(dir, name))) {
          const found = await stat(pathOf(id)).catch(() => undefined)
          if (found?.isFile()) yield { id, size: found.size, writtenAt: found.mtimeMs }
        }
      }
    },
    async recover() {
      for (const id of await readdir(await folder('staging'))) {
        if (!underway.has(id)) await rm(join(staging, id), { force: true, recursive: true })
      }
    },
  }
}

/** Out of space, out of quota, or beyond what a process may write. */
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const isFull = (error: unknown) => full.has((error as NodeJS.ErrnoException).code ?? '')

/** Writes the source as it comes, and syncs the file. */
async function writeFile(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  let batch: Uint8Array[] = []
  let batched = 0
  let writing = Promise.resolve()
  try {
    for await (const chunk of source) {
      batch.push(chunk)
      batched += chunk.length
      if (batched < BATCH_BYTES) continue
      await writing
      writing = writeAll(file, batch, batched)
      // Awaited with the next batch; until then a failure must not count as unhandled.
      writing.catch(() => {})
      batch = []
      batched = 0
    }
    await writing
    if (batched > 0) await writeAll(file, batch, batched)
    await file.sync()
  } finally {
    await writing.catch(() => {})
    await file.close()
  }
}

/** A short write is how a full disk announces itself; writing on gets the error. */
async function writeAll(file: FileHandle, batch: Uint8Array[], total: number): Promise<void> {
  let { bytesWritten } = await file.writev(batch)
  if (bytesWritten === total) return
  const all = Buffer.concat(batch)
  while (bytesWritten < total) bytesWritten += (await file.write(all, bytesWritten)).bytesWritten
}

/** At once: three trips to the thread pool cost several times what a small file does, which was mostly read before. */
function readSmall(path: string, id: string, start: number, length: number): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new NoBlob(id, { cause: error }) : error
  }
  try {
    const buffer = Buffer.allocUnsafe(length)
    return buffer.subarray(0, readSync(file, buffer, 0, length, start))
  } finally {
    closeSync(file)
  }
}

/** Reads ahead while what came last is used; two buffers do for a file of any length. Closes the file. */
async function* readFile(file: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  let at = start
  const end = start + length
  const buffers = [Buffer.allocUnsafe(Math.min(length, READ_BYTES)), Buffer.alloc(0)]
  if (length > READ_BYTES) buffers[1] = Buffer.allocUnsafe(READ_BYTES)

  async function fill(buffer: Buffer): Promise<Buffer> {
    const wanted = Math.min(buffer.length, end - at)
    let size = 0
    while (size < wanted) {
      const { bytesRead } = await file.read(buffer, size, wanted - size, at)
      if (bytesRead === 0) break
      size += bytesRead
      at += bytesRead
    }
    return buffer.subarray(0, size)
  }

  let next = fill(buffers[0]!)
  try {
    for (let turn = 1; ; turn++) {
      const piece = await next
      if (piece.length === 0) return
      next = fill(buffers[turn % 2]!)
      // Awaited in the next turn; until then a failure must not count as unhandled.
      next.catch(() => {})
      yield piece
    }
  } finally {
    await next.catch(() => {})
    await file.close()
  }
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
