/** The RecordIO format of Apache MXNet ("MXNet RecordIO file format"), in which SageMaker wraps objects for RecordWrapperType. */

const MAGIC = 0xced7230a
/** The length has 29 bits; above them, which part of a record it is. */
const LENGTH_MAX = 2 ** 29 - 1
const WHOLE = 0
const FIRST = 1
const MIDDLE = 2
const LAST = 3

/**
 * One record. Where the magic number stands in the data itself, at a multiple of four, the record is split and the number
 * left out: readers put it back. Throws RangeError for more than 2^29 - 1 bytes, which no record can have.
 */
export function recordIo(data: Buffer): Buffer {
  if (data.length > LENGTH_MAX) throw new RangeError(`a RecordIO record has at most ${LENGTH_MAX} bytes`)
  const cuts: number[] = []
  for (let at = 0; at + 4 <= data.length; at += 4) if (data.readUInt32LE(at) === MAGIC) cuts.push(at)
  const parts: Buffer[] = []
  let from = 0
  for (const [index, cut] of cuts.entries()) {
    parts.push(part(index === 0 ? FIRST : MIDDLE, data.subarray(from, cut)))
    from = cut + 4
  }
  parts.push(part(cuts.length > 0 ? LAST : WHOLE, data.subarray(from)))
  return Buffer.concat(parts)
}

function part(flag: number, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt32LE(((flag << 29) | data.length) >>> 0, 4)
  return Buffer.concat([head, data, Buffer.alloc(-data.length & 3)])
}
