import type { Duplex } from 'node:stream'

/** DNS over TCP: each message comes after its length in two bytes (RFC 1035, 4.2.2). Without an answer the stream ends. */
export function framed(
  stream: Duplex,
  answer: (message: Buffer) => Buffer | undefined | Promise<Buffer | undefined>,
): void {
  let pending = Buffer.alloc(0)
  const send = (reply: Buffer | undefined) => {
    if (!reply) return void stream.destroy()
    if (!stream.writable) return
    const length = Buffer.alloc(2)
    length.writeUInt16BE(reply.length)
    stream.write(Buffer.concat([length, reply]))
  }
  stream.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0)
      const reply = answer(pending.subarray(2, end))
      pending = pending.subarray(end)
      // What takes longer comes later: answers may change places (RFC 7766, 7).
      if (reply instanceof Promise) void reply.then(send)
      else send(reply)
      if (stream.destroyed) return
    }
  })
}
