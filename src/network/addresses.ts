/**
 * IPv4 addresses as unsigned 32-bit numbers, IPv6 addresses as bigints, and blocks of either. Own code because this is
 * the model's hot path (a parse of IPv4 takes tens of nanoseconds). The type of the number is the family.
 */

/** An IPv4 address, 0 … 2^32-1. */
export type Ipv4 = number
/** An IPv6 address, 0 … 2^128-1. */
export type Ipv6 = bigint
export type Ip = Ipv4 | Ipv6

/** A block of IPv4: its first address and prefix length. */
export interface Cidr {
  readonly base: Ipv4
  readonly length: number
}

export interface Cidr6 {
  readonly base: Ipv6
  readonly length: number
}

export type Block = Cidr | Cidr6

/** The address that `text` spells in dotted decimal, or undefined. Leading zeros are refused: they are octal to some. */
export function parseIpv4(text: string): Ipv4 | undefined {
  let address = 0
  let octet = -1
  let dots = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return undefined
      address = address * 256 + octet
      octet = -1
    } else {
      const digit = code - 48
      if (digit < 0 || digit > 9 || octet === 0) return undefined
      octet = octet < 0 ? digit : octet * 10 + digit
      if (octet > 255) return undefined
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : undefined
}

/** Dotted decimal of an address. */
export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** The netmask of a prefix length, as an unsigned number. */
export function mask(length: number): number {
  return length === 0 ? 0 : (-1 << (32 - length)) >>> 0
}

/** The block that `text` spells, host bits cleared as EC2 does ("100.68.0.18/18" is 100.68.0.0/18), or undefined. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const address = parseIpv4(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^\d{1,2}$/.test(digits) || Number(digits) > 32) return undefined
  const length = Number(digits)
  return { base: (address & mask(length)) >>> 0, length }
}

/** Every block of `texts` that is IPv4 CIDR notation. */
export function parseCidrs(texts: readonly (string | undefined)[]): Cidr[] {
  return texts.flatMap((text) => (text === undefined ? [] : (parseCidr(text) ?? [])))
}

export function formatCidr(block: Block): string {
  return `${formatIp(block.base)}/${block.length}`
}

/** Whether a block of the address's own family has it. */
export function contains(block: Block, address: Ip): boolean {
  if (typeof address === 'number') {
    return typeof block.base === 'number' && (address & mask(block.length)) >>> 0 === block.base
  }
  return typeof block.base === 'bigint' && (address & mask6(block.length)) === block.base
}

/** How many addresses a block has; of IPv6 as good as a number can tell. */
export function size(block: Block): number {
  return 2 ** ((typeof block.base === 'number' ? 32 : 128) - block.length)
}

/** The block of one address. */
export function single(address: Ip): Block {
  return typeof address === 'number' ? { base: address, length: 32 } : { base: address, length: 128 }
}

/** Everything, in the family of an address. */
export function everything(address: Ip): Block {
  return typeof address === 'number' ? { base: 0, length: 0 } : { base: 0n, length: 0 }
}

const MASKS6 = Array.from({ length: 129 }, (_, length) => ((1n << 128n) - 1n) ^ ((1n << BigInt(128 - length)) - 1n))

/** The netmask of an IPv6 prefix length. */
export function mask6(length: number): Ipv6 {
  return MASKS6[length]!
}

/** The address that `text` spells by RFC 4291, brackets allowed, or undefined. A zone (`%eth0`) is none of ours. */
export function parseIpv6(text: string): Ipv6 | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (!bare.includes(':')) return undefined
  const halves = bare.split('::')
  if (halves.length > 2) return undefined
  // An embedded IPv4 address stands at the very end.
  const [head, tail] = halves.map((half, at) => groups(half, at === halves.length - 1))
  if (!head || (halves.length === 2 && !tail)) return undefined
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail ? missing < 1 : missing !== 0) return undefined
  let address = 0n
  for (const group of [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])])
    address = (address << 16n) | BigInt(group)
  return address
}

/** The 16-bit groups of one side of `::`; the last two may be spelt as IPv4. */
function groups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const found: number[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    const embedded = isLast && at === parts.length - 1 ? parseIpv4(part) : undefined
    if (embedded !== undefined) found.push(embedded >>> 16, embedded & 0xffff)
    else if (/^[0-9a-f]{1,4}$/i.test(part)) found.push(Number.parseInt(part, 16))
    else return undefined
  }
  return found
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups as `::`. */
export function formatIpv6(address: Ipv6): string {
  const text = Array.from({ length: 8 }, (_, at) => ((address >> BigInt(112 - at * 16)) & 0xffffn).toString(16)).join(
    ':',
  )
  let [from, length] = [0, 0]
  for (const run of text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)) {
    if (run[0].length > length) [from, length] = [run.index, run[0].length]
  }
  if (length === 0) return text
  return `${text.slice(0, from).replace(/:$/, '')}::${text.slice(from + length).replace(/^:/, '')}`
}

/** The address that `text` spells in either family. */
export function parseIp(text: string): Ip | undefined {
  return parseIpv4(text) ?? parseIpv6(text)
}

export function formatIp(address: Ip): string {
  return typeof address === 'number' ? formatIpv4(address) : formatIpv6(address)
}

/** The block of either family that `text` spells, host bits cleared, or undefined. */
export function parseBlock(text: string): Block | undefined {
  const four = parseCidr(text)
  const slash = text.indexOf('/')
  if (four || slash < 0) return four
  const address = parseIpv6(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^\d{1,3}$/.test(digits) || Number(digits) > 128) return undefined
  const length = Number(digits)
  return { base: address & mask6(length), length }
}

/** Every block of `texts` that is CIDR notation of either family. */
export function parseBlocks(texts: readonly (string | undefined)[]): Block[] {
  return texts.flatMap((text) => (text === undefined ? [] : (parseBlock(text) ?? [])))
}

const RFC1918 = parseCidrs(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])
const RFC6598 = parseCidrs(['100.64.0.0/10'])
const LINK_LOCAL = parseCidrs(['169.254.0.0/16'])

const UNIQUE_LOCAL = parseBlocks(['fc00::/7'])[0]!
const LINK_LOCAL6 = parseBlocks(['fe80::/10'])[0]!

/** Why no internet gateway carries packets to this address; undefined for an ordinary public address. */
export function privateRange(address: Ip): 'RFC1918' | 'RFC6598' | 'RFC4193' | 'link-local' | undefined {
  if (typeof address === 'bigint') {
    if (contains(UNIQUE_LOCAL, address)) return 'RFC4193'
    return contains(LINK_LOCAL6, address) ? 'link-local' : undefined
  }
  if (RFC1918.some((cidr) => contains(cidr, address))) return 'RFC1918'
  if (RFC6598.some((cidr) => contains(cidr, address))) return 'RFC6598'
  return LINK_LOCAL.some((cidr) => contains(cidr, address)) ? 'link-local' : undefined
}

/** The blocks that `privateRange` tells apart. */
export const PRIVATE_BLOCKS: readonly Block[] = [...RFC1918, ...RFC6598, ...LINK_LOCAL, UNIQUE_LOCAL, LINK_LOCAL6]

/** Whether `text` looks like an IPv6 address or block. */
export function isIpv6(text: string): boolean {
  return text.includes(':') && /^[0-9a-f:.[\]]+$/i.test(text)
}
