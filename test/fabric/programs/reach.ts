/** `reach.ts HOST PORT MS TEXT`: says a line over a connection, ends its half, and prints all that comes, or what becomes of it. */
import { connect } from 'node:net'

const [host = '', port, ms, text] = process.argv.slice(2)
const socket = connect({ host, port: Number(port), allowHalfOpen: true })
let said = ''
const end = (what: string) => {
  process.stdout.write(`${what}\n`)
  process.exit(0)
}
socket.once('connect', () => socket.end(`${text}\n`))
socket.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
socket.once('end', () => end(said.trim()))
socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
setTimeout(() => end('timeout'), Number(ms))
