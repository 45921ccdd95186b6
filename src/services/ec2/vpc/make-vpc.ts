import { formatCidr, type Cidr } from '../../../network/addresses.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { Vpc } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { givenCidr } from '../cidr.ts'
import { defaultDhcpOptions } from '../dhcp-options/default-options.ts'
import type { VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { makeNetworkAcl } from '../network-acl/make-network-acl.ts'
import { vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { makeRouteTable } from '../route-table/make-route-table.ts'
import { makeSecurityGroup } from '../security-group/make-security-group.ts'
import { amazonIpv6Block } from './vpc-ipv6.ts'

/** An IPv4 block of a VPC: /16 to /28. */
export function givenVpcBlock(text: string): Cidr {
  const block = givenCidr(text, 'cidrBlock')
  if (block.length < 16 || block.length > 28) throw new AwsError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`)
  return block
}

/**
 * A VPC comes with its main route table, its default network ACL (allows all) and its default security group
 * (everything among its members, everything out).
 */
export function makeVpc(
  estate: Estate,
  block: Cidr,
  { ipv6 = false, ...more }: Partial<Shape<Vpc>> & { EnableDnsHostnames?: boolean; ipv6?: boolean },
): VpcDocument {
  within('vpcs', estate.list(vpcs).length + 1)
  const CidrBlock = formatCidr(block)
  const vpc = estate.save(vpcs, {
    VpcId: estate.mint(vpcs.prefix),
    CidrBlock,
    CidrBlockAssociationSet: [
      { AssociationId: estate.mint('vpc-cidr-assoc-'), CidrBlock, CidrBlockState: { State: 'associated' } },
    ],
    DhcpOptionsId: defaultDhcpOptions(estate).DhcpOptionsId,
    InstanceTenancy: 'default',
    IsDefault: false,
    Ipv6CidrBlockAssociationSet: ipv6 ? [amazonIpv6Block(estate)] : [],
    OwnerId: estate.account,
    State: 'available',
    Tags: [],
    EnableDnsSupport: true,
    EnableDnsHostnames: false,
    ...more,
  })
  makeRouteTable(estate, vpc, { main: true })
  makeNetworkAcl(estate, vpc, { isDefault: true })
  makeSecurityGroup(estate, vpc, { name: 'default', description: 'default VPC security group' })
  return vpc
}
