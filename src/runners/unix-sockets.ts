import { existsSync, readFileSync } from 'node:fs'

/** The kernel's flag of a socket that takes connections (proc(5), /proc/net/unix). */
const LISTENING = '00010000'

/**
 * Sockets in the file system on which somebody listens: name services, container engines, agents. A network namespace
 * does not keep them apart from a program that sees their files (unix(7)).
 */
export function listeningSockets(table = readTable()): string[] {
  const paths = table.split('\n').flatMap((line) => {
    const [, , , flags, , , , ...path] = line.trim().split(/\s+/)
    return flags === LISTENING && path[0]?.startsWith('/') ? [path.join(' ')] : []
  })
  return [...new Set(paths)].filter((path) => existsSync(path))
}

function readTable(): string {
  try {
    return readFileSync('/proc/net/unix', 'latin1')
  } catch {
    return '' // not Linux
  }
}
