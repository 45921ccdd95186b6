import { Worker } from 'node:worker_threads'
import type { ContentHashes, Digests } from './content-hashes.ts'
import type { Digest } from './objects.ts'

/** Handed over at once, in memory that goes along and comes back. */
const BATCH_BYTES = 1024 * 1024
/** Batches under way of one content, before its source has to wait. */
const MAX_WAITING = 6

/** The thread's program, as text: it stands in no file that a package would have to find. */
const program = `
const { parentPort } = require('node:worker_threads')
const { createHash } = require('node:crypto')
const contents = new Map()
parentPort.on('message', ({ id, digests, batch, size, end, drop }) => {
  if (digests) contents.set(id, digests.map((name) => [name, createHash(name)]))
  const hashes = contents.get(id)
  if (batch) for (const [, hash] of hashes) hash.update(new Uint8Array(batch, 0, size))
  if (batch) parentPort.postMessage({ id, batch }, [batch])
  if (end) parentPort.postMessage({ id, digests: Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest('hex')])) })
  if (end || drop) contents.delete(id)
})`

type Answer = { id: number; batch?: ArrayBuffer; digests?: Digests }

interface Listener {
  answer(message: Answer): void
  fail(error: Error): void
}

let thread: Worker | undefined
let contents = 0
const listeners = new Map<number, Listener>()

/** One thread for all, begun at first use; it keeps a process alive only while it has something to hash. */
function theThread(): Worker {
  if (thread) return thread
  const begun = new Worker(program, { eval: true, stdin: false })
  begun.on('message', (message: Answer) => listeners.get(message.id)?.answer(message))
  begun.on('error', (error) => {
    thread = undefined
    for (const listener of listeners.values()) listener.fail(error)
    listeners.clear()
  })
  return (thread = begun)
}

export function hashElsewhere(digests: readonly Digest[]): ContentHashes {
  const id = contents++
  const worker = theThread()
  let batch = new ArrayBuffer(BATCH_BYTES)
  let filled = 0
  let waiting = 0
  let spare: ArrayBuffer[] = []
  let wake = () => {}
  let failure: Error | undefined
  let settle: (digests: Digests) => void = () => {}
  let refuse: (error: Error) => void = () => {}

  listeners.set(id, {
    answer(message) {
      if (message.digests) return settle(message.digests)
      waiting--
      if (message.batch) spare.push(message.batch)
      return wake()
    },
    fail(error) {
      failure = error
      wake()
      refuse(error)
    },
  })
  worker.ref()
  worker.postMessage({ id, digests }, [])

  function forget(): void {
    listeners.delete(id)
    if (listeners.size === 0) worker.unref()
  }

  function hand(): void {
    worker.postMessage({ id, batch, size: filled }, [batch])
    waiting++
    filled = 0
    batch = spare.pop() ?? new ArrayBuffer(BATCH_BYTES)
  }

  return {
    update(content) {
      if (failure) throw failure
      for (let at = 0; at < content.length;) {
        const piece = content.subarray(at, at + BATCH_BYTES - filled)
        new Uint8Array(batch).set(piece, filled)
        filled += piece.length
        at += piece.length
        if (filled === BATCH_BYTES) hand()
      }
      if (waiting <= MAX_WAITING) return undefined
      return new Promise((resolve) => {
        wake = () => {
          if (failure || waiting <= MAX_WAITING) resolve()
        }
      })
    },
    async digest() {
      if (failure) throw failure
      const digested = new Promise<Digests>((resolve, reject) => {
        settle = resolve
        refuse = reject
      })
      if (filled > 0) hand()
      worker.postMessage({ id, end: true }, [])
      try {
        return await digested
      } finally {
        forget()
        spare = []
      }
    },
    drop() {
      worker.postMessage({ id, drop: true }, [])
      forget()
    },
  }
}
