import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import { parseIp } from '../network/addresses.ts'
import { machinesNetwork } from './outside.ts'

it("the machine's own network has its addresses, and leads to what listens there", async () => {
  const network = machinesNetwork()
  assert.ok(network.own().includes(parseIp('127.0.0.1')!))
  const server = createServer((socket) => socket.end('here'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = network.connect('127.0.0.1', (server.address() as AddressInfo).port)
  const [said] = (await once(socket, 'data')) as [Buffer]
  assert.equal(said.toString(), 'here')
  socket.end()
  server.close()
})
