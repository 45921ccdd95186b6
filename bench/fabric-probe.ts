/** Runs inside a VPC: `fabric-probe.ts HOST PORT` begins a connection every millisecond and prints when the first arrives. */
import { connect } from 'node:net'

const [host = '', port] = process.argv.slice(2)
process.stdout.write('ready\n')
const timer = setInterval(() => {
  const socket = connect({ host, port: Number(port) })
  socket.on('error', () => {})
  socket.once('connect', () => {
    clearInterval(timer)
    process.stdout.write(`${performance.timeOrigin + performance.now()}\n`, () => process.exit())
  })
}, 1)
