import { AwsError } from '../../../wire/aws-error.ts'
import { bindAddress } from '../address/bind-address.ts'
import type { AddressDocument, NatGatewayDocument, SubnetDocument } from '../documents.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { makeInterface, managedBy, namedAddress } from '../network-interface/make-interface.ts'
import { addresses, networkInterfaces, subnets } from '../nouns.ts'
import { within } from '../quotas.ts'
import { addressesInUse, takeAddresses } from '../subnet/free-addresses.ts'

type NatAddress = NatGatewayDocument['NatGatewayAddresses'][number]

/** An Elastic IP address that nothing has. */
export function freeAddress(estate: Estate, allocationId: string | undefined): AddressDocument {
  if (!allocationId) throw missingParameter('allocationId')
  const address = estate.get(addresses, allocationId)
  if (address.NetworkInterfaceId) {
    throw new AwsError('Resource.AlreadyAssociated', `Elastic IP address [${allocationId}] is already associated`)
  }
  return address
}

interface Plan {
  primary: string | undefined
  /** Secondary addresses by name, and how many there shall be. */
  named: readonly string[]
  count: number
  /** Elastic IP addresses, the primary one's first. */
  allocations: readonly AddressDocument[]
}

/** A gateway's interface with its addresses; a public gateway has an Elastic IP address for each. */
export function place(estate: Estate, id: string, subnet: SubnetDocument, plan: Plan): NatAddress[] {
  const { NetworkInterfaceId, PrivateIpAddress } = makeInterface(estate, subnet, {
    ...managedBy(estate, 'amazon-nat-gateway'),
    Description: `Interface for NAT Gateway ${id}`,
    InterfaceType: 'nat_gateway' as never,
    SourceDestCheck: false,
    named: plan.primary ? [plan.primary] : [],
  })
  const [first, ...others] = plan.allocations
  const primary = described(estate, NetworkInterfaceId, PrivateIpAddress, first)
  return [primary, ...moreAddresses(estate, NetworkInterfaceId, plan.named, plan.count, others)]
}

/** More addresses of the gateway's subnet, by name and by number; with an Elastic IP address each where it is public. */
export function moreAddresses(
  estate: Estate,
  networkInterfaceId: string,
  named: readonly string[],
  count: number,
  allocations: readonly AddressDocument[],
): NatAddress[] {
  const eni = estate.get(networkInterfaces, networkInterfaceId)
  const wanted = Math.max(named.length, count)
  within('addressesPerNatGateway', eni.PrivateIpAddresses.length + wanted)
  const used = addressesInUse(estate.list(networkInterfaces))
  const taken = takeAddresses(estate.get(subnets, eni.SubnetId), used, named, wanted)
  const hostnames = eni.PrivateDnsName !== undefined
  estate.save(networkInterfaces, {
    ...eni,
    PrivateIpAddresses: [
      ...eni.PrivateIpAddresses,
      ...taken.map((address) => namedAddress(address, false, hostnames, estate.region)),
    ],
  })
  return taken.map((address, at) => described(estate, networkInterfaceId, address, allocations[at]))
}

/** Takes secondary private addresses off the gateway's interface. */
export function dropAddresses(estate: Estate, gateway: NatGatewayDocument, gone: readonly string[]): void {
  const eni = estate.get(networkInterfaces, gateway.NatGatewayAddresses[0]!.NetworkInterfaceId!)
  const PrivateIpAddresses = eni.PrivateIpAddresses.filter((one) => !gone.includes(one.PrivateIpAddress!))
  estate.save(networkInterfaces, { ...eni, PrivateIpAddresses })
}

function described(
  estate: Estate,
  NetworkInterfaceId: string,
  PrivateIp: string,
  address: AddressDocument | undefined,
): NatAddress {
  const eni = estate.get(networkInterfaces, NetworkInterfaceId)
  const bound = address && bindAddress(estate, address, eni, PrivateIp)
  return {
    NetworkInterfaceId,
    PrivateIp,
    IsPrimary: PrivateIp === eni.PrivateIpAddress,
    Status: 'succeeded',
    ...(bound
      ? { AllocationId: bound.AllocationId, AssociationId: bound.AssociationId!, PublicIp: bound.PublicIp }
      : {}),
  }
}
