import { readdirSync, readFileSync } from 'node:fs'

/** What /proc tells of one process. */
export interface ProcessInfo {
  pid: number
  parent: number
  /** Clock ticks since boot: with the pid it names one process for good, as pids are used again. */
  startTime: number
}

/** Undefined when there is no such process (any more). */
export function processInfo(pid: number): ProcessInfo | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // `pid (name) state ppid …`: the name may hold anything, so count from its last bracket; see proc(5), fields 3, 4, 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields
  if (state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), startTime: Number(fields[19]) }
}

/** Children of a process, oldest first. */
export function childrenOf(parent: number): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processInfo(Number(name)))
    .filter((info): info is ProcessInfo => info?.parent === parent)
    .toSorted((a, b) => a.startTime - b.startTime || a.pid - b.pid)
}

/** Changes with every boot of the machine: start times count from it. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

/** Sends a signal; a process that is gone is no error. A negative pid means its process group. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
