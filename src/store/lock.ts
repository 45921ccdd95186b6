import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One server per data folder. The lock names its holder by pid and start time, so that a crashed one's lock,
 * or another program that got its pid, does not keep us out. Returns the release.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'server.lock')
  if (existsSync(path)) {
    const holder = readFileSync(path, 'utf8').trim()
    const [pid] = holder.split(' ')
    if (pid && Number(pid) !== process.pid && processIdentity(Number(pid)) === holder) {
      throw new Error(`another server (pid ${pid}) runs on ${folder}: stop it, or choose another folder with --data`)
    }
  }
  writeFileSync(path, processIdentity(process.pid)!, { mode: 0o600 })
  return () => rmSync(path, { force: true })
}

/** `PID STARTTIME`, or undefined when no such process lives; without /proc the pid alone must do. */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') return alive(pid) ? `${pid} ?` : undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${pid} ${fields[19]}`
  } catch {
    return undefined
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
