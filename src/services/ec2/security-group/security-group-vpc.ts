import type {
  AssociateSecurityGroupVpcRequest,
  AssociateSecurityGroupVpcResult,
  DescribeSecurityGroupVpcAssociationsRequest,
  DescribeSecurityGroupVpcAssociationsResult,
  DisassociateSecurityGroupVpcRequest,
  DisassociateSecurityGroupVpcResult,
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, filterOf, pageOf, type FilterTable } from '../describe.ts'
import type { SecurityGroupDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { SecurityGroupVpcDocument } from '../gateway-documents.ts'
import { securityGroupVpcs } from '../gateway-nouns.ts'
import { describing, on } from '../needs.ts'
import { networkInterfaces, securityGroups, vpcs } from '../nouns.ts'
import { without } from '../without.ts'

const needsOf = (operation: string) => (input: { GroupId?: string; VpcId?: string }, estate: Estate) => [
  on(estate, operation, securityGroups, input.GroupId),
  on(estate, operation, vpcs, input.VpcId),
]

/** A group may be worn in another VPC of its account and Region, too; never a default one. */
export const associateSecurityGroupVpc = ec2Operation<
  AssociateSecurityGroupVpcRequest,
  AssociateSecurityGroupVpcResult
>('AssociateSecurityGroupVpc', {
  needs: needsOf('AssociateSecurityGroupVpc'),
  perform(input, estate) {
    const group = estate.get(securityGroups, input.GroupId)
    const { VpcId } = estate.get(vpcs, input.VpcId)
    // inferred: both sentences.
    if (group.GroupName === 'default')
      throw invalidParameter('A default security group cannot be associated with a VPC')
    if (group.VpcId === VpcId) throw invalidParameter(`${group.GroupId} belongs to ${VpcId} already`)
    estate.save(securityGroupVpcs, {
      AssociationKey: `${group.GroupId}/${VpcId}`,
      GroupId: group.GroupId,
      GroupOwnerId: estate.account,
      VpcId,
      VpcOwnerId: estate.account,
      State: 'associated',
    })
    return { State: 'associated' }
  },
})

/** An interface there that wears it holds it. */
export const disassociateSecurityGroupVpc = ec2Operation<
  DisassociateSecurityGroupVpcRequest,
  DisassociateSecurityGroupVpcResult
>('DisassociateSecurityGroupVpc', {
  needs: needsOf('DisassociateSecurityGroupVpc'),
  perform(input, estate) {
    const { AssociationKey, GroupId, VpcId } = estate.get(securityGroupVpcs, `${input.GroupId}/${input.VpcId}`)
    const worn = estate
      .list(networkInterfaces)
      .some((eni) => eni.VpcId === VpcId && eni.Groups.some((group) => group.GroupId === GroupId))
    if (worn) throw new AwsError('DependencyViolation', `resource ${GroupId} has a dependent object`)
    estate.remove(securityGroupVpcs, AssociationKey)
    return { State: 'disassociating' }
  },
})

const filters: FilterTable<SecurityGroupVpcDocument> = {
  'group-id': (one) => one.GroupId,
  'group-owner-id': (one) => one.GroupOwnerId,
  state: (one) => one.State,
  'vpc-id': (one) => one.VpcId,
  'vpc-owner-id': (one) => one.VpcOwnerId,
}

export const describeSecurityGroupVpcAssociations = ec2Operation<
  DescribeSecurityGroupVpcAssociationsRequest,
  DescribeSecurityGroupVpcAssociationsResult
>('DescribeSecurityGroupVpcAssociations', {
  needs: (_, estate) => describing(estate, 'DescribeSecurityGroupVpcAssociations'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, securityGroupVpcs, filters, {
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { SecurityGroupVpcAssociations: things.map((one) => without(one, 'AssociationKey')), ...page }
  },
})

/** Whether interfaces of the VPC may wear the group. */
export function isOfVpc(estate: Estate, group: SecurityGroupDocument, vpcId: string): boolean {
  return group.VpcId === vpcId || estate.find(securityGroupVpcs, `${group.GroupId}/${vpcId}`) !== undefined
}

const groupFilters: FilterTable<SecurityGroupDocument> = {
  'group-id': (group) => group.GroupId,
  description: (group) => group.Description,
  'group-name': (group) => group.GroupName,
  'owner-id': (group) => group.OwnerId,
  'primary-vpc-id': (group) => group.VpcId,
}

/** Those that interfaces of the VPC may wear. */
export const getSecurityGroupsForVpc = ec2Operation<GetSecurityGroupsForVpcRequest, GetSecurityGroupsForVpcResult>(
  'GetSecurityGroupsForVpc',
  {
    needs: (input, estate) => [on(estate, 'GetSecurityGroupsForVpc', vpcs, input.VpcId)],
    perform(input, estate) {
      const { VpcId } = estate.get(vpcs, input.VpcId)
      const usable = estate
        .list(securityGroups)
        .filter((group) => isOfVpc(estate, group, VpcId))
        .filter(filterOf(securityGroups, groupFilters, input.Filters))
      const { things, ...page } = pageOf(
        usable,
        (group) => group.GroupId,
        `${VpcId} groups`,
        input.MaxResults,
        input.NextToken,
      )
      return {
        SecurityGroupForVpcs: things.map((group) => ({
          GroupId: group.GroupId,
          GroupName: group.GroupName,
          Description: group.Description ?? '',
          OwnerId: group.OwnerId!,
          PrimaryVpcId: group.VpcId,
          Tags: group.Tags ?? [],
        })),
        ...page,
      }
    },
  },
)
