import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { NetworkInterfaceDocument, SubnetDocument } from '../documents.ts'
import { invalidCombination, invalidParameter, invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { groupsFor, makeInterface } from '../network-interface/make-interface.ts'
import { networkInterfaces, subnets } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { defaultVpc, groupByName } from '../vpc/default-vpc.ts'
import { attach, giveAmazonAddress } from './instance-interfaces.ts'
import type { InstanceType } from './instance-types.ts'

export type Launch = Shape<RunInstancesRequest>
type Specification = NonNullable<Launch['NetworkInterfaces']>[number]

/** The interfaces that a request describes: its own list, or one made of what it says of the instance as a whole. */
export function interfaceSpecifications(estate: Estate, input: Launch): Specification[] {
  if (input.NetworkInterfaces?.length) return input.NetworkInterfaces
  const SubnetId = input.SubnetId ?? defaultSubnet(estate, input)?.SubnetId
  return [
    {
      DeviceIndex: 0,
      ...(SubnetId ? { SubnetId } : {}),
      Groups: [...(input.SecurityGroupIds ?? []), ...namedGroups(estate, input)],
      ...(input.PrivateIpAddress ? { PrivateIpAddress: input.PrivateIpAddress } : {}),
      ...(input.Ipv6AddressCount ? { Ipv6AddressCount: input.Ipv6AddressCount } : {}),
      ...(input.Ipv6Addresses ? { Ipv6Addresses: input.Ipv6Addresses } : {}),
    },
  ]
}

/** The default VPC's subnet in the zone that is asked for, else the first. */
function defaultSubnet(estate: Estate, { Placement }: Launch): SubnetDocument | undefined {
  const vpc = defaultVpc(estate)
  return estate
    .list(subnets)
    .filter((one) => vpc && one.VpcId === vpc.VpcId && one.DefaultForAz)
    .toSorted((a, b) => (a.AvailabilityZone < b.AvailabilityZone ? -1 : 1))
    .find((one) => !Placement?.AvailabilityZone || one.AvailabilityZone === Placement.AvailabilityZone)
}

/** A name that nobody has is refused as an id that nobody has. */
function namedGroups(estate: Estate, { SecurityGroups = [] }: Launch): string[] {
  return SecurityGroups.map((name) => groupByName(estate, name)?.GroupId ?? name)
}

/** Refuses what cannot go together. Sentences without a mark are EC2's. */
export function checkInterfaces(input: Launch, type: InstanceType): void {
  const own = input.NetworkInterfaces ?? []
  if (own.length > 0) {
    const both = (what: string) =>
      invalidCombination(`Network interfaces and an instance-level ${what} may not be specified on the same request`)
    if (input.SubnetId) throw both('subnet ID')
    if (input.SecurityGroupIds?.length || input.SecurityGroups?.length) throw both('security groups')
    if (input.PrivateIpAddress) throw both('private address')
    if (input.Ipv6AddressCount || input.Ipv6Addresses?.length) throw both('IPv6 addresses')
  }
  if (input.SecurityGroups?.length && input.SubnetId) {
    throw invalidCombination('The parameter groupName cannot be used with the parameter subnet')
  }
  if (own.length > type.interfaces) {
    throw new AwsError('AttachmentLimitExceeded', `Interface count ${own.length} exceeds the limit for ${type.name}`)
  }
  const devices = own.map((one) => one.DeviceIndex)
  if (devices.includes(undefined)) throw missingParameter('deviceIndex')
  if (new Set(devices).size < devices.length) {
    throw invalidValue('Device indices must be unique') // inferred: the sentence.
  }
  if (own.length > 0 && !devices.includes(0)) throw invalidValue('A network interface with device index 0 is required') // inferred
  if (own.length > 1 && own.some((one) => one.AssociatePublicIpAddress !== undefined)) {
    throw invalidCombination(
      'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.',
    )
  }
  for (const one of own) checkInterface(one, input)
}

const built = new Set([
  'AssociatePublicIpAddress',
  'DeleteOnTermination',
  'Description',
  'DeviceIndex',
  'Groups',
  'InterfaceType',
  'Ipv6AddressCount',
  'Ipv6Addresses',
  'NetworkCardIndex',
  'NetworkInterfaceId',
  'PrivateIpAddress',
  'PrivateIpAddresses',
  'SecondaryPrivateIpAddressCount',
  'SubnetId',
])

function checkInterface(one: Specification, { MaxCount }: Launch): void {
  const unbuilt = Object.keys(one).find((name) => !built.has(name))
  if (unbuilt) throw new AwsError('NotImplemented', `RunInstances with NetworkInterfaces.${unbuilt} is not built.`, 501)
  if ((one.InterfaceType ?? 'interface') !== 'interface') {
    throw new AwsError('NotImplemented', `Network interfaces of type ${one.InterfaceType} are not built.`, 501)
  }
  if (one.NetworkCardIndex) throw invalidValue(`Network card index ${one.NetworkCardIndex} is invalid.`) // inferred
  if (!one.NetworkInterfaceId) {
    if (!one.SubnetId) throw missingParameter('subnetId')
    return
  }
  // inferred: these two sentences.
  if (one.SubnetId || one.Groups?.length || one.PrivateIpAddress || one.AssociatePublicIpAddress !== undefined) {
    throw invalidCombination('A network interface that exists already cannot be changed in the same request')
  }
  if ((MaxCount ?? 1) > 1) {
    throw invalidCombination('A network interface that exists already can only be given to a single instance')
  }
}

/** How many private addresses of its subnet a new interface takes. */
export function addressCount(one: Specification): number {
  const named = new Set([
    ...(one.PrivateIpAddress ? [one.PrivateIpAddress] : []),
    ...(one.PrivateIpAddresses ?? []).map((address) => address.PrivateIpAddress),
  ])
  return Math.max(1, named.size) + (one.SecondaryPrivateIpAddressCount ?? 0)
}

/** Makes or takes one interface of a new instance and puts it there. */
export function launchInterface(
  estate: Estate,
  one: Specification,
  input: Launch,
  InstanceId: string,
): NetworkInterfaceDocument {
  const DeviceIndex = one.DeviceIndex ?? 0
  if (one.NetworkInterfaceId) {
    const eni = estate.get(networkInterfaces, one.NetworkInterfaceId)
    if (eni.Attachment || eni.Status !== 'available') throw inUse(eni.NetworkInterfaceId)
    return attach(estate, eni, { InstanceId, DeviceIndex, DeleteOnTermination: one.DeleteOnTermination ?? false })
  }
  const subnet = estate.get(subnets, one.SubnetId!)
  const named = namedAddresses(one)
  // Only a lone interface gets a public address of the subnet's accord (EC2 User Guide, "Assign a public IPv4 address at launch").
  const bySubnet = (input.NetworkInterfaces?.length ?? 1) === 1 && (subnet.MapPublicIpOnLaunch ?? false)
  const eni = makeInterface(estate, subnet, {
    named,
    addresses: addressCount(one),
    ipv6: { count: one.Ipv6AddressCount, named: one.Ipv6Addresses?.map((address) => address.Ipv6Address ?? '') },
    Groups: groupsFor(estate, subnet, one.Groups),
    Description: one.Description ?? '',
    AssociatePublicIpAddress: one.AssociatePublicIpAddress ?? bySubnet,
    TagSet: givenTags(networkInterfaces, input.TagSpecifications, 'instance'),
  })
  const placed = attach(estate, eni, { InstanceId, DeviceIndex, DeleteOnTermination: one.DeleteOnTermination ?? true })
  return giveAmazonAddress(estate, placed)
}

export const inUse = (id: string): AwsError =>
  new AwsError('InvalidNetworkInterface.InUse', `Interface: [${id}] in use.`)

function namedAddresses(one: Specification): string[] {
  const listed = one.PrivateIpAddresses ?? []
  const primary = one.PrivateIpAddress ?? listed.find((address) => address.Primary)?.PrivateIpAddress
  const others = listed.map((address) => address.PrivateIpAddress ?? '').filter((address) => address !== primary)
  if (primary === undefined && others.length > 0) {
    throw invalidParameter('A primary private IP address is required with secondary ones.') // inferred: the sentence.
  }
  return primary === undefined ? [] : [primary, ...others]
}
