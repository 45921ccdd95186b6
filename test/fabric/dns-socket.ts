/** The resolver on real sockets, as real resolvers want it. */
import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { answerDns } from '../../src/fabric/dns-server.ts'
import { framed } from '../../src/fabric/dns-stream.ts'
import type { Network } from '../../src/network/types.ts'

/** Serves one interface over UDP and TCP; the same port for both. */
export async function serveDns(
  network: Network,
  networkInterfaceId: string,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<{ address: string; close(): void }> {
  const answer = (packet: Buffer, transport: 'udp' | 'tcp') =>
    answerDns(network, networkInterfaceId, packet, transport, () => true)
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    framed(socket, (packet) => answer(packet, 'tcp'))
  })
  tcp.listen(port, host)
  await once(tcp, 'listening')
  const bound = (tcp.address() as AddressInfo).port
  const udp = createSocket('udp4')
  udp.on('message', (packet, from) => {
    const bytes = answer(packet, 'udp')
    if (bytes) udp.send(bytes, from.port, from.address)
  })
  udp.bind(bound, host)
  await once(udp, 'listening')
  return {
    address: `${host}:${bound}`,
    close() {
      udp.close()
      tcp.close()
    },
  }
}
