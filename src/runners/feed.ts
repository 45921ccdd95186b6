import type { ChildProcess } from 'node:child_process'
import type { Writable } from 'node:stream'

/** Writes what a sandbox reads from a descriptor of its own; there is none where it could not be started. */
export function feed(child: ChildProcess, descriptor: number, content: string | Uint8Array): void {
  const input = (child.stdio as readonly unknown[])[descriptor] as Writable | null | undefined
  input?.on('error', () => {}) // a sandbox that failed before it read; its exit says so
  input?.end(content)
}
