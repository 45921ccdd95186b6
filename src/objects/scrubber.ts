import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../world.ts'
import { scrub, SCRUBS, type ScrubReport } from './scrub.ts'

const HOUR_MS = 3600 * 1000
/** Once a week, beginning an hour after a start at the earliest: a server that lives shorter has little to lose. */
const EVERY_MS = 7 * 24 * HOUR_MS
const BYTES_PER_SECOND = 16 * 1024 * 1024

/** The check that walks the stored bytes in the background; what it found is in the log and in the report (scrub.ts). */
export function startScrubber(world: World): { stop(): Promise<void> } {
  const ending = new AbortController()
  const { signal } = ending
  const running = run(world, signal).catch((error: unknown) => {
    if (!signal.aborted) world.log.error({ err: error }, 'the check of stored bytes ended')
  })
  return {
    async stop() {
      ending.abort()
      await running
    },
  }
}

async function run(world: World, signal: AbortSignal): Promise<void> {
  const { store, objects, log } = world
  for (;;) {
    await pause(HOUR_MS, undefined, { ref: false, signal })
    const last = lastScrub(world.store)
    if (last && last.endedAt + EVERY_MS > world.now()) continue
    try {
      const report = await scrub(store, objects, {
        now: () => world.now(),
        bytesPerSecond: BYTES_PER_SECOND,
        suspects: last?.suspects ?? [],
        signal,
      })
      store.put<ScrubReport>(SCRUBS, 'last', report)
      const { damaged, lost, removed } = report
      if (damaged.length + lost.length > 0) log.error({ damaged, lost }, 'stored bytes are damaged or lost')
      else log.info({ blobs: report.blobs, removed }, 'stored bytes are as they were written')
    } catch (error) {
      signal.throwIfAborted()
      log.error({ err: error }, 'stored bytes could not be checked; another try in an hour')
    }
  }
}

/** What the last walk found; undefined before the first. */
export function lastScrub(store: World['store']): ScrubReport | undefined {
  return store.get<ScrubReport>(SCRUBS, 'last')
}
