/**
 * Tape archives as OCI layers use them: POSIX ustar with PAX records for what does not fit, and GNU's long names when
 * reading. Written archives are a function of their content alone: no owner, no time.
 */

const BLOCK = 512
/** Longest PAX or GNU header that is read; real ones are a few hundred bytes. */
const HEADER_MAX = 1024 * 1024

export type EntryType = 'file' | 'link' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo'

export interface TarHeader {
  /** As written in the archive; trust nothing about it. */
  path: string
  type: EntryType
  /** Permission bits. */
  mode: number
  /** Bytes of content that follow. */
  size: number
  /** Target of a link or symlink, else empty. */
  linkPath: string
}

export interface TarEntry extends TarHeader {
  /** Must be read before the next entry is asked for; what is left of it is skipped. */
  content: AsyncIterable<Uint8Array>
}

const typeFlags: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
}

/** The blocks of one entry but for its content: a PAX header where one is needed, then the ustar header. */
export function tarHeader(header: TarHeader): Buffer {
  const records = paxRecords(header)
  if (records.length === 0) return ustar(header)
  const body = Buffer.from(records)
  const pax = ustar({ path: 'PaxHeader', type: 'file', mode: 0o644, size: body.length, linkPath: '' }, 'x')
  return Buffer.concat([pax, body, padding(body.length), ustar(header)])
}

/** Fills the last block of `size` bytes of content. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}

/** Two empty blocks end an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * BLOCK)

function paxRecords({ path, linkPath, size }: TarHeader): string {
  const short = (text: string) => text.length <= 100 && /^[\x20-\x7e]*$/.test(text)
  return [
    short(path) ? '' : paxRecord('path', path),
    short(linkPath) ? '' : paxRecord('linkpath', linkPath),
    size < 8 ** 11 ? '' : paxRecord('size', String(size)),
  ].join('')
}

/** `LENGTH key=value\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + String(bytes).length
  if (bytes + String(length).length !== length) length += 1
  return `${length}${rest}`
}

function ustar({ path, type, mode, size, linkPath }: TarHeader, flag = flagOf(type)): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number) =>
    block.write(
      value
        .toString(8)
        .padStart(width - 1, '0')
        .slice(-(width - 1)),
      at,
      'latin1',
    )
  Buffer.from(path).copy(block, 0, 0, 100)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.fill(0x20, 148, 156)
  block.write(flag, 156, 'latin1')
  Buffer.from(linkPath).copy(block, 157, 0, 100)
  block.write('ustar\x0000', 257, 'latin1')
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function flagOf(type: EntryType): string {
  return Object.keys(typeFlags).find((flag) => flag !== '\0' && typeFlags[flag] === type) ?? '0'
}

/** Sum of all bytes, the checksum's own counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let index = 0; index < BLOCK; index++) if (index < 148 || index >= 156) sum += block[index] ?? 0
  return sum
}

/** Reads an archive entry by entry, and its source to the end. Throws on what is no archive, and on one that was cut short. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = byteReader(source)
  try {
    let global: Record<string, string> = {}
    let pending: Record<string, string> = {}
    for (;;) {
      const block = await bytes.take(BLOCK)
      if (!block || block.every((byte) => byte === 0)) return await bytes.drain()
      if (Number.parseInt(text(block, 148, 8), 8) !== checksum(block))
        throw new Error('not a tar archive: bad checksum')
      const flag = String.fromCharCode(block[156] ?? 0)
      const size = pending['size'] === undefined ? numberAt(block, 124, 12) : Number(pending['size'])
      if (!Number.isSafeInteger(size) || size < 0) throw new Error('not a tar archive: bad size')

      if ('xgLK'.includes(flag)) {
        if (size > HEADER_MAX) throw new Error('tar archive with an oversized header')
        const body = await bytes.need(size)
        await bytes.need(padding(size).length)
        if (flag === 'g') global = { ...global, ...parsePax(body) }
        else if (flag === 'x') pending = { ...pending, ...parsePax(body) }
        else pending[flag === 'L' ? 'path' : 'linkpath'] = text(body, 0, body.length)
        continue
      }

      const type = typeFlags[flag]
      if (!type) throw new Error(`tar entry of unknown type '${flag}'`)
      const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : ''
      const name = text(block, 0, 100)
      const meta = { ...global, ...pending }
      pending = {}
      const length = type === 'file' ? size : 0
      const content = bytes.limited(length)
      yield {
        path: meta['path'] ?? (prefix ? `${prefix}/${name}` : name),
        type,
        mode: numberAt(block, 100, 8) & 0o7777,
        size: length,
        linkPath: type === 'link' || type === 'symlink' ? (meta['linkpath'] ?? text(block, 157, 100)) : '',
        content,
      }
      for await (const _ of content);
      await bytes.need(padding(length).length)
    }
  } finally {
    await bytes.close()
  }
}

function text(block: Buffer, at: number, width: number): string {
  const end = block.indexOf(0, at)
  return block.toString('utf8', at, end < 0 || end > at + width ? at + width : end)
}

/** Octal digits, or GNU's base 256 for large numbers. */
function numberAt(block: Buffer, at: number, width: number): number {
  if (((block[at] ?? 0) & 0x80) === 0) return Number.parseInt(text(block, at, width).trim() || '0', 8)
  let value = (block[at] ?? 0) & 0x7f
  for (let index = at + 1; index < at + width; index++) value = value * 256 + (block[index] ?? 0)
  return value
}

function parsePax(body: Buffer): Record<string, string> {
  const records: Record<string, string> = {}
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at)
    const length = Number.parseInt(body.toString('latin1', at, space), 10)
    if (space < 0 || !(length > 0) || at + length > body.length) throw new Error('not a tar archive: bad PAX record')
    const record = body.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    records[record.slice(0, equals)] = record.slice(equals + 1)
    at += length
  }
  return records
}

/** Cuts a stream of chunks of any size into the pieces that are asked for. */
function byteReader(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)

  async function fill(): Promise<boolean> {
    const next = await chunks.next()
    if (next.done) return false
    rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    return true
  }

  /** Exactly `size` bytes; undefined at the end. */
  async function take(size: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = []
    let missing = size
    while (missing > 0) {
      if (rest.length === 0 && !(await fill())) {
        if (missing === size) return undefined
        throw new Error('tar archive was cut short')
      }
      const part = rest.subarray(0, missing)
      rest = rest.subarray(part.length)
      missing -= part.length
      parts.push(part)
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  async function need(size: number): Promise<Buffer> {
    const bytes = size === 0 ? Buffer.alloc(0) : await take(size)
    if (!bytes) throw new Error('tar archive was cut short')
    return bytes
  }

  /** The next `size` bytes as a stream that goes on where it was left. */
  function limited(size: number): AsyncIterable<Uint8Array> {
    let missing = size
    return {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (missing === 0) return { done: true, value: undefined }
          if (rest.length === 0 && !(await fill())) throw new Error('tar archive was cut short')
          const part = rest.subarray(0, missing)
          rest = rest.subarray(part.length)
          missing -= part.length
          return { done: false, value: part }
        },
      }),
    }
  }

  /** Reads to the end: what follows the archive still counts for a digest over it. */
  async function drain(): Promise<void> {
    while (await fill());
  }

  return { take, need, limited, drain, close: async () => void (await chunks.return?.()) }
}
