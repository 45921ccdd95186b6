/** `echo.ts PORT [HOST]`: answers each line that comes in with who sent it to which address. */
import { createServer } from 'node:net'

const [port, host = '0.0.0.0'] = process.argv.slice(2)
createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => socket.write(`${socket.remoteAddress} ${socket.localAddress}\n`))
}).listen(Number(port), host, () => process.stdout.write('ready\n'))
