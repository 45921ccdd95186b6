import type { Socket as UdpSocket } from 'node:dgram'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { ServerOptions as TlsOptions } from 'node:https'
import type { Server as TcpServer, Socket } from 'node:net'
import type { Origin } from '../door/call.ts'
import { httpServer } from '../door/listen.ts'
import type { AskingInterface } from '../metadata/place.ts'
import type { World } from '../world.ts'
import { framed } from './dns-stream.ts'
import type { Internet } from './internet.ts'
import { linkLocalHandler } from './link-local.ts'
import { LISTENING } from './plan.ts'
import type { Opened } from './sockets.ts'

export interface Dialled {
  address: string
  port: number
}

/** What answers at a VPC's sockets. Every socket is told apart by the addresses that the kernel saw, never by what is said. */
export interface Answering {
  /** The running interface with this address. */
  interfaceAt(address: string): string | undefined
  /** Where its calls come from, as those see them who are called; absent: from the interface itself. */
  origin?: ((networkInterfaceId: string, dialled: Dialled) => Origin) | undefined
  account: string
  region: string
  tls: TlsOptions
  dns(networkInterfaceId: string, packet: Buffer, transport: 'udp' | 'tcp'): DnsAnswer
  /** What takes connections that are not for AWS; absent: there are none. */
  internet?: Internet | undefined
}

/** Undefined: silence. */
export type DnsAnswer = Buffer | undefined | Promise<Buffer | undefined>

const DNS_PORT = 53
const PLAIN_PORT = 80

/** Answers at the sockets until closed. */
export function answer(world: World, sockets: readonly Opened[], answering: Answering): { close(): Promise<void> } {
  const stops = sockets.map((socket) => {
    if (socket.transport === 'udp') return answerPackets(socket.handle, answering)
    if (socket.port === DNS_PORT) return answerStreams(socket.handle, answering)
    if (!(LISTENING as readonly number[]).includes(socket.port)) return passOn(socket.handle, socket.port, answering)
    return answerCalls(world, socket.handle, socket.port, answering)
  })
  return {
    async close() {
      await Promise.all(stops.map(async (stop) => stop()))
    },
  }
}

type Stop = () => Promise<void> | void

function answerCalls(world: World, handle: TcpServer, port: number, answering: Answering): Stop {
  const { account, region, origin } = answering
  const originOf = ({ socket }: IncomingMessage): Origin => {
    const networkInterfaceId = answering.interfaceAt(socket.remoteAddress ?? '') ?? UNKNOWN
    const dialled = { address: socket.localAddress ?? '', port }
    return origin?.(networkInterfaceId, dialled) ?? { kind: 'interface', networkInterfaceId, account, region, dialled }
  }
  const server = httpServer(world, originOf, port === PLAIN_PORT ? undefined : answering.tls)
  if (port === PLAIN_PORT)
    takeLinkLocal(
      server,
      linkLocalHandler(world, (socket) => askingBy(socket, answering)),
    )
  takeInternet(server, port, answering)
  server.listen(handle)
  return () => closed(server)
}

/** What is not for AWS never meets the door, nor TLS. */
function takeInternet(server: Server, port: number, answering: Answering): void {
  const { internet } = answering
  if (!internet) return
  const listeners = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    if (internet.admits(socket.localAddress ?? '', port)) return hand(internet, socket, port, answering)
    for (const listener of listeners) listener.call(server, socket)
  })
}

function hand(internet: Internet, socket: Socket, port: number, answering: Answering): void {
  internet.take(answering.interfaceAt(socket.remoteAddress ?? '') ?? UNKNOWN, socket, port)
}

/** A port on which only the internet listens. */
function passOn(server: TcpServer, port: number, answering: Answering): Stop {
  const { internet } = answering
  server.on('connection', (socket: Socket) => {
    if (internet?.admits(socket.localAddress ?? '', port)) return hand(internet, socket, port, answering)
    socket.on('error', () => {})
    socket.resetAndDestroy()
  })
  return () => void server.close()
}

function askingBy({ remoteAddress = '' }: Socket, answering: Answering): AskingInterface | undefined {
  const networkInterfaceId = answering.interfaceAt(remoteAddress)
  const { account, region } = answering
  return networkInterfaceId === undefined ? undefined : { account, region, networkInterfaceId }
}

/** An interface that went while its last packets came: nothing is known under this id, so nothing is reached. */
const UNKNOWN = 'eni-gone'

/** Metadata and credentials never meet the door's listener: they are not calls, and take no signature. */
function takeLinkLocal(server: Server, linkLocal: RequestListener): void {
  const [door] = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', (message, response) => (isLinkLocal(message.socket) ? linkLocal : door!)(message, response))
}

function isLinkLocal({ localAddress = '' }: Socket): boolean {
  return localAddress.startsWith('169.254.') || localAddress.startsWith('fd00:ec2:')
}

function answerPackets(socket: UdpSocket, answering: Answering): Stop {
  let open = true
  socket.on('error', () => {}) // an answer that its client no longer waits for
  socket.on('message', (packet, { address, port }) => {
    const from = answering.interfaceAt(address)
    const reply = from === undefined ? undefined : answering.dns(from, packet, 'udp')
    const send = (bytes: Buffer | undefined) => bytes && open && socket.send(bytes, port, address)
    if (reply instanceof Promise) void reply.then(send)
    else send(reply)
  })
  return () => {
    open = false
    socket.close()
  }
}

function answerStreams(server: TcpServer, answering: Answering): Stop {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    const from = answering.interfaceAt(socket.remoteAddress ?? '')
    framed(socket, (packet) => (from ? answering.dns(from, packet, 'tcp') : undefined))
  })
  return () => {
    for (const socket of open) socket.destroy()
    server.close()
  }
}

const IDLE_MS = 10_000

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
