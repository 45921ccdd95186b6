import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalBlock, formatCidr6, parseCidr6 } from '../../src/services/ec2/ipv6.ts'
import { newEstate, type TestEstate } from './estate.ts'

/** A dual-stack VPC and the first /64 of its block. */
function dualStack(estate: TestEstate) {
  const vpc = estate.ask('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }).Vpc!
  const block = vpc.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock!
  return { VpcId: vpc.VpcId!, block, first: block.replace('/56', '/64') }
}

test('blocks are spelled as EC2 spells them', () => {
  assert.equal(formatCidr6(parseCidr6('2600:1F18:0:0:0:0:0:1/56')!), '2600:1f18::/56')
  assert.equal(canonicalBlock('10.1.2.3/8', 'cidr'), '10.0.0.0/8')
  assert.equal(canonicalBlock('::/0', 'cidr'), '::/0')
  for (const text of ['10.0.0.0/8', '::1', '::/129', '::/x', 'fe80::1%eth0/64', '::/0/0', '']) {
    assert.equal(parseCidr6(text), undefined, text)
  }
})

test('a dual-stack VPC has a /56 of its own, and everything that comes with it lets IPv6 through', () => {
  const estate = newEstate()
  const { VpcId, block } = dualStack(estate)
  assert.match(block, /^2600:1f18:[0-9a-f:]+::\/56$/)
  assert.notEqual(dualStack(estate).block, block)
  const [table] = estate.ask('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }).RouteTables!
  assert.ok(table!.Routes!.some((one) => one.DestinationIpv6CidrBlock === block && one.GatewayId === 'local'))
  const [acl] = estate.ask('DescribeNetworkAcls', { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }).NetworkAcls!
  assert.deepEqual(
    acl!.Entries!.filter((one) => !one.Egress).map((one) => [one.RuleNumber, one.CidrBlock ?? one.Ipv6CidrBlock]),
    [
      [100, '0.0.0.0/0'],
      [101, '::/0'],
      [32767, '0.0.0.0/0'],
      [32768, '::/0'],
    ],
  )
  const [group] = estate.ask('DescribeSecurityGroups', {
    Filters: [{ Name: 'vpc-id', Values: [VpcId] }],
  }).SecurityGroups!
  assert.deepEqual(group!.IpPermissionsEgress![0]!.Ipv6Ranges, [{ CidrIpv6: '::/0' }])
})

test('a VPC that becomes dual-stack later opens what was as it was made, and nothing that was changed', () => {
  const estate = newEstate()
  const VpcId = estate.ask('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc!.VpcId!
  const NetworkAclId = estate.ask('CreateNetworkAcl', { VpcId }).NetworkAcl!.NetworkAclId!
  const [byDefault] = estate.ask('DescribeNetworkAcls', {
    Filters: [{ Name: 'default', Values: ['true'] }],
  }).NetworkAcls!
  estate.ask('DeleteNetworkAclEntry', { NetworkAclId: byDefault!.NetworkAclId!, RuleNumber: 100, Egress: false })
  estate.ask('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true })
  const ipv6 = (id: string) =>
    estate
      .ask('DescribeNetworkAcls', { NetworkAclIds: [id] })
      .NetworkAcls![0]!.Entries!.filter((one) => one.Ipv6CidrBlock)
      .map((one) => `${one.Egress ? 'out' : 'in'} ${one.RuleNumber}`)
  assert.deepEqual(ipv6(byDefault!.NetworkAclId!), ['out 101', 'out 32768', 'in 32768'])
  assert.deepEqual(ipv6(NetworkAclId), ['out 32768', 'in 32768'])
  estate.refuses(
    'DeleteNetworkAclEntry',
    { NetworkAclId, RuleNumber: 32768, Egress: true },
    'InvalidNetworkAclEntry.NotFound',
  )
})

test('subnets take /64s of the VPC’s block, one each', () => {
  const estate = newEstate()
  const { VpcId, block, first } = dualStack(estate)
  const made = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24', Ipv6CidrBlock: first }).Subnet!
  assert.equal(made.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock, first)
  const SubnetId = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' }).Subnet!.SubnetId!
  const enable = { SubnetId, AssignIpv6AddressOnCreation: { Value: true } }
  estate.refuses('ModifySubnetAttribute', enable, 'InvalidParameterValue', /does not have an IPv6 CIDR block/)
  const join = (Ipv6CidrBlock: string) => ({ SubnetId, Ipv6CidrBlock })
  estate.refuses('AssociateSubnetCidrBlock', join(first), 'InvalidSubnet.Conflict')
  estate.refuses('AssociateSubnetCidrBlock', join('2001:db8::/64'), 'InvalidSubnet.Range')
  estate.refuses('AssociateSubnetCidrBlock', join(block), 'InvalidSubnet.Range')
  estate.refuses('AssociateSubnetCidrBlock', join('no block'), 'InvalidParameterValue')
  const second = first.replace('00::/64', '01::/64')
  const { AssociationId } = estate.ask('AssociateSubnetCidrBlock', join(second)).Ipv6CidrBlockAssociation!
  estate.refuses('AssociateSubnetCidrBlock', join(second), 'SubnetIpv6CidrBlockLimitExceeded')
  estate.ask('ModifySubnetAttribute', enable)
  const here = [{ Name: 'ipv6-cidr-block-association.ipv6-cidr-block', Values: [second] }]
  assert.equal(estate.ask('DescribeSubnets', { Filters: here }).Subnets![0]!.AssignIpv6AddressOnCreation, true)
  const vpcAssociation = estate.ask('DescribeVpcs', { VpcIds: [VpcId] }).Vpcs![0]!.Ipv6CidrBlockAssociationSet![0]!
  const whole = { AssociationId: vpcAssociation.AssociationId! }
  estate.refuses('DisassociateVpcCidrBlock', whole, 'OperationNotPermitted')
  for (const id of [AssociationId, made.Ipv6CidrBlockAssociationSet![0]!.AssociationId]) {
    estate.ask('DisassociateSubnetCidrBlock', { AssociationId: id! })
  }
  estate.refuses(
    'DisassociateSubnetCidrBlock',
    { AssociationId: AssociationId! },
    'InvalidSubnetCidrBlockAssociationID.NotFound',
  )
  estate.ask('DisassociateVpcCidrBlock', whole)
  const [table] = estate.ask('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }).RouteTables!
  assert.deepEqual(
    table!.Routes!.map((one) => one.DestinationIpv6CidrBlock),
    [undefined],
  )
})

test('IPv6 leaves by an internet gateway or an egress-only one', () => {
  const estate = newEstate()
  const { VpcId } = dualStack(estate)
  const { EgressOnlyInternetGatewayId } = estate.ask('CreateEgressOnlyInternetGateway', {
    VpcId,
    ClientToken: 'once',
  }).EgressOnlyInternetGateway!
  assert.equal(
    estate.ask('CreateEgressOnlyInternetGateway', { VpcId, ClientToken: 'once' }).EgressOnlyInternetGateway!
      .EgressOnlyInternetGatewayId,
    EgressOnlyInternetGatewayId,
  )
  const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const id = EgressOnlyInternetGatewayId!
  const to = { RouteTableId, EgressOnlyInternetGatewayId: id }
  estate.refuses('CreateRoute', { ...to, DestinationCidrBlock: '0.0.0.0/0' }, 'InvalidParameterValue')
  estate.ask('CreateRoute', { ...to, DestinationIpv6CidrBlock: '0::0/0' })
  const route = () =>
    estate
      .ask('DescribeRouteTables', { RouteTableIds: [RouteTableId] })
      .RouteTables![0]!.Routes!.find((one) => one.DestinationIpv6CidrBlock === '::/0')
  assert.equal(route()!.State, 'active')
  estate.refuses('DeleteVpc', { VpcId }, 'DependencyViolation')
  estate.ask('DeleteEgressOnlyInternetGateway', { EgressOnlyInternetGatewayId: id })
  assert.equal(route()!.State, 'blackhole')
  estate.refuses(
    'DescribeEgressOnlyInternetGateways',
    { EgressOnlyInternetGatewayIds: [id] },
    'InvalidEgressOnlyInternetGatewayId.NotFound',
  )
  estate.ask('DeleteRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0' })
  estate.refuses(
    'DeleteRoute',
    { RouteTableId, DestinationIpv6CidrBlock: '::/0' },
    'InvalidRoute.NotFound',
    `no route with destination-ipv6-cidr-block ::/0 in route table ${RouteTableId}`,
  )
})

test('rules and ACL entries take IPv6 blocks', () => {
  const estate = newEstate()
  const { VpcId } = dualStack(estate)
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Ipv6Ranges: [{ CidrIpv6: '2001:DB8::1/32' }] }
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [https] })
  const [group] = estate.ask('DescribeSecurityGroups', { GroupIds: [GroupId] }).SecurityGroups!
  assert.deepEqual(group!.IpPermissions![0]!.Ipv6Ranges, [{ CidrIpv6: '2001:db8::/32' }])
  const NetworkAclId = estate.ask('CreateNetworkAcl', { VpcId }).NetworkAcl!.NetworkAclId!
  const entry = { NetworkAclId, RuleNumber: 10, Egress: false, RuleAction: 'allow' as const, Protocol: '58' }
  estate.refuses('CreateNetworkAclEntry', { ...entry, Ipv6CidrBlock: '::/0' }, 'MissingParameter')
  const icmp = { ...entry, Ipv6CidrBlock: '::/0', IcmpTypeCode: { Type: -1, Code: -1 } }
  estate.refuses('CreateNetworkAclEntry', { ...icmp, CidrBlock: '0.0.0.0/0' }, 'InvalidParameterCombination')
  estate.ask('CreateNetworkAclEntry', icmp)
  const found = estate.ask('DescribeNetworkAcls', { Filters: [{ Name: 'entry.icmp.type', Values: ['-1'] }] })
  assert.equal(found.NetworkAcls![0]!.NetworkAclId, NetworkAclId)
})
