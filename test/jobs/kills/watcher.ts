/** A thread that looks at a server's documents all the time, and stops the server the moment one is as is asked. */
import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { openDocuments } from './documents.ts'
import { isReached } from './moment.ts'
import { descendantsOf, statusOf } from './processes.ts'
import type { Frozen, Watch } from './freeze.ts'

const nap = new Int32Array(new SharedArrayBuffer(4))
const sleep = (ms: number) => void Atomics.wait(nap, 0, 0, ms)

function stop(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  while (statusOf(pid)?.state !== 'T') {
    // It is on its way.
  }
}

/** Nanoseconds that it has run; exact while it stands still. */
const ranFor = (pid: number) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])

/** A slice that lasts so long is of one that waits for something. */
const LONGEST_MS = 4

/**
 * Lets the server go on for some hundred microseconds of its own time, and looks while it stands still: so no state is too short
 * to be seen. `ms`: what the last slice took; on a busy machine it is not its turn at once.
 */
function slice(pid: number, ms: number): number {
  const before = ranFor(pid)
  process.kill(pid, 'SIGCONT')
  const until = performance.now() + ms
  while (performance.now() < until) {
    // It runs, when it can.
  }
  stop(pid)
  const ran = (ranFor(pid) - before) / 1e6
  if (ran > 0.15) return Math.max(0.01, ms / 2)
  return ran > 0.04 ? ms : Math.min(LONGEST_MS, ms * 2)
}

function watch({ pid, dataDir, place, moment, laterMs = 0, slowly }: Watch): Frozen {
  const documents = openDocuments(dataDir)
  try {
    const until = Date.now() + 60_000
    let seen = -1
    let sliceMs = 0.2
    for (;;) {
      if (Date.now() > until) throw new Error(`${place.key} does not come to ${JSON.stringify(moment)}`)
      const version = documents.version()
      if (version === seen) {
        if (slowly) sliceMs = slice(pid, sliceMs)
        else sleep(0.02)
        continue
      }
      seen = version
      if (isReached(moment, documents.find(place))) break
    }
    if (laterMs > 0) sleep(laterMs)
    stop(pid)
    return { document: documents.find(place)!, processes: descendantsOf(pid) }
  } finally {
    documents.close()
  }
}

parentPort!.on('message', (wish: Watch) => {
  try {
    parentPort!.postMessage({ frozen: watch(wish) })
  } catch (error) {
    parentPort!.postMessage({ error })
  }
})
