import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { relay } from './relay.ts'

const MEBIBYTE = 2 ** 20

/** Everything that comes until the other side ends. */
async function read(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk as string
  return text
}

async function listen(take: (socket: Socket) => void): Promise<Server & { port: number }> {
  const server = createServer({ allowHalfOpen: true }, take)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(server, { port: (server.address() as AddressInfo).port })
}

describe('a relay', () => {
  const open: Server[] = []
  let target: (socket: Socket) => void
  let way: { port: number }
  let outside: { port: number }
  let times: { connectMs: number; idleMs: number } | undefined
  let taken: Socket | undefined
  let over: Promise<Error | undefined>
  const dial = () => connect({ port: way.port, host: '127.0.0.1', allowHalfOpen: true })

  before(async () => {
    const far = await listen((socket) => target(socket))
    const near = await listen((socket) => {
      taken = socket
      over = relay(socket, connect({ port: outside.port, host: '127.0.0.1', allowHalfOpen: true }), times)
    })
    outside = far
    way = near
    open.push(far, near)
  })
  after(() => open.forEach((server) => server.close()))

  it('passes what comes after the other side has closed its half', async () => {
    target = (socket) => void read(socket).then((text) => socket.end(`got ${text}`))
    const client = dial()
    client.end('hello')
    assert.equal(await read(client), 'got hello')
    assert.equal(await over, undefined)
  })

  it('resets where nobody listens', async () => {
    const spare = await listen(() => {})
    spare.close()
    const kept = outside
    outside = spare
    const client = dial()
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    outside = kept
    assert.equal(error.code, 'ECONNRESET')
    assert.match(String(await over), /ECONNREFUSED/)
  })

  it('resets one side when the other is reset', async () => {
    target = (socket) => void socket.once('data', () => socket.resetAndDestroy())
    const client = dial()
    client.write('hello')
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    assert.equal(error.code, 'ECONNRESET')
    assert.match(String(await over), /ECONNRESET/)
  })

  it('holds a sender back whom nobody reads', async () => {
    let reader: Socket | undefined
    target = (socket) => (reader = socket.pause())
    const client = dial()
    const sent = 64 * MEBIBYTE
    client.end(Buffer.alloc(sent, 'x'))
    for (let seen = -1; seen !== taken?.bytesRead;) {
      seen = taken?.bytesRead ?? 0
      await delay(200)
    }
    assert.ok(taken.bytesRead > 0 && taken.bytesRead < sent / 2, `${taken.bytesRead} bytes were taken`)
    let got = 0
    for await (const chunk of reader!) got += (chunk as Buffer).length
    assert.equal(got, sent)
    reader!.end()
    client.resume()
    assert.equal(await over, undefined)
  })

  it('gives an idle connection up', async () => {
    times = { connectMs: 1000, idleMs: 50 }
    target = (socket) => socket.on('error', () => {}).resume()
    const client = dial()
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    times = undefined
    assert.equal(error.code, 'ECONNRESET')
    assert.match(String(await over), /timed out/)
  })
})
