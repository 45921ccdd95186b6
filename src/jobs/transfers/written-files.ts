import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** A regular file below a folder, open for reading. Who takes it closes it. */
export interface WrittenFile {
  /** Below the folder, with slashes. */
  path: string
  handle: FileHandle
  size: number
  modified: number
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants

/**
 * The regular files that a program has written below `root`/`path`, by name. The program may still be at work and the
 * server may be root: no link is ever followed, on no step of the way, so that nothing else of this machine is read for it.
 */
export async function* writtenFiles(root: string, path: string): AsyncGenerator<WrittenFile> {
  let folder = await openFolder(root)
  for (const part of path.split('/').filter(Boolean)) {
    if (!folder) return
    const next: FileHandle | undefined = await openFolder(inside(folder, part))
    await folder.close()
    folder = next
  }
  if (folder) yield* filesIn(folder, '')
}

async function* filesIn(folder: FileHandle, below: string): AsyncGenerator<WrittenFile> {
  try {
    const entries = await readdir(inside(folder), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below + entry.name
      const at = inside(folder, entry.name)
      if (entry.isDirectory()) {
        const next = await openFolder(at)
        if (next) yield* filesIn(next, `${path}/`)
      } else if (entry.isFile()) {
        const file = await openFile(at)
        if (file) yield { path, ...file }
      }
    }
  } finally {
    await folder.close()
  }
}

/** One regular file of a program's folder, by the same rules; undefined where there is none. At most `limit` bytes of it. */
export async function writtenText(root: string, path: string, limit: number): Promise<string | undefined> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  for await (const file of writtenFiles(root, path.slice(0, -name.length))) {
    try {
      if (file.path !== name) continue
      const { buffer, bytesRead } = await file.handle.read(Buffer.alloc(limit), 0, limit, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.handle.close()
    }
  }
  return undefined
}

/** By the descriptor, so that what is looked at is what was opened, however the program moves its folders meanwhile. */
function inside({ fd }: FileHandle, name = ''): string {
  return join(process.platform === 'linux' ? `/proc/self/fd/${fd}/` : `/dev/fd/${fd}/`, name)
}

async function openFolder(path: string): Promise<FileHandle | undefined> {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(() => undefined) // gone, or a link
}

async function openFile(path: string): Promise<Omit<WrittenFile, 'path'> | undefined> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined) // gone, or a link
  if (!handle) return undefined
  const info = await handle.stat()
  if (info.isFile()) return { handle, size: info.size, modified: info.mtimeMs }
  await handle.close()
  return undefined
}
