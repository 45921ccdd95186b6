/**
 * IPv4 addresses as unsigned 32-bit numbers, and CIDR blocks. Own code because this is the model's hot path
 * (a parse takes tens of nanoseconds). IPv6 is only recognised, so that it can be refused in so many words.
 */

/** An IPv4 address, 0 … 2^32-1. */
export type Ipv4 = number

/** A block: its first address and prefix length. */
export interface Cidr {
  readonly base: Ipv4
  readonly length: number
}

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

export function formatCidr(cidr: Cidr): string {
  return `${formatIpv4(cidr.base)}/${cidr.length}`
}

export function contains(cidr: Cidr, address: Ipv4): boolean {
  return (address & mask(cidr.length)) >>> 0 === cidr.base
}

/** How many addresses a block has. */
export function size(cidr: Cidr): number {
  return 2 ** (32 - cidr.length)
}

const RFC1918 = parseCidrs(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])
const RFC6598 = parseCidrs(['100.64.0.0/10'])
const LINK_LOCAL = parseCidrs(['169.254.0.0/16'])

/** Why no internet gateway carries packets to this address; undefined for an ordinary public address. */
export function privateRange(address: Ipv4): 'RFC1918' | 'RFC6598' | 'link-local' | undefined {
  if (RFC1918.some((cidr) => contains(cidr, address))) return 'RFC1918'
  if (RFC6598.some((cidr) => contains(cidr, address))) return 'RFC6598'
  return LINK_LOCAL.some((cidr) => contains(cidr, address)) ? 'link-local' : undefined
}

/** Whether `text` looks like a literal IPv6 address, which the model does not route. */
export function isIpv6(text: string): boolean {
  return text.includes(':') && /^[0-9a-f:.[\]]+$/i.test(text)
}
