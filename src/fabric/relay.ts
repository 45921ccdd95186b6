import type { Socket } from 'node:net'

/**
 * What the server itself spends on a connection. NAT gateways forget idle ones sooner, which the packet filter sees to
 * (ruleset.ts); internet gateways forget none.
 */
export const limits = { connectMs: 30_000, idleMs: 3_600_000 }

/**
 * Joins a program's connection with one to the address that it dialled. Bytes pass as they are; what one side has not
 * taken yet waits in the sockets' own bounded buffers. Either side may close its half; a failure of one resets the other.
 */
export function relay(inside: Socket, outside: Socket, { connectMs, idleMs } = limits): Promise<Error | undefined> {
  inside.allowHalfOpen = true
  let failure: Error | undefined
  const fail = (error: Error) => {
    failure ??= error
    reset(inside)
    reset(outside)
  }
  outside.setTimeout(connectMs)
  outside.once('connect', () => {
    for (const socket of [inside, outside]) socket.setTimeout(idleMs).setNoDelay()
  })
  // Each side's own clock is stopped by what passes in either direction: one that only listens is not idle.
  const ended = [inside, outside].map((socket) => {
    socket.on('error', fail)
    socket.on('timeout', () => fail(new Error('timed out')))
    return new Promise<void>((resolve) => {
      socket.once('close', () => {
        // Both halves had ended, or it was cut: then the other is not to wait for more.
        if (!socket.readableEnded || !socket.writableFinished) fail(new Error('was cut'))
        resolve()
      })
    })
  })
  inside.pipe(outside)
  outside.pipe(inside)
  return Promise.all(ended).then(() => failure)
}

function reset(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
