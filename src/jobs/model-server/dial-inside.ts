/**
 * Runs in a container's network namespace, dials its own loopback there, and hands the connections to the server, which is its
 * parent: `{ id, port }` in, the same with a socket or an `error` out. It ends with the server.
 */
import { connect } from 'node:net'

/** What is asked, and with a socket or an error, what is answered. */
export interface Dial {
  id: number
  port: number
  error?: string
}

process.on('message', ({ id, port }: Dial) => {
  const socket = connect({ host: '127.0.0.1', port })
  const failed = ({ code = 'ECONNREFUSED' }: NodeJS.ErrnoException) => process.send!({ id, port, error: code })
  socket.once('error', failed)
  socket.once('connect', () => {
    socket.off('error', failed)
    process.send!({ id, port }, socket)
  })
})
process.on('disconnect', () => process.exit(0))
process.send!({ id: 0, port: 0 })
