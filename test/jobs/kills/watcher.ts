/** A thread that looks at a server's documents all the time, and stops the server the moment one is as is asked. */
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

function watch({ pid, dataDir, place, moment, laterMs = 0, patienceMs }: Watch): Frozen {
  const documents = openDocuments(dataDir)
  try {
    const until = Date.now() + (patienceMs ?? 60_000)
    let seen = -1
    for (;;) {
      if (Date.now() > until) {
        if (patienceMs !== undefined) break
        throw new Error(`${place.key} does not come to ${JSON.stringify(moment)}`)
      }
      const version = documents.version()
      if (version === seen) {
        // What is over in no time is met only by who does not take his eyes off it.
        if (patienceMs === undefined) sleep(0.02)
        continue
      }
      seen = version
      if (isReached(moment, documents.find(place))) break
    }
    if (laterMs > 0) sleep(laterMs)
    stop(pid)
    return { document: documents.find(place), processes: descendantsOf(pid) }
  } finally {
    documents.close()
  }
}

parentPort!.on('message', (wish: Watch) => {
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
    parentPort!.postMessage({ frozen: watch(wish) })
  } catch (error) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
    parentPort!.postMessage({ error })
  }
})
