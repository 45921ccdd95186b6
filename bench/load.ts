/**
 * Load generator, a process of its own: `node bench/load.ts '{"url":…,"requests":[…],"connections":16,"seconds":4}'`.
 * Replays whole HTTP requests over keep-alive connections, one in flight on each, and prints {"perSecond","p50Ms","p99Ms","errors"}.
 */
import { connect, type Socket } from 'node:net'

interface Job {
  url: string
  /** Whole requests, base64, taken in turn. */
  requests: string[]
  connections: number
  seconds: number
}

const job = JSON.parse(process.argv[2]!) as Job
const { hostname, port } = new URL(job.url)
const requests = job.requests.map((text) => Buffer.from(text, 'base64'))
const latencies: number[] = []
let errors = 0
let next = 0
const over = AbortSignal.timeout(job.seconds * 1000)

/** End of the first whole answer in the buffer, or -1. */
function answerEnd(data: Buffer): number {
  const head = data.indexOf('\r\n\r\n')
  if (head < 0) return -1
  const length = /content-length: *(\d+)/i.exec(data.toString('latin1', 0, head))?.[1]
  if (length === undefined) throw new Error(`an answer without content-length: ${data.toString('latin1', 0, head)}`)
  const end = head + 4 + Number(length)
  return data.length >= end ? end : -1
}

/** One connection after another (moto's server closes each), one request in flight, until the time is over. */
async function client(): Promise<void> {
  while (!over.aborted) await connection()
}

function connection(): Promise<void> {
  return new Promise((done) => {
    let pending: Buffer = Buffer.alloc(0)
    let sentAt = 0
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const send = () => {
      if (over.aborted) return socket.end()
      sentAt = performance.now()
      return socket.write(requests[next++ % requests.length]!)
    }
    socket.on('connect', send)
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length ? Buffer.concat([pending, chunk]) : chunk
      const end = answerEnd(pending)
      if (end < 0) return
      latencies.push(performance.now() - sentAt)
      const head = pending.toString('latin1', 0, end)
      if (!head.startsWith('HTTP/1.1 200')) errors++
      pending = pending.subarray(end)
      if (/\r\nconnection: close/i.test(head)) socket.destroy()
      else send()
    })
    socket.on('error', () => errors++)
    socket.on('close', () => done())
  })
}

const clients = Array.from({ length: job.connections }, client)
const started = performance.now()
await Promise.all(clients)
const elapsed = (performance.now() - started) / 1000
latencies.sort((a, b) => a - b)
const at = (share: number) => Math.round(latencies[Math.floor(latencies.length * share)]! * 1000) / 1000
process.stdout.write(
  `${JSON.stringify({ perSecond: Math.round(latencies.length / elapsed), p50Ms: at(0.5), p99Ms: at(0.99), errors })}\n`,
)
