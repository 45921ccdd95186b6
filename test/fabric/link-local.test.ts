/** The listener at link-local addresses: who is told apart by the socket alone, and what a request may cost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { RequestOptions } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { linkLocalHandler, linkLocalListener } from '../../src/fabric/link-local.ts'
import type { LinkLocalService } from '../../src/fabric/link-local.ts'
import { offerContainerCredentials } from '../../src/metadata/container-credentials.ts'
import type { AskingInterface } from '../../src/metadata/place.ts'
import type { World } from '../../src/world.ts'

/** Loopback addresses stand for the link-local ones: of services, and of an interface that is known. */
const METADATA = '127.254.169.254'
const CREDENTIALS = '127.254.170.2'
const KNOWN = '127.0.1.23'
const place: AskingInterface = { account: '123456789012', region: 'us-east-1', networkInterfaceId: 'eni-job' }

const failures: unknown[] = []
const world = { log: { error: (entry: unknown) => failures.push(entry) } } as unknown as World

const services: Record<string, LinkLocalService> = {
  [METADATA]: async (_world, { networkInterfaceId }, { method, path, headers }) =>
    path === '/lost'
      ? undefined
      : {
          status: 200,
          headers: { 'content-type': 'text/plain', 'x-token': String(headers['x-aws-ec2-metadata-token']) },
          body: `${networkInterfaceId} ${method} ${path}`,
        },
  [CREDENTIALS]: () => Promise.reject(new Error('broken')),
}
const placeOf = (socket: Socket) => (socket.remoteAddress === KNOWN ? place : undefined)
const server = createServer(linkLocalListener(world, placeOf, services))
let port = 0
before(async () => {
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
after(() => server.close().closeAllConnections())

async function ask(host: string, options: RequestOptions = {}, body = '') {
  const sent = request({ host, port, localAddress: KNOWN, agent: false, ...options })
  sent.end(body)
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

describe('at a link-local address', () => {
  it('the address that was dialled is the service, the socket is the asker', async () => {
    const answer = await ask(
      METADATA,
      {
        path: '/latest/meta-data/?a=b',
        method: 'PUT',
        headers: { Host: 'elsewhere', 'X-aws-ec2-metadata-token': 't' },
      },
      'hello',
    )
    assert.deepEqual([answer.status, answer.body], [200, 'eni-job PUT /latest/meta-data/?a=b'])
    assert.equal(answer.headers['x-token'], 't')
    assert.equal(answer.headers['content-type'], 'text/plain')
  })
  it('an answer that is lost on its way is silence, and the connection stands', async () => {
    const sent = request({ host: METADATA, port, localAddress: KNOWN, agent: false, path: '/lost' })
    sent.end()
    await once(sent, 'finish')
    const heard = once(sent, 'response').catch((error: NodeJS.ErrnoException) => error.code)
    // One that came later is answered, so ours was seen.
    await ask(METADATA)
    assert.equal(await Promise.race([heard, delay(100, 'nothing')]), 'nothing')
    sent.destroy()
    await heard
  })
  it('HEAD has no body', async () => {
    const { status, body, headers } = await ask(METADATA, { method: 'HEAD' })
    assert.deepEqual([status, body], [200, ''])
    assert.ok(Number(headers['content-length']) > 0)
  })
  it('a stranger is reset, whatever he says he is', async () => {
    const headers = { 'X-Forwarded-For': KNOWN, Host: METADATA }
    await assert.rejects(ask(METADATA, { localAddress: '127.0.1.24', headers }), { code: 'ECONNRESET' })
  })
  it('an address without a service is reset', async () => {
    await assert.rejects(ask('127.254.170.23'), { code: 'ECONNRESET' })
  })
  it('a failing service is a 500 that says nothing', async () => {
    const { status, body } = await ask(CREDENTIALS)
    assert.deepEqual([status, body, failures.length], [500, '', 1])
  })
  it('a body longer than anyone needs is refused, and the connection ends', async () => {
    const { status, headers } = await ask(METADATA, { method: 'PUT' }, 'x'.repeat(1025))
    assert.deepEqual([status, headers['connection']], [413, 'close'])
    assert.equal((await ask(METADATA, { method: 'PUT' }, 'x'.repeat(1024))).status, 200)
  })
  it('who does not finish is reset', async (context) => {
    const arrived = once(server, 'request')
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const socket = connect({ host: METADATA, port, localAddress: KNOWN })
    socket.write('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf')
    await arrived
    const [ended] = [once(socket, 'error')]
    context.mock.timers.tick(5000)
    assert.equal(((await ended) as [NodeJS.ErrnoException])[0].code, 'ECONNRESET')
    assert.equal(failures.length, 1, 'that is nobody’s failure')
  })
})

describe('behind the real addresses', () => {
  /** Sockets say that they were dialled at `dialled`, as they do inside the fabric. */
  let dialled = ''
  const inside = {
    ...world,
    hex: (length: number) => 'a'.repeat(length),
    store: { get: () => undefined, list: () => [] },
  } as unknown as World
  const real = createServer(linkLocalHandler(inside, placeOf))
  real.on('connection', (socket: Socket) => Object.defineProperty(socket, 'localAddress', { value: dialled }))
  before(async () => {
    real.listen(0, '127.0.0.1')
    await once(real, 'listening')
  })
  after(() => real.close().closeAllConnections())
  const askAt = (address: string, path: string) => {
    dialled = address
    return ask('127.0.0.1', { port: (real.address() as AddressInfo).port, path })
  }

  it('a role’s credentials, for the interface that they were offered at', async () => {
    const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 's', sessionToken: 't' }
    const offered = { roleArn: 'arn', session: async () => ({ credentials, expiresAt: 0 }) }
    const own = offerContainerCredentials(inside, place, offered)
    const { status, body } = await askAt('169.254.170.2', own.relativeUri)
    assert.deepEqual([status, JSON.parse(body).AccessKeyId], [200, 'ASIAEXAMPLE'])
    own.withdraw()
    offerContainerCredentials(inside, { ...place, networkInterfaceId: 'eni-other' }, offered)
    assert.equal((await askAt('169.254.170.2', own.relativeUri)).status, 400)
  })
  it('metadata, in both families; an interface without an instance has none', async () => {
    for (const address of ['169.254.169.254', 'fd00:ec2::254']) {
      const { status, headers } = await askAt(address, '/latest/meta-data/')
      assert.deepEqual([status, headers['server']], [404, 'EC2ws'])
    }
  })
  it('nothing at their neighbours', async () => {
    for (const address of ['169.254.170.23', '169.254.169.253'])
      await assert.rejects(askAt(address, '/'), { code: 'ECONNRESET' })
  })
})
