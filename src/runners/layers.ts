import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, lchown, link, lstat, mkdir, open, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { RunnerError } from './runner.ts'
import type { Image, ImageLayer } from './runner.ts'
import { readTar } from './tar.ts'
import type { TarEntry } from './tar.ts'

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
  for await (const entry of readTar(archive)) await unpackEntry(entry, { root, made, modes, owner })
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

async function unpackEntry(entry: TarEntry, unpacking: Unpacking): Promise<void> {
  const { root, made, modes, owner } = unpacking
  const parts = partsOf(entry.path)
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
  if (before && !(before.isDirectory() && entry.type === 'directory')) await rm(path, { recursive: true, force: true })

  if (entry.type === 'directory') {
    if (!before?.isDirectory()) await mkdir(path)
    modes.set(path, entry.mode & 0o1777)
  } else if (entry.type === 'file') await writeFile(path, entry)
  else if (entry.type === 'symlink') await symlink(entry.linkPath, path)
  else if (entry.type === 'link') {
    const target = partsOf(entry.linkPath)
    const targetName = target.pop()
    if (targetName === undefined) throw new RunnerError(`layer links to nothing: ${entry.path}`)
    await link(join(await resolveInside(root, target, owner), targetName), path)
  } else return // devices and FIFOs: /dev is made anew for every run

  made.add(path)
  if (owner && entry.type !== 'link') await lchown(path, owner.uid, owner.gid)
}

async function writeFile(path: string, entry: TarEntry): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = await open(path, flags, 0o600)
  try {
    for await (const chunk of entry.content) await file.write(chunk)
    await file.chmod(entry.mode & 0o1777)
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

async function* hashing(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
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
  return tool ? pipeline(whole, tool, () => {}) : whole
}

async function* startedWith(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!first.done) yield first.value
  yield* rest
}
