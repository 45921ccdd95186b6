import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, lchown, link, lstat, mkdir, open, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, pipeline as pipe } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extract } from 'tar-stream'
import type { Header } from 'tar-stream'
import { RunnerError } from './runner.ts'
import type { Image, ImageLayer } from './runner.ts'

/** A user that unpacked files are given to; absent: they stay ours. */
export interface Owner {
  uid: number
  gid: number
}

/**
 * Unpacks an image's layers, lowest first, into an empty folder (OCI image specification, "Image Layer Filesystem Changeset").
 * Checks each layer's digest and, where the configuration has it, its diff id. A path is always taken as inside `root`:
 * one with `..` is refused, and symbolic links on the way are followed as if `root` were `/`. Devices are left out,
 * set-user-id bits are taken off: what a layer holds must not gain rights on the machine that keeps it.
 */
export async function unpackLayers(image: Image, root: string, owner?: Owner): Promise<void> {
  for (const [index, layer] of image.layers.entries())
    await unpackLayer(layer, root, { diffId: image.config.rootfs?.diff_ids?.[index], owner })
}

async function unpackLayer(
  layer: ImageLayer,
  root: string,
  { diffId, owner }: { diffId: string | undefined; owner: Owner | undefined },
): Promise<void> {
  const packed = createHash('sha256')
  const unpacked = createHash('sha256')
  const archive = hashing(await decompress(hashing(layer.open(), packed)), unpacked)
  const made = new Set<string>()
  const modes = new Map<string, number>()
  const entries = extract()
  const fed = pipeline(archive, entries)
  fed.catch(() => {}) // thrown to whoever reads the entries
  try {
    for await (const entry of entries) {
      const content = entry as AsyncIterable<Uint8Array>
      await unpackEntry(entry.header, content, { root, made, modes, owner })
      entry.resume()
    }
  } catch (error) {
    // An entry only knows that it broke off; the archive knows why.
    if ((error as NodeJS.ErrnoException).code === 'STREAM_DESTROYED') await fed
    throw error
  }
  // Modes of folders come last, or a read-only folder could not be filled.
  for (const [path, mode] of modes) await chmod(path, mode | 0o700)

  assertDigest(layer.digest, packed, 'layer')
  if (diffId !== undefined) assertDigest(diffId, unpacked, 'unpacked layer')
}

function assertDigest(expected: string, hash: Hash, what: string): void {
  const actual = `sha256:${hash.digest('hex')}`
  if (actual !== expected) throw new RunnerError(`${what} ${expected} has the digest ${actual}`)
}

interface Unpacking {
  root: string
  /** What this layer made: an opaque whiteout hides only what lower layers brought. */
  made: Set<string>
  modes: Map<string, number>
  owner: Owner | undefined
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

async function unpackEntry(header: Header, content: AsyncIterable<Uint8Array>, unpacking: Unpacking): Promise<void> {
  const { root, made, modes, owner } = unpacking
  const { name: entryPath, type, mode, size } = header
  // tar-stream’s types leave out that it gives null for both.
  const target = header.linkname ?? ''
  if (!type) throw new RunnerError(`layer holds an entry of unknown type: ${entryPath}`)
  // Readers disagree whether content follows such a size; hiding an entry in it must not work.
  if (size > 0 && !isFile(type) && type !== 'directory')
    throw new RunnerError(`layer holds a ${type} with content: ${entryPath}`)

  const parts = partsOf(entryPath)
  const name = parts.pop()
  if (name === undefined) return // the root folder itself
  const parent = await resolveInside(root, parts, owner)
  const path = join(parent, name)

  if (name === OPAQUE) {
    for (const child of await readdir(parent))
      if (!made.has(join(parent, child))) await rm(join(parent, child), { recursive: true, force: true })
    return
  }
  if (name.startsWith(WHITEOUT)) {
    // `.wh...` would name the parent of the folder.
    const hidden = partsOf(name.slice(WHITEOUT.length)).pop()
    if (hidden !== undefined) await rm(join(parent, hidden), { recursive: true, force: true })
    return
  }

  const before = await lstat(path).catch(ignoreMissing)
  if (before && !(before.isDirectory() && type === 'directory')) await rm(path, { recursive: true, force: true })

  if (type === 'directory') {
    if (!before?.isDirectory()) await mkdir(path)
    modes.set(path, mode & 0o1777)
  } else if (isFile(type)) await writeFile(path, content, mode & 0o1777)
  else if (type === 'symlink') await symlink(target, path)
  else if (type === 'link') {
    const folder = partsOf(target)
    const targetName = folder.pop()
    if (targetName === undefined) throw new RunnerError(`layer links to nothing: ${entryPath}`)
    await link(join(await resolveInside(root, folder, owner), targetName), path)
  } else return // devices and FIFOs: /dev is made anew for every run

  made.add(path)
  if (owner && type !== 'link') await lchown(path, owner.uid, owner.gid)
}

/** POSIX has contiguous files read as any others. */
const isFile = (type: Header['type']) => type === 'file' || type === 'contiguous-file'

async function writeFile(path: string, content: AsyncIterable<Uint8Array>, mode: number): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = await open(path, flags, 0o600)
  try {
    for await (const chunk of content) await file.write(chunk)
    await file.chmod(mode)
  } finally {
    await file.close()
  }
}

/** Components of a path in an archive; refuses what would lead up. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || path.includes('\0'))
    throw new RunnerError(`layer holds a path that leads out of it: ${JSON.stringify(path)}`)
  return parts
}

/** As the kernel counts (path_resolution(7)). */
const LINKS_MAX = 40

/**
 * The real folder that `parts` name below `root`, made where it is missing. Symbolic links on the way are followed
 * inside `root`, as they will be for the program, so the result has none left. Throws when something else is in the way.
 */
export async function resolveInside(root: string, parts: readonly string[], owner?: Owner): Promise<string> {
  const ahead = [...parts]
  let links = 0
  let at: string[] = []
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (part === '..') {
      at = at.slice(0, -1)
      continue
    }
    const path = join(root, ...at, part)
    const found = await lstat(path).catch(ignoreMissing)
    if (found?.isSymbolicLink()) {
      if (++links > LINKS_MAX) throw new RunnerError(`too many symbolic links: ${parts.join('/')}`)
      const target = await readlink(path)
      if (target.startsWith('/')) at = []
      ahead.unshift(...target.split('/').filter((step) => step !== '' && step !== '.'))
      continue
    }
    if (!found) {
      await mkdir(path)
      if (owner) await lchown(path, owner.uid, owner.gid)
    } else if (!found.isDirectory()) throw new RunnerError(`not a folder: ${dirname(join('/', ...at, part, '_'))}`)
    at.push(part)
  }
  return join(root, ...at)
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}

/** Passes a stream on and counts it into a hash. */
export async function* hashing(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    hash.update(chunk)
    yield chunk
  }
}

/** By the first bytes, not by the media type: registries keep layers under types that their clients got wrong. */
async function decompress(source: AsyncGenerator<Uint8Array>): Promise<Readable> {
  const first = await source.next()
  const magic = first.done ? '' : Buffer.from(first.value).toString('hex', 0, 4)
  const whole = Readable.from(startedWith(first, source), { objectMode: false })
  const tool = magic.startsWith('1f8b') ? createGunzip() : magic === '28b52ffd' ? createZstdDecompress() : undefined
  // An error on either side ends both, and is thrown to whoever reads.
  return tool ? pipe(whole, tool, () => {}) : whole
}

async function* startedWith(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!first.done) yield first.value
  yield* rest
}
