/**
 * Load generator, a process of its own: `echo '{"url":…,"requests":[…],"connections":16,"seconds":4}' | node bench/load.ts`.
 * Replays whole HTTP requests over keep-alive connections, one in flight on each, and prints {"perSecond","p50Ms","p99Ms","errors"}.
 */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

interface Job {
  url: string
  /** Whole requests, base64, taken in turn. */
  requests: string[]
  connections: number
  seconds: number
}

const job = JSON.parse(readFileSync(0, 'utf8')) as Job
const { hostname, port } = new URL(job.url)
const requests = job.requests.map((text) => Buffer.from(text, 'base64'))
const latencies: number[] = []
let errors = 0
let next = 0
const startedAt = performance.now()
const endsAt = startedAt + job.seconds * 1000

/** End of the first whole answer in the buffer, or -1. */
function answerEnd(data: Buffer): number {
  const head = data.indexOf('\r\n\r\n')
  if (head < 0) return -1
  const length = /content-length: *(\d+)/i.exec(data.toString('latin1', 0, head))?.[1]
  if (/transfer-encoding: *chunked/i.test(data.toString('latin1', 0, head))) {
    const last = data.indexOf('\r\n0\r\n\r\n', head)
    return last < 0 ? -1 : last + 7
  }
  if (length === undefined) throw new Error(`an answer without content-length: ${data.toString('latin1', 0, head)}`)
  const end = head + 4 + Number(length)
  return data.length >= end ? end : -1
}

/** One connection after another (moto's server closes each), one request in flight, until the time is over. */
async function client(): Promise<void> {
  while (performance.now() < endsAt) await connection()
}

/** What an answer looks like once one was read with care: so long in one piece, a success, and the connection stays. */
let usualLength = -1
const STATUS_AT = 'HTTP/1.1 '.length
const success = (data: Uint8Array) => data[STATUS_AT] === 0x32

function connection(): Promise<void> {
  return new Promise((done) => {
    let pending: Buffer = Buffer.alloc(0)
    let sentAt = 0
    const send = () => {
      sentAt = performance.now()
      if (sentAt >= endsAt) return socket.end()
      return socket.write(requests[next++ % requests.length]!)
    }
    const take = (chunk: Buffer) => {
      // The generator shares the machine with the server: what it spends on an answer is missing there.
      if (chunk.length === usualLength && pending.length === 0 && success(chunk)) {
        latencies.push(performance.now() - sentAt)
        send()
        return
      }
      pending = Buffer.concat([pending, chunk])
      const end = answerEnd(pending)
      if (end < 0) return
      latencies.push(performance.now() - sentAt)
      if (!success(pending)) errors++
      const closes = /\r\nconnection: close/i.test(pending.toString('latin1', 0, end))
      if (!closes) usualLength = end
      pending = pending.subarray(end)
      if (closes) socket.destroy()
      else send()
    }
    const callback = (length: number, buffer: Uint8Array): boolean => {
      take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
      return true
    }
    const socket: Socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: Buffer.alloc(64 * 1024), callback },
    })
    socket.on('connect', send)
    socket.on('error', () => errors++)
    socket.on('close', () => done())
  })
}

await Promise.all(Array.from({ length: job.connections }, client))
const elapsed = (performance.now() - startedAt) / 1000
latencies.sort((a, b) => a - b)
const at = (share: number) => Math.round(latencies[Math.floor(latencies.length * share)]! * 1000) / 1000
process.stdout.write(
  `${JSON.stringify({ perSecond: Math.round(latencies.length / elapsed), p50Ms: at(0.5), p99Ms: at(0.99), errors })}\n`,
)
