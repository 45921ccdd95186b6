/** `listen.ts PORT`: says to each who connects from where it sees him, and ends. */
import { createServer } from 'node:net'

createServer((socket) => {
  socket.on('error', () => {})
  socket.end(`${socket.remoteAddress}\n`)
}).listen(Number(process.argv[2]), '0.0.0.0', () => process.stdout.write('ready\n'))
