import type { NetworkInterfaceDocument, SubnetDocument } from '../documents.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { formatIpv6, ipv6Blocks, parseIpv6, storedCidr6 } from '../ipv6.ts'

/** The first four addresses of a subnet and its last are not to be had (VPC User Guide, "Subnet sizing for IPv6"). */
const RESERVED_FIRST = 4n

/**
 * Picks `count` free IPv6 addresses of the subnet after those asked for by name.
 * Throws where the subnet has no IPv6 block, or what is wrong with an address that was named.
 */
export function takeIpv6Addresses(
  estate: Estate,
  subnet: SubnetDocument,
  existing: readonly NetworkInterfaceDocument[],
  named: readonly string[],
  count: number,
): string[] {
  if (named.length === 0 && count === 0) return []
  const block = blockOf(subnet)
  // inferred: the sentence.
  if (!block) throw invalidValue(`Subnet ${subnet.SubnetId} has no IPv6 CIDR block.`)
  const taken = new Set(
    existing.flatMap((eni) => (eni.Ipv6Addresses ?? []).map((one) => parseIpv6(one.Ipv6Address ?? ''))),
  )
  const chosen: bigint[] = []
  const take = (address: bigint) => {
    taken.add(address)
    chosen.push(address)
  }
  for (const text of named) {
    const address = parseIpv6(text)
    if (address === undefined) {
      throw invalidValue(`Value (${text}) for parameter ipv6Addresses is invalid. Invalid IPv6 address.`)
    }
    if (address < block.first || address > block.last) {
      throw invalidValue(`Address ${text} does not fall within the subnet's address range`)
    }
    if (address < block.first + RESERVED_FIRST || address === block.last) {
      throw invalidValue(`Address ${text} is in subnet's reserved address range`)
    }
    if (taken.has(address)) throw new AwsError('InvalidIPAddress.InUse', 'The specified address is already in use.')
    take(address)
  }
  while (chosen.length < named.length + count) {
    const address = block.first + (BigInt(`0x${estate.call.world.hex(16)}`) & (block.last - block.first))
    if (address >= block.first + RESERVED_FIRST && address !== block.last && !taken.has(address)) take(address)
  }
  return chosen.map(formatIpv6)
}

function blockOf(subnet: SubnetDocument): { first: bigint; last: bigint } | undefined {
  const [text] = ipv6Blocks(subnet)
  if (text === undefined) return undefined
  const { base, length } = storedCidr6(text)
  return { first: base, last: base + (1n << BigInt(128 - length)) - 1n }
}
