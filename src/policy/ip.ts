/**
 * IP addresses and CIDR blocks of both families.
 * IAM User Guide: "IP address condition operators"; what it does not say, as it was observed on AWS (radkawar/stackd,
 * testdata/aws/iam/condition_ip.json).
 */

/** 32-bit words, most significant first: one for IPv4, four for IPv6. */
type Words = readonly number[]

/** An address as 32-bit words, or undefined where the text is none. */
export function parseIp(text: string): Words | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

/** Four octets of one to three digits. Every request has an address, so it is read without a list of its parts. */
function parseV4(text: string): Words | undefined {
  let word = 0
  let from = 0
  for (let octet = 0; octet < 4; octet++) {
    const dot = octet < 3 ? text.indexOf('.', from) : text.length
    if (dot === -1) return undefined
    const value = digits(text, from, dot)
    if (value === undefined || value > 255) return undefined
    word = word * 256 + value
    from = dot + 1
  }
  return [word]
}

/** The number that one to three digits between two offsets say. */
function digits(text: string, from: number, to: number): number | undefined {
  if (to <= from || to - from > 3) return undefined
  let value = 0
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x30 || code > 0x39) return undefined
    value = value * 10 + code - 0x30
  }
  return value
}

function parseV6(text: string): Words | undefined {
  const halves = withoutStrayColons(text).split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0]!)
  const tail = groups(halves[1] ?? '')
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  return [0, 2, 4, 6].map((at) => all[at]! * 0x10000 + all[at + 1]!)
}

/** AWS ignores a colon behind the last group and one more beside `::`, and reads nothing before the first colon as 0. */
function withoutStrayColons(text: string): string {
  if (!/^:[^:]|[^:]:$|:::/.test(text)) return text
  return text
    .replace(/^:(?!:)/, '0:')
    .replace(':::', '::')
    .replace(/([^:]):$/, '$1')
}

/** 16-bit groups; the last one may be written as an IPv4 address. */
function groups(text: string): number[] | undefined {
  if (text === '') return []
  const found: number[] = []
  const written = text.split(':')
  for (const [at, group] of written.entries()) {
    if (group.includes('.') && at === written.length - 1) {
      const word = parseV4(group)?.[0]
      if (word === undefined) return undefined
      found.push(Math.floor(word / 0x10000), word % 0x10000)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) found.push(Number.parseInt(group, 16))
    else return undefined
  }
  return found
}

/**
 * A request's address. One of IPv4 that is written as IPv6 (`::ffff:192.0.2.1`) is one of IPv4; no other address of IPv6
 * may end in dots.
 */
export function parseAddress(text: string): Words | undefined {
  const words = parseIp(text)
  if (words?.length !== 4) return words
  const [first, second, third, last] = words
  if (first === 0 && second === 0 && third === 0xffff) return [last!]
  return text.includes('.') ? undefined : words
}

/**
 * Compiles a CIDR block or a bare address; undefined where it is neither. Families never match each other. Bits behind the
 * mask are ignored in IPv4 (`192.0.2.5/24`) and make a block of IPv6 unreadable, as dots do.
 */
export function compileCidr(text: string): ((address: string) => boolean) | undefined {
  const slash = text.indexOf('/')
  const written = slash === -1 ? text : text.slice(0, slash)
  const network = parseIp(written)
  if (!network) return undefined
  const size = network.length * 32
  const length = slash === -1 ? size : prefixLength(text.slice(slash + 1))
  if (length === undefined || length > size) return undefined
  if (network.length === 4 && (written.includes('.') || hasHostBits(network, length))) return undefined
  return (address) => {
    const words = parseAddress(address)
    return words?.length === network.length && sharePrefix(words, network, length)
  }
}

function prefixLength(text: string): number | undefined {
  return digits(text, text.startsWith('+') ? 1 : 0, text.length)
}

function sharePrefix(a: Words, b: Words, length: number): boolean {
  for (let at = 0, left = length; left > 0; at++, left -= 32) {
    // A shift by 32 would be a shift by 0, but `left` is at least 1 here.
    const shift = left >= 32 ? 0 : 32 - left
    if (a[at]! >>> shift !== b[at]! >>> shift) return false
  }
  return true
}

function hasHostBits(words: Words, length: number): boolean {
  return words.some((word, at) => {
    const kept = Math.min(Math.max(length - at * 32, 0), 32)
    return kept === 0 ? word !== 0 : word % 2 ** (32 - kept) !== 0
  })
}
