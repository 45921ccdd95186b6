import type { DescribeSubnetsRequest, DescribeSubnetsResult, Subnet } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { SubnetDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { networkInterfaces, subnets } from '../nouns.ts'
import { addressesInUse, freeCount } from './free-addresses.ts'

const filters = (used: Map<string, Set<number>>): FilterTable<SubnetDocument> => ({
  'availability-zone': (subnet) => subnet.AvailabilityZone,
  availabilityZone: (subnet) => subnet.AvailabilityZone,
  'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
  availabilityZoneId: (subnet) => subnet.AvailabilityZoneId,
  'available-ip-address-count': (subnet) => freeCount(subnet, used),
  cidr: (subnet) => subnet.CidrBlock,
  'cidr-block': (subnet) => subnet.CidrBlock,
  cidrBlock: (subnet) => subnet.CidrBlock,
  'default-for-az': (subnet) => subnet.DefaultForAz,
  defaultForAz: (subnet) => subnet.DefaultForAz,
  'enable-dns64': (subnet) => subnet.EnableDns64,
  'ipv6-cidr-block-association.association-id': (subnet) =>
    subnet.Ipv6CidrBlockAssociationSet?.map((one) => one.AssociationId),
  'ipv6-cidr-block-association.ipv6-cidr-block': (subnet) =>
    subnet.Ipv6CidrBlockAssociationSet?.map((one) => one.Ipv6CidrBlock),
  'ipv6-cidr-block-association.state': (subnet) =>
    subnet.Ipv6CidrBlockAssociationSet?.map((one) => one.Ipv6CidrBlockState?.State),
  'ipv6-native': (subnet) => subnet.Ipv6Native,
  'private-dns-name-options-on-launch.hostname-type': (subnet) => subnet.PrivateDnsNameOptionsOnLaunch?.HostnameType,
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': (subnet) =>
    subnet.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsARecord,
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': (subnet) =>
    subnet.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsAAAARecord,
  'map-public-ip-on-launch': (subnet) => subnet.MapPublicIpOnLaunch,
  'owner-id': (subnet) => subnet.OwnerId,
  state: (subnet) => subnet.State,
  'subnet-arn': (subnet) => subnet.SubnetArn,
  'subnet-id': (subnet) => subnet.SubnetId,
  'vpc-id': (subnet) => subnet.VpcId,
})

export function subnetView(subnet: SubnetDocument, used: Map<string, Set<number>>): Shape<Subnet> {
  return { ...subnet, AvailableIpAddressCount: freeCount(subnet, used) }
}

export const describeSubnets = ec2Operation<DescribeSubnetsRequest, DescribeSubnetsResult>('DescribeSubnets', {
  needs: (_, estate) => describing(estate, 'DescribeSubnets'),
  perform(input, estate) {
    const used = addressesInUse(estate.list(networkInterfaces))
    const { things, ...page } = describe(estate, subnets, filters(used), {
      ids: input.SubnetIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { Subnets: things.map((subnet) => subnetView(subnet, used)), ...page }
  },
})
