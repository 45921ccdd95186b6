/** `dial.ts HOST PORT MS`: prints what becomes of a connection. */
import { connect } from 'node:net'

const [host = '', port, ms] = process.argv.slice(2)
const socket = connect({ host, port: Number(port), autoSelectFamily: false })
const end = (text: string) => {
  process.stdout.write(`${text}\n`)
  process.exit(0)
}
const names: Record<string, string> = { ECONNREFUSED: 'refused', ETIMEDOUT: 'timeout' }
socket.once('connect', () => end('connected'))
socket.once('error', (error: NodeJS.ErrnoException) => end(names[error.code ?? ''] ?? error.code ?? error.message))
setTimeout(() => end('timeout'), Number(ms))
