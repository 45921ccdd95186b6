/** Messages of SSH: a sequence of strings, each with its length before it (RFC 4251 §5). */

/** The strings of a message; none when a length leads beyond its end. */
export function fields(message: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < message.length;) {
    if (at + 4 > message.length) return []
    const end = at + 4 + message.readUInt32BE(at)
    if (end > message.length) return []
    found.push(message.subarray(at + 4, end))
    at = end
  }
  return found
}

export function message(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const field = Buffer.from(part)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(field.length)
      return [length, field]
    }),
  )
}

/** A number's bytes as SSH writes them: where the first bit is set, a zero comes before, or it would be negative. */
export function positive(number: Buffer): Buffer {
  return number[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number
}
