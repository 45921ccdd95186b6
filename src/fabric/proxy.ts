/**
 * A place in a VPC without a fabric, for programs that go by HTTPS_PROXY: a proxy on loopback that belongs to that one place,
 * asks `connect()` about every destination, and hands what arrives at AWS to the server as a call from that interface. Of
 * lower fidelity, and marked as such: who asks no proxy is not held; a missing name and a refusal are told by the proxy, silence
 * is a proxy that says nothing (docs: decisions, "The fabric").
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Origin } from '../door/call.ts'
import { httpServer } from '../door/listen.ts'
import { buildNetwork } from '../network/network.ts'
import type { Connection } from '../network/types.ts'
import type { World } from '../world.ts'
import type { Dialled } from './arrivals.ts'
import { fabricOf } from './fabric.ts'
import type { InterfacePlace } from './fabric.ts'
import { machinesNetwork } from './outside.ts'
import type { Outside } from './outside.ts'
import { authorityOf } from './parts.ts'
import { relay } from './relay.ts'
import { tlsOptions } from './tls.ts'

export interface OpenProxy {
  /** With the place's own password. */
  readonly url: string
  close(): Promise<void>
}

/** Longer than clients wait for a connection (botocore: 60 seconds). */
const SILENCE_MS = 120_000
const PLAIN_PORT = 80

type Found =
  | { kind: 'aws'; dialled: Dialled }
  | { kind: 'internet'; address: string; port: number }
  | { kind: 'blocked'; silent: boolean; code: string; text: string }

/** Opens the proxy of one place. `outside`: what the real internet is; `silenceMs`: for tests. */
export async function openProxy(
  world: World,
  place: InterfacePlace,
  outside: Outside = machinesNetwork(),
  silenceMs = SILENCE_MS,
): Promise<OpenProxy> {
  const { account, region, networkInterfaceId, own } = place
  const token = randomBytes(24).toString('base64url')
  /** What connections were to, by the client's port: the same for the stream and for what speaks TLS on it. */
  const byPort = new Map<number, Dialled>()
  const byMessage = new WeakMap<IncomingMessage, Dialled>()
  const open = new Set<Duplex>()

  const originOf = (message: IncomingMessage): Origin => {
    const dialled = byMessage.get(message) ?? byPort.get(message.socket.remotePort ?? 0) ?? { address: '', port: 0 }
    return (
      own?.origin?.(networkInterfaceId, dialled) ?? { kind: 'interface', networkInterfaceId, account, region, dialled }
    )
  }
  const secure = httpServer(world, originOf, tlsOptions(authorityOf(world)))
  const plain = httpServer(world, originOf)

  async function find(host: string, port: number): Promise<Found> {
    const network = own?.network() ?? world.network(account, region)
    const origin = { kind: 'interface', networkInterfaceId } as const
    const first = network.connect(origin, host, port)
    if (isAws(first)) return foundOf(first, port)
    const { addresses, admitted } = await fabricOf(world, outside).lookUp({ account, region }, host, port)
    const view = {
      names: { [host.toLowerCase().replace(/\.$/, '')]: addresses },
      admits: (address: string, at: number) => at === port && admitted.includes(address),
    }
    return foundOf(buildNetwork(network.documents, network.region, view).connect(origin, host, port), port)
  }

  const proxy = process.getBuiltinModule('node:http').createServer((message, response) => {
    if (!isOwn(message, token)) return void response.writeHead(407, CHALLENGE).end()
    const url = URL.canParse(message.url ?? '') ? new URL(message.url!) : undefined
    if (url?.protocol !== 'http:') return void response.writeHead(400).end('an absolute http:// address is needed\n')
    find(bare(url.hostname), Number(url.port) || PLAIN_PORT)
      .then((found) => {
        if (found.kind === 'blocked') return refuse(response, found)
        if (found.kind === 'internet') return refuse(response, { code: 'SP_PROXY_HTTPS_ONLY', text: TUNNEL })
        byMessage.set(message, found.dialled)
        message.url = url.pathname + url.search
        message.rawHeaders = withoutProxy(message.rawHeaders)
        plain.emit('request', message, response)
      })
      .catch(failed(message.socket))
  })

  function refuse(response: ServerResponse, found: { silent?: boolean; code: string; text: string }): void {
    const say = () =>
      response
        .writeHead(found.silent ? 504 : 502, { 'x-sallyport-fidelity': 'proxy', 'x-sallyport-reason': found.code })
        .end(`${found.code}: ${found.text}\n`)
    if (!found.silent) return void say()
    const timer = setTimeout(say, silenceMs).unref()
    response.once('close', () => clearTimeout(timer))
  }

  proxy.on('connect', (message: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket
    open.add(socket)
    socket.once('close', () => (open.delete(socket), byPort.delete(port)))
    socket.on('error', () => socket.destroy())
    const port = socket.remotePort ?? 0
    if (!isOwn(message, token)) return void socket.end(answer(407, CHALLENGE))
    const [, host = '', at] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(message.url ?? '') ?? []
    find(host, Number(at))
      .then((found) => {
        if (found.kind === 'blocked') return closeTunnel(socket, found)
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        if (head.length > 0) socket.unshift(head)
        if (found.kind === 'internet') return void relay(socket, outside.connect(found.address, found.port))
        byPort.set(port, found.dialled)
        ;(found.dialled.port === PLAIN_PORT ? plain : secure).emit('connection', socket)
      })
      .catch(failed(socket))
  })

  function closeTunnel(socket: Socket, { silent, code, text }: Found & { kind: 'blocked' }): void {
    const headers = { 'x-sallyport-fidelity': 'proxy', 'x-sallyport-reason': code }
    const say = () => socket.end(answer(silent ? 504 : 502, headers, `${code}: ${text}\n`))
    if (!silent) return void say()
    const timer = setTimeout(say, silenceMs).unref()
    socket.once('close', () => clearTimeout(timer))
    socket.resume()
  }

  const failed = (socket: Duplex) => (error: unknown) => {
    world.log.error({ err: error }, 'a proxy failed')
    socket.destroy()
  }

  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject)
    proxy.listen(0, '127.0.0.1', resolve)
  })
  const { port } = proxy.address() as AddressInfo
  return {
    url: `http://place:${token}@127.0.0.1:${port}`,
    async close() {
      for (const one of open) one.destroy()
      for (const server of [secure, plain]) server.closeAllConnections()
      proxy.closeAllConnections()
      await new Promise<void>((resolve) => proxy.close(() => resolve()))
    },
  }
}

