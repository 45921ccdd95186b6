import type { CreateVpcRequest, CreateVpcResult } from '@aws-sdk/client-ec2'
import { formatCidr } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { givenCidr } from '../cidr.ts'
import { defaultDhcpOptions } from '../dhcp-options/default-options.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import { making } from '../needs.ts'
import { makeNetworkAcl } from '../network-acl/make-network-acl.ts'
import { vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { makeRouteTable } from '../route-table/make-route-table.ts'
import { makeSecurityGroup } from '../security-group/make-security-group.ts'
import { givenTags } from '../tags.ts'
import { vpcView } from './describe-vpcs.ts'

/**
 * A VPC comes with its main route table, its default network ACL (allows all) and its default security group
 * (everything among its members, everything out). Accounts start without a default VPC here, as they do on AWS
 * once it has been deleted: CreateDefaultVpc is not built.
 */
export const createVpc = ec2Operation<CreateVpcRequest, CreateVpcResult>('CreateVpc', {
  needs: (input, estate) => making(estate, 'CreateVpc', vpcs, input.TagSpecifications),
  perform(input, estate) {
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
    const block = givenCidr(input.CidrBlock, 'cidrBlock')
    if (block.length < 16 || block.length > 28) {
      throw new AwsError('InvalidVpc.Range', `The CIDR '${input.CidrBlock}' is invalid.`)
    }
    within('vpcs', estate.list(vpcs).length + 1)
    const CidrBlock = formatCidr(block)
    const vpc = estate.save(vpcs, {
      VpcId: estate.mint(vpcs.prefix),
      CidrBlock,
      CidrBlockAssociationSet: [
        { AssociationId: estate.mint('vpc-cidr-assoc-'), CidrBlock, CidrBlockState: { State: 'associated' } },
      ],
      DhcpOptionsId: defaultDhcpOptions(estate).DhcpOptionsId,
      InstanceTenancy: input.InstanceTenancy ?? 'default',
      IsDefault: false,
      Ipv6CidrBlockAssociationSet: [],
      OwnerId: estate.account,
      State: 'available',
      Tags: givenTags(vpcs, input.TagSpecifications),
      EnableDnsSupport: true,
      EnableDnsHostnames: false,
    })
    makeRouteTable(estate, vpc, { main: true })
    makeNetworkAcl(estate, vpc.VpcId, { isDefault: true })
    makeSecurityGroup(estate, vpc.VpcId, { name: 'default', description: 'default VPC security group' })
    return { Vpc: vpcView(vpc) }
  },
})
