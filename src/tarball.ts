import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { Pack } from 'tar-stream'

export interface PackOptions {
  /** Folder of the archive that the content goes to, e.g. `opt/program`; absent: its root. */
  prefix?: string
  /** The same content gives the same bytes: no times go in. */
  deterministic?: boolean
}

/**
 * Everything below a folder as a tape archive, sorted by name, folders before what is in them, owned by root. Symbolic
 * links stay links; sockets, devices and the like are left out. The stream fails when a file changes while it is read.
 */
export function packFolder(folder: string, options: PackOptions = {}): AsyncIterable<Uint8Array> {
  return packFolders([folder], options)
}

/** The same of several folders, one laid over the other: who unpacks the archive keeps the last of the same name. */
export function packFolders(folders: readonly string[], options: PackOptions = {}): AsyncIterable<Uint8Array> {
  const tar = pack()
  const add = async () => {
    for (const folder of folders) await addFolder(tar, folder, options)
  }
  add().then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  )
  return tar as AsyncIterable<Uint8Array>
}

async function addFolder(tar: Pack, folder: string, { prefix = '', deterministic = false }: PackOptions) {
  const epoch = new Date(0)
  const parts = prefix.split('/').filter(Boolean)
  for (const depth of parts.keys())
    tar.entry({ name: parts.slice(0, depth + 1).join('/'), type: 'directory', mode: 0o755, mtime: epoch })

  for await (const path of walk(folder)) {
    const from = join(folder, path)
    const info = await lstat(from)
    const common = {
      name: [...parts, path].join('/'),
      // The bits of the file's type stay out of the archive, but keep tar-stream from taking no permissions for no mode.
      mode: info.mode & ~0o7000,
      mtime: deterministic ? epoch : info.mtime,
    }
    if (info.isSymbolicLink()) tar.entry({ ...common, type: 'symlink', mode: 0o777, linkname: await readlink(from) })
    else if (info.isDirectory()) tar.entry({ ...common, type: 'directory' })
    else if (info.isFile())
      await pipeline(content(from, info.size), tar.entry({ ...common, type: 'file', size: info.size }))
  }
}

async function* walk(folder: string, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below ? `${below}/${entry.name}` : entry.name
    yield path
    if (entry.isDirectory()) yield* walk(folder, path)
  }
}

/** A file of `size` bytes; that is in its header already, so with any other number of them the archive would be broken. */
async function* content(path: string, size: number): AsyncGenerator<Buffer> {
  let read = 0
  // `end` is inclusive: one byte more than there should be.
  for await (const chunk of createReadStream(path, { end: size }) as AsyncIterable<Buffer>) {
    read += chunk.length
    if (read > size) break
    yield chunk
  }
  if (read !== size) throw new Error(`${path} changed while it was read`)
}
