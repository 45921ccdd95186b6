/** `observe.ts HOST PORT`: counts datagrams; answers each line of its input with who sent some since the last one. */
import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

const [host = '', port] = process.argv.slice(2)
const senders = new Set<string>()
const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
socket.on('message', (_, { address }) => senders.add(address))
socket.bind(Number(port), host, () => process.stdout.write('ready\n'))
for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${[...senders].join(' ')}\n`)
  senders.clear()
}
