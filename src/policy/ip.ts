/**
 * IP addresses and CIDR blocks of both families.
 * IAM User Guide: "IP address condition operators".
 */

/** 32-bit words, most significant first: one for IPv4, four for IPv6. */
type Words = readonly number[]

/** An address as 32-bit words, or undefined where the text is none. */
export function parseIp(text: string): Words | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

function parseV4(text: string): Words | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  let word = 0
  for (const octet of octets) {
    const value = digits(octet, 3)
    if (value === undefined || value > 255) return undefined
    word = word * 256 + value
  }
  return [word]
}

function digits(text: string, most: number): number | undefined {
  if (text.length === 0 || text.length > most) return undefined
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x30 || code > 0x39) return undefined
  }
  return Number(text)
}

function parseV6(text: string): Words | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0]!)
  const tail = groups(halves[1] ?? '')
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  return [0, 2, 4, 6].map((at) => all[at]! * 0x10000 + all[at + 1]!)
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

/** Compiles a CIDR block or a bare address; undefined where it is neither. Families never match each other. */
export function compileCidr(text: string): ((address: string) => boolean) | undefined {
  const slash = text.indexOf('/')
  const network = parseIp(slash === -1 ? text : text.slice(0, slash))
  if (!network) return undefined
  const length = slash === -1 ? network.length * 32 : digits(text.slice(slash + 1), 3)
  if (length === undefined || length > network.length * 32) return undefined
  return (address) => {
    const words = parseIp(address)
    if (words?.length !== network.length) return false
    for (let at = 0, left = length; left > 0; at++, left -= 32) {
      // A shift by 32 would be a shift by 0, but `left` is at least 1 here.
      const shift = left >= 32 ? 0 : 32 - left
      if (words[at]! >>> shift !== network[at]! >>> shift) return false
    }
    return true
  }
}
