/**
 * Runs in a router's namespace, opens its sockets there and hands them to the server, which is its parent:
 *   node listen-inside.ts '{"tcp":[{"host":"0.0.0.0","port":443}],"udp":[{"host":"10.0.0.2","port":53}]}'
 * The server then sees who really connects to which address; nothing stands between.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

export interface Socket {
  host: string
  port: number
}

export interface Wanted {
  tcp: readonly Socket[]
  udp: readonly Socket[]
}

/** Comes with each socket; the last message of all has none. */
export interface Handover extends Socket {
  transport: 'tcp' | 'udp'
}

const isIpv6 = (host: string) => host.includes(':')

/** A kernel without IPv6 has no programs that would come by it. */
const lacking = ['EAFNOSUPPORT', 'EADDRNOTAVAIL']

async function tcp({ host, port }: Socket): Promise<void> {
  const server = createServer()
  const opened = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      isIpv6(host) && lacking.includes(error.code ?? '') ? resolve(false) : reject(error),
    )
    server.listen({ host, port, ipv6Only: isIpv6(host) }, () => resolve(true))
  })
  if (opened) await give({ transport: 'tcp', host, port }, server)
}

async function udp({ host, port }: Socket): Promise<void> {
  const socket = createSocket({ type: isIpv6(host) ? 'udp6' : 'udp4', ipv6Only: isIpv6(host) })
  const opened = await new Promise<boolean>((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) =>
      isIpv6(host) && lacking.includes(error.code ?? '') ? resolve(false) : reject(error),
    )
    socket.bind(port, host, () => resolve(true))
  })
  if (opened) await give({ transport: 'udp', host, port }, socket)
}

/** Our own copy has to go: the kernel would deal connections and packets out to both. */
function give(
  message: Handover,
  handle: ReturnType<typeof createServer> | ReturnType<typeof createSocket>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, handle, {}, (error: Error | null) => {
      handle.close()
      if (error) reject(error)
      else resolve()
    })
  })
}

// A server that was killed takes nothing any more, and a socket that stays open here would keep the namespace. Node tells of
// the channel's end by no event while it waits for the receipt of a socket.
const orphaned = setInterval(() => {
  if (!process.connected) process.exit(1)
}, 100).unref()
const wanted = JSON.parse(process.argv[2]!) as Wanted
for (const socket of wanted.tcp) await tcp(socket)
for (const socket of wanted.udp) await udp(socket)
clearInterval(orphaned)
process.disconnect()
