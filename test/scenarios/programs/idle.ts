/** A connection that rests: `idle.ts HOST PORT SECONDS`; then asks for the health line, and tells how that ended, as JSON. */
import { connect } from 'node:net'

const PATIENCE_MS = 3000

const [host = '', port, seconds] = process.argv.slice(2)
const tell = (seen: string, output = '') => {
  process.stdout.write(JSON.stringify({ seen, output }))
  process.exit()
}
const socket = connect({ host, port: Number(port), autoSelectFamily: false })
socket.once('error', ({ code, message }: NodeJS.ErrnoException) => tell(code === 'ECONNRESET' ? 'reset' : message))
socket.once('close', () => tell('closed'))
socket.once('data', (said) => tell('answer', said.toString()))
socket.once('connect', () =>
  setTimeout(
    () => {
      socket.write(`GET /_health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      setTimeout(() => tell('timeout'), PATIENCE_MS)
    },
    Number(seconds) * 1000,
  ),
)
