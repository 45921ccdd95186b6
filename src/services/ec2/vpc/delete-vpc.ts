import type { DeleteVpcRequest } from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies } from '../errors.ts'
import type { Estate } from '../estate.ts'
import {
  egressOnlyInternetGateways,
  securityGroupVpcs,
  transitGatewayAttachments,
  vpnGateways,
} from '../gateway-nouns.ts'
import { on } from '../needs.ts'
import {
  internetGateways,
  networkAcls,
  networkInterfaces,
  routeTables,
  securityGroups,
  subnets,
  vpcEndpoints,
  vpcs,
} from '../nouns.ts'
import { isMain } from '../route-table/make-route-table.ts'
import { removeSecurityGroup } from '../security-group/make-security-group.ts'
import { peeringsOf } from '../vpc-peering/peering.ts'

/** Takes the main route table, default ACL and default group with it; anything else in the VPC stops it. */
export const deleteVpc = ec2Operation<DeleteVpcRequest, object>('DeleteVpc', {
  needs: (input, estate) => [on(estate, 'DeleteVpc', vpcs, input.VpcId)],
  perform(input, estate) {
    const { VpcId } = estate.get(vpcs, input.VpcId)
    const own = contents(estate, VpcId)
    if (own.strangers.length > 0) throw hasDependencies('vpc', VpcId)
    for (const table of own.tables) estate.remove(routeTables, table.RouteTableId)
    for (const acl of own.acls) estate.remove(networkAcls, acl.NetworkAclId)
    for (const group of own.groups) removeSecurityGroup(estate, group.GroupId)
    estate.remove(vpcs, VpcId)
    return {}
  },
})

function contents(estate: Estate, vpcId: string) {
  const inside = (thing: { VpcId?: string }) => thing.VpcId === vpcId
  const tables = estate.list(routeTables).filter(inside)
  const acls = estate.list(networkAcls).filter(inside)
  const groups = estate.list(securityGroups).filter(inside)
  const strangers = [
    ...tables.filter((table) => !isMain(table)),
    ...acls.filter((acl) => !acl.IsDefault),
    ...groups.filter((group) => group.GroupName !== 'default'),
    ...estate.list(subnets).filter(inside),
    ...estate.list(networkInterfaces).filter(inside),
    ...estate.list(vpcEndpoints).filter(inside),
    ...estate.list(internetGateways).filter((gateway) => gateway.Attachments.some(inside)),
    ...estate.list(egressOnlyInternetGateways).filter((gateway) => gateway.Attachments.some(inside)),
    ...estate.list(vpnGateways).filter((gateway) => gateway.VpcAttachments.some(inside)),
    ...estate.list(transitGatewayAttachments).filter((attachment) => attachment.ResourceId === vpcId),
    ...estate.list(securityGroupVpcs).filter(inside),
    ...peeringsOf(estate, vpcId),
  ]
  return { tables, acls, groups, strangers }
}
