import type { ChildProcess } from 'node:child_process'
import { setPriority } from 'node:os'

/** Nicer than the server by so much (nice(1)). */
const MODEST = 10

/** A process, and all that it will start, yields to the server: who asks that something does not wait for those who compute. */
export function beModest({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    setPriority(pid, MODEST)
  } catch {
    // It is over already, or the machine does not allow it: it runs as well as any other.
  }
}
