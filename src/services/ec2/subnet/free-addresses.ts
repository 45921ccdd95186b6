import { formatIpv4, parseIpv4, size } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { storedCidr } from '../cidr.ts'
import type { NetworkInterfaceDocument, SubnetDocument } from '../documents.ts'
import { invalidValue, noFreeAddresses } from '../errors.ts'

/** Base, router, DNS, "for future use" and the last one (VPC User Guide, "Subnet sizing"). */
const RESERVED_FIRST = 4
const RESERVED = RESERVED_FIRST + 1

/** Addresses in use, by subnet id: one look over all interfaces serves a whole DescribeSubnets. */
export function addressesInUse(interfaces: readonly NetworkInterfaceDocument[]): Map<string, Set<number>> {
  const used = new Map<string, Set<number>>()
  for (const eni of interfaces) {
    const here = used.get(eni.SubnetId) ?? new Set()
    for (const { PrivateIpAddress } of eni.PrivateIpAddresses) here.add(parseIpv4(PrivateIpAddress!)!)
    used.set(eni.SubnetId, here)
  }
  return used
}

/** AvailableIpAddressCount: everything but the five reserved and those in use. */
export function freeCount(subnet: SubnetDocument, used: Map<string, Set<number>>): number {
  return size(storedCidr(subnet.CidrBlock)) - RESERVED - (used.get(subnet.SubnetId)?.size ?? 0)
}

/**
 * Picks `count` addresses of the subnet, the lowest free ones after those asked for by name, and enters them in `used`.
 * Throws InsufficientFreeAddressesInSubnet, or what is wrong with an address that was named.
 */
export function takeAddresses(
  subnet: SubnetDocument,
  used: Map<string, Set<number>>,
  named: readonly string[],
  count: number,
): string[] {
  const cidr = storedCidr(subnet.CidrBlock)
  const first = cidr.base + RESERVED_FIRST
  const last = cidr.base + size(cidr) - 2
  const taken = used.get(subnet.SubnetId) ?? new Set()
  used.set(subnet.SubnetId, taken)
  const result: string[] = []
  const take = (address: number) => {
    taken.add(address)
    result.push(formatIpv4(address))
  }
  for (const text of named) {
    const address = parseIpv4(text)
    if (address === undefined)
      throw invalidValue(`Value (${text}) for parameter address is invalid. Invalid IPv4 address.`)
    if (address < cidr.base || address > last + 1) {
      throw invalidValue(`Address ${text} does not fall within the subnet's address range`)
    }
    if (address < first || address > last) throw invalidValue(`Address ${text} is in subnet's reserved address range`)
    if (taken.has(address)) throw new AwsError('InvalidIPAddress.InUse', 'The specified address is already in use.')
    take(address)
  }
  for (let address = first; result.length < count; address++) {
    if (address > last) throw noFreeAddresses()
    if (!taken.has(address)) take(address)
  }
  return result
}