const CHALLENGE = { 'proxy-authenticate': 'Basic realm="sallyport"' }
const TUNNEL = 'the real internet is reached by CONNECT only'

/** Something that this server answers for: an endpoint, or a public address of AWS's. */
function isAws({ way, hops }: Connection): boolean {
  return (
    way !== undefined &&
    way.via !== 'local' &&
    (way.vpcEndpointId !== undefined || hops.some(({ kind }) => kind === 'service'))
  )
}

function foundOf(connection: Connection, port: number): Found {
  const { verdict, blockers, address = '' } = connection
  if (verdict === 'allowed') {
    if (isAws(connection)) return { kind: 'aws', dialled: { address, port } }
    if (connection.way?.via !== 'local') return { kind: 'internet', address, port }
    const text = `${address} is of a program in a VPC or on premises, or the hypervisor's: a proxy leads to AWS alone`
    return { kind: 'blocked', silent: false, code: 'SP_PROXY_NO_PROGRAMS', text }
  }
  const [{ code, text } = { code: verdict, text: verdict }] = blockers
  return { kind: 'blocked', silent: verdict === 'timeout' || verdict === 'noanswer', code, text }
}

const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1')

function isOwn({ headers }: IncomingMessage, token: string): boolean {
  const [, given = ''] = /^Basic (.+)$/i.exec(headers['proxy-authorization'] ?? '') ?? []
  const [one, other] = [Buffer.from(given, 'base64'), Buffer.from(`place:${token}`)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** What is said to the proxy is not the server's to read. */
function withoutProxy(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, at) => !/^proxy-/i.test(rawHeaders[at - (at % 2)]!))
}

const TEXTS: Readonly<Record<number, string>> = {
  407: 'Proxy Authentication Required',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
}

function answer(status: number, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  return `HTTP/1.1 ${status} ${TEXTS[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** What a program is told by its environment in place of a network. `bundle`: certificates, the authority's among them. */
export function proxyEnvironment(url: string, bundle: string): Record<string, string> {
  const none = '127.0.0.1,localhost'
  return {
    HTTPS_PROXY: url,
    https_proxy: url,
    HTTP_PROXY: url,
    http_proxy: url,
    NO_PROXY: none,
    no_proxy: none,
    // Node.js asks no proxy unless it is told to.
    NODE_USE_ENV_PROXY: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CA_BUNDLE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    SSL_CERT_FILE: bundle,
    CURL_CA_BUNDLE: bundle,
    NODE_EXTRA_CA_CERTS: bundle,
  }
}
