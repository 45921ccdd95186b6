import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ec2Epoch, networkDocuments } from '../../src/services/ec2/documents.ts'
import { ACCOUNT, enableHostnames, newEstate, REGION, withSubnet } from './estate.ts'

test('an account starts without a VPC, and says so', () => {
  assert.deepEqual(newEstate().ask('DescribeVpcs', {}), { Vpcs: [] })
})

test('a VPC comes with its main route table, default ACL, default group and DHCP options', () => {
  const estate = newEstate()
  const { Vpc: vpc } = estate.ask('CreateVpc', { CidrBlock: '10.1.2.3/16' })
  assert.match(vpc!.VpcId!, /^vpc-[0-9a-f]{17}$/)
  assert.equal(vpc!.CidrBlock, '10.1.0.0/16', 'host bits are zeroed')
  assert.ok(!('EnableDnsSupport' in vpc!))

  const [table] = estate.ask('DescribeRouteTables', {}).RouteTables!
  assert.equal(table!.Associations![0]!.Main, true)
  assert.deepEqual(table!.Routes, [
    { DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
  ])
  const [acl] = estate.ask('DescribeNetworkAcls', {}).NetworkAcls!
  assert.equal(acl!.IsDefault, true)
  assert.deepEqual(
    acl!.Entries!.map((entry) => [entry.Egress, entry.RuleNumber, entry.RuleAction]),
    [
      [true, 100, 'allow'],
      [true, 32767, 'deny'],
      [false, 100, 'allow'],
      [false, 32767, 'deny'],
    ],
  )
  const [group] = estate.ask('DescribeSecurityGroups', {}).SecurityGroups!
  assert.equal(group!.GroupName, 'default')
  assert.deepEqual(group!.IpPermissions, [
    {
      IpProtocol: '-1',
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [{ GroupId: group!.GroupId!, UserId: ACCOUNT }],
    },
  ])
  assert.deepEqual(group!.IpPermissionsEgress![0]!.IpRanges, [{ CidrIp: '0.0.0.0/0' }])
  const [options] = estate.ask('DescribeDhcpOptions', {}).DhcpOptions!
  assert.equal(options!.DhcpOptionsId, vpc!.DhcpOptionsId)
  assert.deepEqual(options!.DhcpConfigurations![0], { Key: 'domain-name', Values: [{ Value: 'ec2.internal' }] })
  estate.ask('CreateVpc', { CidrBlock: '10.2.0.0/16' })
  assert.equal(estate.ask('DescribeDhcpOptions', {}).DhcpOptions!.length, 1, 'the default set is shared')
})

test('VPC blocks lie between /16 and /28', () => {
  const estate = newEstate()
  estate.refuses('CreateVpc', { CidrBlock: '10.0.0.0/8' }, 'InvalidVpc.Range', "The CIDR '10.0.0.0/8' is invalid.")
  estate.refuses('CreateVpc', { CidrBlock: '10.0.0.0/29' }, 'InvalidVpc.Range')
  estate.refuses(
    'CreateVpc',
    { CidrBlock: '10.0.0/16' },
    'InvalidParameterValue',
    'Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  )
  estate.refuses('DescribeVpcs', { VpcIds: ['vpc-1'] }, 'InvalidVpcID.NotFound', "The vpc ID 'vpc-1' does not exist")
})

test('DNS attributes are read and written one at a time', () => {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  const read = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
    estate.ask('DescribeVpcAttribute', { VpcId, Attribute })
  assert.deepEqual(read('enableDnsSupport'), { VpcId, EnableDnsSupport: { Value: true } })
  assert.deepEqual(read('enableDnsHostnames'), { VpcId, EnableDnsHostnames: { Value: false } })
  enableHostnames(estate, VpcId)
  assert.deepEqual(read('enableDnsHostnames'), { VpcId, EnableDnsHostnames: { Value: true } })
  const both = { EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } }
  estate.refuses('ModifyVpcAttribute', { VpcId, ...both }, 'InvalidParameterCombination')
})

test('a VPC goes only when nothing but its own defaults is in it', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const held = () =>
    estate.refuses(
      'DeleteVpc',
      { VpcId },
      'DependencyViolation',
      `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
    )
  held()
  estate.ask('DeleteSubnet', { SubnetId })
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'own', Description: 'own' }).GroupId!
  held()
  estate.ask('DeleteSecurityGroup', { GroupId })
  const { InternetGatewayId } = estate.ask('CreateInternetGateway', {}).InternetGateway!
  estate.ask('AttachInternetGateway', { InternetGatewayId: InternetGatewayId!, VpcId })
  held()
  estate.ask('DetachInternetGateway', { InternetGatewayId: InternetGatewayId!, VpcId })
  const { RouteTableId } = estate.ask('CreateRouteTable', { VpcId }).RouteTable!
  held()
  estate.ask('DeleteRouteTable', { RouteTableId: RouteTableId! })
  estate.ask('DeleteVpc', { VpcId })
  for (const [operation, list] of [
    ['DescribeVpcs', 'Vpcs'],
    ['DescribeRouteTables', 'RouteTables'],
    ['DescribeNetworkAcls', 'NetworkAcls'],
    ['DescribeSecurityGroups', 'SecurityGroups'],
    ['DescribeSecurityGroupRules', 'SecurityGroupRules'],
  ] as const) {
    assert.deepEqual((estate.ask(operation, {}) as Record<string, unknown>)[list], [], `${operation} is empty again`)
  }
})

test('a second block widens every route table, and a used one stays', () => {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  estate.refuses('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.0.128.0/17' }, 'InvalidVpc.Range')
  const added = estate.ask('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.9.0.0/16' }).CidrBlockAssociation!
  const locals = () =>
    estate.ask('DescribeRouteTables', {}).RouteTables![0]!.Routes!.map((route) => route.DestinationCidrBlock)
  assert.deepEqual(locals(), ['10.0.0.0/16', '10.9.0.0/16'])
  const { SubnetId } = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.9.1.0/24' }).Subnet!
  estate.refuses('DisassociateVpcCidrBlock', { AssociationId: added.AssociationId! }, 'OperationNotPermitted')
  estate.ask('DeleteSubnet', { SubnetId: SubnetId! })
  estate.ask('DisassociateVpcCidrBlock', { AssociationId: added.AssociationId! })
  assert.deepEqual(locals(), ['10.0.0.0/16'])
})

test('the network documents are what was made, and their epoch moves with every change', () => {
  const estate = newEstate()
  const before = ec2Epoch(estate.store)
  const { VpcId } = withSubnet(estate)
  const after = ec2Epoch(estate.store)
  assert.ok(after > before)
  const documents = networkDocuments(estate.store, ACCOUNT, REGION)
  assert.equal(documents.Vpcs[0]!.EnableDnsSupport, true)
  assert.equal(documents.Subnets[0]!.VpcId, VpcId)
  assert.ok(documents.ManagedPrefixLists.some((list) => list.PrefixListId === 'pl-63a5400a'))
  assert.deepEqual(networkDocuments(estate.store, '210987654321', REGION).Vpcs, [], 'accounts are apart')
  assert.deepEqual(networkDocuments(estate.store, ACCOUNT, 'eu-west-1').Vpcs, [], 'and Regions')
  estate.ask('DescribeVpcs', {})
  assert.equal(ec2Epoch(estate.store), after, 'reading changes nothing')
})

test('accounts do not see each other', () => {
  const mine = newEstate()
  const { VpcId } = withSubnet(mine)
  const theirs = newEstate({ store: mine.store, account: '210987654321' })
  theirs.refuses('DescribeVpcs', { VpcIds: [VpcId] }, 'InvalidVpcID.NotFound')
  theirs.refuses('DeleteVpc', { VpcId }, 'InvalidVpcID.NotFound')
})

test('a dry run says that it would have succeeded, and changes nothing', () => {
  const estate = newEstate()
  const text = 'Request would have succeeded, but DryRun flag is set.'
  estate.refuses('CreateVpc', { CidrBlock: '10.0.0.0/16', DryRun: true }, 'DryRunOperation', text)
  assert.deepEqual(estate.ask('DescribeVpcs', {}).Vpcs, [])
})

test('a refused operation leaves nothing behind', () => {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  const { GroupId } = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' })
  const rule = (port: number) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  })
  const tags = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'a', Value: 'b' }] }]
  const before = estate.store.count('ec2/security-group-rule')
  estate.refuses(
    'AuthorizeSecurityGroupIngress',
    { GroupId: GroupId!, IpPermissions: [rule(80)], TagSpecifications: tags },
    'InvalidParameterValue',
    "'vpc' is not a valid taggable resource type for this operation.",
  )
  assert.equal(estate.store.count('ec2/security-group-rule'), before)
})
