/** A bare connection: `dial.ts HOST PORT`; tells how it ended and what the other side said, as JSON. */
import { connect } from 'node:net'

const PATIENCE_MS = 1000 * Number(process.env['PATIENCE'])
/** Who takes a connection may wait for the client to speak first. */
const SILENCE_MS = 1000

const [host = '', port] = process.argv.slice(2)
const codes: Record<string, string> = {
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no answer to its question',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
}
const tell = (seen: string, output = '') => {
  process.stdout.write(JSON.stringify({ seen, output }))
  process.exit()
}
const socket = connect({ host, port: Number(port), autoSelectFamily: false })
const silence = setTimeout(() => tell('timeout'), PATIENCE_MS)
socket.once('error', ({ code = '', message }: NodeJS.ErrnoException) => tell(codes[code] ?? message))
socket.once('connect', () => {
  clearTimeout(silence)
  setTimeout(() => tell('answer'), SILENCE_MS)
})
socket.once('data', (said) => tell('answer', said.toString().trim()))
