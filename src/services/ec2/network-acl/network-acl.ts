import type {
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
} from '@aws-sdk/client-ec2'
import { describe, type FilterTable } from '../describe.ts'
import type { NetworkAclDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { associationNotFound, hasDependencies, invalidParameter, invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, making, on } from '../needs.ts'
import { networkAcls, subnets, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { makeNetworkAcl } from './make-network-acl.ts'

export const createNetworkAcl = ec2Operation<CreateNetworkAclRequest, CreateNetworkAclResult>('CreateNetworkAcl', {
  needs: (input, estate) => [
    ...making(estate, 'CreateNetworkAcl', networkAcls, input.TagSpecifications),
    on(estate, 'CreateNetworkAcl', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    within('networkAclsPerVpc', estate.list(networkAcls).filter((acl) => acl.VpcId === vpc.VpcId).length + 1)
    return { NetworkAcl: makeNetworkAcl(estate, vpc, { tags: givenTags(networkAcls, input.TagSpecifications) }) }
  },
})

const filters: FilterTable<NetworkAclDocument> = {
  'association.association-id': (acl) => acl.Associations.map((one) => one.NetworkAclAssociationId),
  'association.network-acl-id': (acl) => acl.Associations.map((one) => one.NetworkAclId),
  'association.subnet-id': (acl) => acl.Associations.map((one) => one.SubnetId),
  default: (acl) => acl.IsDefault,
  'entry.cidr': (acl) => acl.Entries.map((entry) => entry.CidrBlock),
  'entry.ipv6-cidr': (acl) => acl.Entries.map((entry) => entry.Ipv6CidrBlock),
  'entry.icmp.code': (acl) => acl.Entries.map((entry) => entry.IcmpTypeCode?.Code),
  'entry.icmp.type': (acl) => acl.Entries.map((entry) => entry.IcmpTypeCode?.Type),
  'entry.egress': (acl) => acl.Entries.map((entry) => entry.Egress),
  'entry.port-range.from': (acl) => acl.Entries.map((entry) => entry.PortRange?.From),
  'entry.port-range.to': (acl) => acl.Entries.map((entry) => entry.PortRange?.To),
  'entry.protocol': (acl) => acl.Entries.map((entry) => entry.Protocol),
  'entry.rule-action': (acl) => acl.Entries.map((entry) => entry.RuleAction),
  'entry.rule-number': (acl) => acl.Entries.map((entry) => entry.RuleNumber),
  'network-acl-id': (acl) => acl.NetworkAclId,
  'owner-id': (acl) => acl.OwnerId,
  'vpc-id': (acl) => acl.VpcId,
}

export const describeNetworkAcls = ec2Operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult>(
  'DescribeNetworkAcls',
  {
    needs: (_, estate) => describing(estate, 'DescribeNetworkAcls'),
    perform(input, estate) {
      const { things, ...page } = describe(estate, networkAcls, filters, {
        ids: input.NetworkAclIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { NetworkAcls: things, ...page }
    },
  },
)

export const deleteNetworkAcl = ec2Operation<DeleteNetworkAclRequest, object>('DeleteNetworkAcl', {
  needs: (input, estate) => [on(estate, 'DeleteNetworkAcl', networkAcls, input.NetworkAclId)],
  perform(input, estate) {
    const acl = estate.get(networkAcls, input.NetworkAclId)
    if (acl.IsDefault) throw invalidParameter(`cannot delete default network ACL ${acl.NetworkAclId}`)
    if (acl.Associations.length > 0) throw hasDependencies('networkAcl', acl.NetworkAclId)
    estate.remove(networkAcls, acl.NetworkAclId)
    return {}
  },
})

/** The only way to move a subnet to another ACL: a subnet always has exactly one. */
export const replaceNetworkAclAssociation = ec2Operation<
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult
>('ReplaceNetworkAclAssociation', {
  needs: (input, estate) => [
    on(estate, 'ReplaceNetworkAclAssociation', networkAcls, input.NetworkAclId),
    on(estate, 'ReplaceNetworkAclAssociation', subnets, holderOf(estate, input.AssociationId)?.association.SubnetId),
  ],
  perform(input, estate) {
    const found = holderOf(estate, input.AssociationId)
    if (!found) throw associationNotFound(input.AssociationId)
    const { acl: old, association } = found
    if (estate.get(networkAcls, input.NetworkAclId).VpcId !== old.VpcId) {
      throw invalidValue(`network acl ${input.NetworkAclId} and network ${old.VpcId} belong to different networks.`)
    }
    estate.save(networkAcls, { ...old, Associations: old.Associations.filter((one) => one !== association) })
    const acl = estate.get(networkAcls, input.NetworkAclId)
    const NewAssociationId = estate.mint('aclassoc-')
    const moved = {
      ...association,
      NetworkAclAssociationId: NewAssociationId,
      NetworkAclId: acl.NetworkAclId,
    }
    estate.save(networkAcls, { ...acl, Associations: [...acl.Associations, moved] })
    return { NewAssociationId }
  },
})

function holderOf(estate: Estate, associationId: string | undefined) {
  for (const acl of estate.list(networkAcls)) {
    const association = acl.Associations.find((one) => one.NetworkAclAssociationId === associationId)
    if (association) return { acl, association }
  }
  return undefined
}
