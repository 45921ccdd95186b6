/** A thread that looks at a server's documents all the time, and stops the server the moment one is as is asked. */
import { parentPort } from 'node:worker_threads'
import { openDocuments } from './documents.ts'
import { isReached } from './moment.ts'
import { descendantsOf, statusOf } from './processes.ts'
import type { Frozen, Watch } from './freeze.ts'

const nap = new Int32Array(new SharedArrayBuffer(4))
const sleep = (ms: number) => void Atomics.wait(nap, 0, 0, ms)

function watch({ pid, dataDir, place, moment, laterMs }: Watch): Frozen {
  const documents = openDocuments(dataDir)
  try {
    const until = Date.now() + 60_000
    let seen = -1
    for (;;) {
      if (Date.now() > until) throw new Error(`${place.key} does not come to ${JSON.stringify(moment)}`)
      const version = documents.version()
      if (version === seen) {
        sleep(0.02)
        continue
      }
      seen = version
      if (isReached(moment, documents.find(place))) break
    }
    if (laterMs > 0) sleep(laterMs)
    process.kill(pid, 'SIGSTOP')
    while (statusOf(pid)?.state !== 'T') sleep(0.1)
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
