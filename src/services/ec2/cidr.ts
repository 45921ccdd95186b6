import { contains, formatCidr, parseCidr, type Cidr } from '../../network/addresses.ts'
import { invalidValueOf } from './errors.ts'

/** Whether every address of `inner` lies in `outer`. */
export const encloses = (outer: Cidr, inner: Cidr): boolean =>
  inner.length >= outer.length && contains(outer, inner.base)

export const overlaps = (one: Cidr, other: Cidr): boolean => encloses(one, other) || encloses(other, one)

/** A block that the caller gave, host bits zeroed as EC2 does; throws EC2's sentence when it is none. */
export function givenCidr(text: string, parameter: string): Cidr {
  const cidr = parseCidr(text)
  if (!cidr) throw invalidValueOf(text, parameter, 'This is not a valid CIDR block.')
  return cidr
}

/** The block in EC2's spelling. */
export const canonicalCidr = (text: string, parameter: string): string => formatCidr(givenCidr(text, parameter))

/** A block that this server itself stored. */
export function storedCidr(text: string): Cidr {
  const cidr = parseCidr(text)
  if (!cidr) throw new Error(`stored CIDR block ${text} is malformed`)
  return cidr
}
