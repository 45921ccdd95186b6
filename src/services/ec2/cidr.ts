/** IPv4 blocks as numbers: `base` is the lowest address (unsigned 32 bits), `bits` the prefix length. */
export interface Cidr {
  readonly base: number
  readonly bits: number
}

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ADDRESS = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`)

/** Dotted quad to number; undefined when it is none. */
export function parseAddress(text: string): number | undefined {
  const match = ADDRESS.exec(text)
  return match ? match.slice(1).reduce((sum, octet) => sum * 256 + Number(octet), 0) : undefined
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

/** `10.0.0.0/16`; host bits are zeroed, as EC2 does (100.68.0.18/18 becomes 100.68.0.0/18). Undefined when malformed. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', bits = '', ...rest] = text.split('/')
  const number = parseAddress(address)
  if (number === undefined || rest.length > 0 || !/^([12]?\d|3[0-2])$/.test(bits)) return undefined
  const size = 2 ** (32 - Number(bits))
  return { base: Math.floor(number / size) * size, bits: Number(bits) }
}

export const cidrText = ({ base, bits }: Cidr): string => `${addressText(base)}/${bits}`

/** Number of addresses. */
export const cidrSize = ({ bits }: Cidr): number => 2 ** (32 - bits)

export const contains = (outer: Cidr, address: number): boolean =>
  address >= outer.base && address < outer.base + cidrSize(outer)

export const encloses = (outer: Cidr, inner: Cidr): boolean => inner.bits >= outer.bits && contains(outer, inner.base)

export const overlaps = (one: Cidr, other: Cidr): boolean => encloses(one, other) || encloses(other, one)
