import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Document, Place } from './documents.ts'
import type { Moment } from './moment.ts'
import type { Process } from './processes.ts'

export interface Watch {
  /** Of the server. */
  pid: number
  dataDir: string
  place: Place
  moment: Moment
  /** So long after the moment: in the middle of a step, and not only where it begins. */
  laterMs?: number
  /** For moments that are over in no time: then the server is stopped without it. Else it is an error that it does not come. */
  patienceMs?: number
}

/** A server that stands still: what it has written down, and all that it has started. */
export interface Frozen {
  document: Document | undefined
  processes: Process[]
}

export interface Watcher {
  /** Stops the server (SIGSTOP) at a moment. One at a time. */
  freeze(watch: Watch): Promise<Frozen>
  close(): Promise<void>
}

/**
 * A step is written down, and synced to the disk, before it is begun; a thread that does nothing but look meets each. The server
 * has no part in it: it is looked at from outside, by SQLite and /proc.
 */
export function openWatcher(): Watcher {
  const worker = new Worker(new URL('watcher.ts', import.meta.url))
  return {
    async freeze(watch) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
      worker.postMessage(watch)
      const [{ frozen, error }] = (await once(worker, 'message')) as [{ frozen?: Frozen; error?: Error }]
      if (!frozen) throw error!
      return frozen
    },
    async close() {
      await worker.terminate()
    },
  }
}
