import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JobFailure, reasons } from './failure.ts'

/** Bytes that everything below these folders takes on the disk. What goes away meanwhile counts nothing. */
export async function diskUse(folders: readonly string[]): Promise<number> {
  let bytes = 0
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
    for (const entry of entries) {
      if (entry.isDirectory()) continue
      const found = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined)
      bytes += (found?.blocks ?? 0) * BLOCK
    }
  }
  return bytes
}

/** Of lstat(2)'s st_blocks. */
const BLOCK = 512

/** Rejects with JobFailure when what was brought is more than the volume holds. */
export async function mustFit(folders: readonly string[], bytes: number | undefined, what: Transfer): Promise<void> {
  if (bytes !== undefined && (await diskUse(folders)) > bytes) throw new JobFailure(reasons.noSpace(what))
}

type Transfer = Parameters<typeof reasons.noSpace>[0]

/** Looking takes time where there are many files: at most this part of it. */
const PART = 0.05
const LEAST_MS = 1000

/**
 * Looks every now and then whether a program has filled its volume, which is no file system of its own here: it is not told that
 * there is no space left, but ended. Rejects with JobFailure then.
 */
export async function followDisk(folders: readonly string[], bytes: number, over: AbortSignal): Promise<void> {
  let pause = LEAST_MS
  for (;;) {
    await delay(pause, undefined, { signal: over, ref: false }).catch(() => {})
    if (over.aborted) return
    const begun = performance.now()
    await mustFit(folders, bytes, 'Artifact upload')
    pause = Math.max(LEAST_MS, (performance.now() - begun) / PART)
  }
}
