import type { DescribeVpcsRequest, DescribeVpcsResult, Vpc } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { VpcDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { vpcs } from '../nouns.ts'
import { without } from '../without.ts'

const filters: FilterTable<VpcDocument> = {
  cidr: (vpc) => vpc.CidrBlock,
  'cidr-block-association.cidr-block': (vpc) => vpc.CidrBlockAssociationSet.map((one) => one.CidrBlock),
  'cidr-block-association.association-id': (vpc) => vpc.CidrBlockAssociationSet.map((one) => one.AssociationId),
  'cidr-block-association.state': (vpc) => vpc.CidrBlockAssociationSet.map((one) => one.CidrBlockState?.State),
  'dhcp-options-id': (vpc) => vpc.DhcpOptionsId,
  'is-default': (vpc) => vpc.IsDefault,
  isDefault: (vpc) => vpc.IsDefault,
  'ipv6-cidr-block-association.association-id': (vpc) =>
    vpc.Ipv6CidrBlockAssociationSet?.map((one) => one.AssociationId),
  'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) =>
    vpc.Ipv6CidrBlockAssociationSet?.map((one) => one.Ipv6CidrBlock),
  'ipv6-cidr-block-association.ipv6-pool': (vpc) => vpc.Ipv6CidrBlockAssociationSet?.map((one) => one.Ipv6Pool),
  'ipv6-cidr-block-association.state': (vpc) =>
    vpc.Ipv6CidrBlockAssociationSet?.map((one) => one.Ipv6CidrBlockState?.State),
  'owner-id': (vpc) => vpc.OwnerId,
  state: (vpc) => vpc.State,
  'vpc-id': (vpc) => vpc.VpcId,
}

/** As DescribeVpcs prints it: without the attributes that DescribeVpcAttribute reads. */
export function vpcView(vpc: VpcDocument): Shape<Vpc> {
  return without(vpc, 'EnableDnsSupport', 'EnableDnsHostnames', 'EnableNetworkAddressUsageMetrics')
}

export const describeVpcs = ec2Operation<DescribeVpcsRequest, DescribeVpcsResult>('DescribeVpcs', {
  needs: (_, estate) => describing(estate, 'DescribeVpcs'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, vpcs, filters, {
      ids: input.VpcIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { Vpcs: things.map(vpcView), ...page }
  },
})
