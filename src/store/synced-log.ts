import { close, fdatasync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const syncData = promisify(fdatasync)

/** Makes what was written to a log lasting. */
export interface SyncedLog {
  /** Resolves when the writes up to `revision`, all done before, are on the disk. Rejects with the disk's error. */
  upTo(revision: number): Promise<void>
  close(): void
}

/** Of a log that is in memory only. */
export const nowhere: SyncedLog = { upTo: async () => {}, close: () => {} }

/**
 * Syncs a log file in Node's thread pool. Whoever asks while a sync is under way shares the next one, for what they wrote
 * may have come too late for the first.
 */
export function syncedLog(path: string): SyncedLog {
  let file: number | undefined
  let asked = 0
  let synced = 0
  let closed = false
  let next: Promise<void> | undefined
  let current: Promise<void> = Promise.resolve()

  /** The file is there once something was written; its name must outlive a loss of power too. */
  function opened(): number {
    if (file !== undefined) return file
    const folder = openSync(dirname(path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      close(folder)
    }
    return (file = openSync(path, 'r'))
  }

  async function sync(after: Promise<void>): Promise<void> {
    // A disk that failed once may not tell again of what it lost: from then on everyone is refused.
    await after
    next = undefined
    const upTo = asked
    if (!closed) await syncData(opened())
    synced = Math.max(synced, upTo)
  }

  return {
    async upTo(revision) {
      asked = Math.max(asked, revision)
      if (revision <= synced) return
      if (!next) {
        next = sync(current)
        current = next
      }
      await next
    },
    close() {
      closed = true
      // A sync may be under way; SQLite itself syncs what it closes.
      const done = file
      if (done !== undefined) void current.catch(() => {}).then(() => close(done))
    },
  }
}
