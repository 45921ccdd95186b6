import type { NetworkInterface } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { internalDomain } from '../dhcp-options/default-options.ts'
import type { NetworkInterfaceDocument, SubnetDocument } from '../documents.ts'
import { differentNetworks, invalidCombination, invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { networkInterfaces, securityGroups, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { isOfVpc } from '../security-group/security-group-vpc.ts'
import { addressesInUse, takeAddresses } from '../subnet/free-addresses.ts'
import { takeIpv6Addresses } from './ipv6-range.ts'

interface Plan extends Partial<Shape<NetworkInterface>> {
  AssociatePublicIpAddress?: boolean
  /** Addresses asked for by name, the primary one first. */
  named?: readonly string[]
  /** How many addresses in all, those named included; 1 unless told. */
  addresses?: number
  /** IPv6 addresses asked for by name, and how many more; one where the subnet gives each interface one. */
  ipv6?: { named?: readonly string[] | undefined; count?: number | undefined }
}

/**
 * Makes an interface in a subnet: takes its addresses out of the free ones and fills in what every interface has.
 * Throws InsufficientFreeAddressesInSubnet when none is left.
 */
export function makeInterface(estate: Estate, subnet: SubnetDocument, plan: Plan): NetworkInterfaceDocument {
  const { named = [], addresses = 1, ipv6 = {}, ...more } = plan
  // inferred: the sentence.
  if (addresses < 1) throw invalidValue('The number of private IP addresses must not be negative.')
  const existing = estate.list(networkInterfaces)
  within('interfaces', existing.length + 1)
  const [primary, ...secondary] = takeAddresses(
    subnet,
    addressesInUse(existing),
    named,
    Math.max(addresses, named.length),
  )
  const byItself = subnet.AssignIpv6AddressOnCreation && !ipv6.named?.length ? 1 : 0
  const Ipv6Addresses = takeIpv6Addresses(estate, subnet, existing, ipv6.named ?? [], ipv6.count ?? byItself)
  const hostnames = estate.get(vpcs, subnet.VpcId).EnableDnsHostnames
  const first = namedAddress(primary!, true, hostnames, estate.region)
  return estate.save(networkInterfaces, {
    NetworkInterfaceId: estate.mint(networkInterfaces.prefix),
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    AvailabilityZoneId: subnet.AvailabilityZoneId,
    Description: '',
    Groups: [],
    InterfaceType: 'interface',
    Ipv6Addresses: Ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    MacAddress: macAddress(estate),
    OwnerId: estate.account,
    PrivateDnsName: first.PrivateDnsName,
    PrivateIpAddress: primary!,
    PrivateIpAddresses: [first, ...secondary.map((address) => namedAddress(address, false, hostnames, estate.region))],
    RequesterId: estate.call.caller.userId,
    RequesterManaged: false,
    SourceDestCheck: true,
    Status: 'available',
    TagSet: [],
    ...more,
  })
}

/** What an interface of AWS's own (an endpoint's, a NAT gateway's) has beyond an ordinary one (facts: network.md, captures). */
export function managedBy(estate: Estate, requester: string): Plan {
  return {
    RequesterId: requester,
    RequesterManaged: true,
    Status: 'in-use',
    Attachment: {
      AttachmentId: estate.mint('ela-attach-'),
      InstanceOwnerId: 'amazon-aws',
      DeleteOnTermination: false,
      DeviceIndex: 1,
      Status: 'attached',
    },
  }
}

/** An address of an interface, with its name where the VPC has host names. */
export function namedAddress(PrivateIpAddress: string, Primary: boolean, hostnames: boolean, region: string) {
  return {
    Primary,
    PrivateIpAddress,
    ...(hostnames ? { PrivateDnsName: privateDnsName(PrivateIpAddress, region) } : {}),
  }
}

/** `ip-10-0-1-23.ec2.internal` */
export function privateDnsName(address: string, region: string): string {
  return `ip-${address.replaceAll('.', '-')}.${internalDomain(region)}`
}

/** Locally administered, as EC2's are. */
function macAddress(estate: Estate): string {
  return ['0a', ...estate.call.world.hex(10).match(/../g)!].join(':')
}

/** The groups by id, each once and all in the subnet's VPC; the VPC's default group where none is given. */
export function groupsFor(
  estate: Estate,
  subnet: { SubnetId: string; VpcId: string },
  ids: readonly string[] | undefined,
): { GroupId: string; GroupName: string }[] {
  if (!ids?.length) {
    const { GroupId, GroupName } = defaultGroup(estate, subnet.VpcId)
    return [{ GroupId, GroupName }]
  }
  const unique = [...new Set(ids)]
  if (unique.length !== ids.length) throw invalidCombination('The same security group must not be given twice')
  within('groupsPerInterface', unique.length)
  return unique.map((id) => {
    const group = estate.get(securityGroups, id)
    if (!isOfVpc(estate, group, subnet.VpcId)) throw differentNetworks(id, subnet.SubnetId)
    return { GroupId: group.GroupId, GroupName: group.GroupName }
  })
}

export function defaultGroup(estate: Estate, vpcId: string) {
  const group = estate.list(securityGroups).find((one) => one.VpcId === vpcId && one.GroupName === 'default')
  if (!group) throw new Error(`${vpcId} has no default security group`)
  return group
}
