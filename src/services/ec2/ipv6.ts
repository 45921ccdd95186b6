import ipaddr from 'ipaddr.js'
import { formatCidr, parseCidr } from '../../network/addresses.ts'
import { invalidValueOf } from './errors.ts'

/** An IPv6 block: its first address and prefix length. */
export interface Cidr6 {
  readonly base: bigint
  readonly length: number
}

/** The block that `text` spells, host bits cleared, or undefined. */
export function parseCidr6(text: string): Cidr6 | undefined {
  const [address = '', digits = '', ...more] = text.split('/')
  if (more.length > 0 || !/^\d{1,3}$/.test(digits) || Number(digits) > 128) return undefined
  const base = parseIpv6(address)
  if (base === undefined) return undefined
  const host = BigInt(128 - Number(digits))
  return { base: (base >> host) << host, length: Number(digits) }
}

/** The address that `text` spells, or undefined. Zones (`%eth0`) are none of EC2's. */
export function parseIpv6(text: string): bigint | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  return ipaddr.IPv6.parse(text)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** As EC2 prints it: lower case, the longest run of zeros left out (RFC 5952). */
export function formatIpv6(address: bigint): string {
  const bytes = Array.from({ length: 16 }, (_, at) => Number((address >> BigInt(8 * (15 - at))) & 255n))
  return new ipaddr.IPv6(bytes).toRFC5952String()
}

export const formatCidr6 = ({ base, length }: Cidr6): string => `${formatIpv6(base)}/${length}`

export const encloses6 = (outer: Cidr6, inner: Cidr6): boolean =>
  inner.length >= outer.length && inner.base >> BigInt(128 - outer.length) === outer.base >> BigInt(128 - outer.length)

export const overlaps6 = (one: Cidr6, other: Cidr6): boolean => encloses6(one, other) || encloses6(other, one)

/** A block that the caller gave; throws EC2's sentence when it is none. */
export function givenCidr6(text: string, parameter: string): Cidr6 {
  const cidr = parseCidr6(text)
  if (!cidr) throw invalidValueOf(text, parameter, 'This is not a valid IPv6 CIDR block.')
  return cidr
}

export function storedCidr6(text: string): Cidr6 {
  const cidr = parseCidr6(text)
  if (!cidr) throw new Error(`stored CIDR block ${text} is malformed`)
  return cidr
}

/** The IPv6 blocks of a VPC or subnet. */
export function ipv6Blocks(of: { Ipv6CidrBlockAssociationSet?: { Ipv6CidrBlock?: string }[] }): string[] {
  return (of.Ipv6CidrBlockAssociationSet ?? []).map((one) => one.Ipv6CidrBlock!)
}

/** Blocks of both families on one scale: IPv4 mapped into ::ffff:0:0/96 (RFC 4291), so that one compares with another. */
export function anyCidr(text: string): Cidr6 | undefined {
  const v4 = parseCidr(text)
  return v4 ? { base: (0xffffn << 32n) | BigInt(v4.base), length: v4.length + 96 } : parseCidr6(text)
}

/** A block of either family in EC2's spelling; throws EC2's sentence when it is none. */
export function canonicalBlock(text: string, parameter: string): string {
  const v4 = parseCidr(text)
  return v4 ? formatCidr(v4) : formatCidr6(givenCidr6(text, parameter))
}
