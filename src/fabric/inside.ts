import { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { perKey } from '../network/memo.ts'

/** As the kernel counts (path_resolution(7)). */
const LINKS_MAX = 40

/** A file system as seen by one whose `/` is a folder of ours; what was seen of links and folders is remembered. */
export interface Inside {
  /**
   * Where an absolute path leads: links on the way are followed as a program in there would follow them. What does not
   * exist is left as it is named. Undefined: links without end.
   */
  real(path: string): string | undefined
  /** Names in a folder; none where there is no folder, or it cannot be read. */
  names(folder: string): readonly string[]
  isFile(path: string): boolean
}

export function insideOf(root: string): Inside {
  if (root !== '/') return lookInto(root)
  if (machine === undefined || machine.until < Date.now())
    machine = { inside: lookInto(root), until: Date.now() + REMEMBERED_MS }
  return machine.inside
}

/** This machine's own: what many programs that start at once see is looked up once. */
let machine: { inside: Inside; until: number } | undefined
const REMEMBERED_MS = 1000

function lookInto(root: string): Inside {
  const links = perKey((path: string) => linkAt(root + path))
  const folders = perKey((path: string) => namesIn(join(root, path)))
  const real = (path: string) => follow(path, links)
  return {
    real,
    names: (folder) => folders(real(folder) ?? folder),
    isFile(path) {
      const at = real(path)
      return at !== undefined && (statSync(join(root, at), { throwIfNoEntry: false })?.isFile() ?? false)
    },
  }
}

function follow(path: string, linkAt: (path: string) => string | undefined): string | undefined {
  const ahead = path.split('/').reverse()
  let at = ''
  let links = 0
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
      continue
    }
    const target = linkAt(`${at}/${part}`)
    if (target === undefined) at += `/${part}`
    else {
      if (++links > LINKS_MAX) return undefined
      if (target.startsWith('/')) at = ''
      ahead.push(...target.split('/').reverse())
    }
  }
  return at || '/'
}

function linkAt(path: string): string | undefined {
  try {
    // Most are no links: looking first is cheaper than an error for each.
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined
  } catch {
    return undefined // in a folder that may not be entered, or that is none
  }
}

function namesIn(folder: string): string[] {
  try {
    return existsSync(folder) ? readdirSync(folder).toSorted() : []
  } catch {
    return [] // no folder, or none that may be read
  }
}
