import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet } from './estate.ts'

test('the default VPC is public, with a subnet in every zone', () => {
  const estate = newEstate()
  const attribute = () =>
    estate.ask('DescribeAccountAttributes', { AttributeNames: ['default-vpc'] }).AccountAttributes![0]!
      .AttributeValues![0]!.AttributeValue
  assert.equal(attribute(), 'none')
  estate.refuses('CreateDefaultSubnet', { AvailabilityZone: 'us-east-1a' }, 'DefaultVpcDoesNotExist')
  const { VpcId, IsDefault, CidrBlock } = estate.ask('CreateDefaultVpc', {}).Vpc!
  assert.deepEqual([IsDefault, CidrBlock, attribute()], [true, '172.31.0.0/16', VpcId])
  estate.refuses('CreateDefaultVpc', {}, 'DefaultVpcAlreadyExists')
  const { Subnets } = estate.ask('DescribeSubnets', { Filters: [{ Name: 'default-for-az', Values: ['true'] }] })
  const zones = estate.ask('DescribeAvailabilityZones', {}).AvailabilityZones!
  assert.equal(Subnets!.length, zones.length)
  assert.ok(Subnets!.every((subnet) => subnet.MapPublicIpOnLaunch && subnet.AvailableIpAddressCount === 4091))
  assert.ok(Subnets!.some((subnet) => subnet.CidrBlock === '172.31.0.0/20'))
  const [table] = estate.ask('DescribeRouteTables', {}).RouteTables!
  assert.match(table!.Routes!.find((route) => route.DestinationCidrBlock === '0.0.0.0/0')!.GatewayId!, /^igw-/)
  assert.equal(
    estate.ask('DescribeVpcAttribute', { VpcId: VpcId!, Attribute: 'enableDnsHostnames' }).EnableDnsHostnames!.Value,
    true,
  )
  const taken = { AvailabilityZone: zones[0]!.ZoneName! }
  estate.refuses('CreateDefaultSubnet', taken, 'DefaultSubnetAlreadyExistsInAvailabilityZone')
  const first = Subnets!.find((subnet) => subnet.AvailabilityZone === taken.AvailabilityZone)!
  estate.ask('DeleteSubnet', { SubnetId: first.SubnetId! })
  assert.equal(estate.ask('CreateDefaultSubnet', taken).Subnet!.CidrBlock, first.CidrBlock)
})

test('in it groups go by name', () => {
  const estate = newEstate()
  const { VpcId: other } = withSubnet(estate)
  const group = { GroupName: 'web', Description: 'web' }
  estate.refuses('CreateSecurityGroup', group, 'VPCIdNotSpecified')
  estate.ask('CreateSecurityGroup', { ...group, VpcId: other })
  const named = { GroupNames: ['web'] }
  estate.refuses('DescribeSecurityGroups', named, 'InvalidGroup.NotFound', "The security group 'web' does not exist")
  const VpcId = estate.ask('CreateDefaultVpc', {}).Vpc!.VpcId!
  const GroupId = estate.ask('CreateSecurityGroup', group).GroupId!
  assert.equal(estate.ask('DescribeSecurityGroups', named).SecurityGroups![0]!.VpcId, VpcId)
  const ssh = { GroupName: 'web', IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }
  estate.ask('AuthorizeSecurityGroupIngress', ssh)
  const [need] = estate.needs('AuthorizeSecurityGroupIngress', ssh)
  assert.match(need!.resource, new RegExp(`security-group/${GroupId}$`))
  estate.ask('RevokeSecurityGroupIngress', ssh)
  assert.equal(estate.ask('DeleteSecurityGroup', { GroupName: 'web' }).GroupId, GroupId)
})

test('a group may be worn in another VPC that it is associated with', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const home = estate.ask('CreateVpc', { CidrBlock: '10.9.0.0/16' }).Vpc!.VpcId!
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId: home, GroupName: 'web', Description: 'web' }).GroupId!
  const usable = () =>
    estate.ask('GetSecurityGroupsForVpc', { VpcId }).SecurityGroupForVpcs!.map((group) => group.GroupName)
  const wear = { SubnetId, Groups: [GroupId] }
  estate.refuses('CreateNetworkInterface', wear, 'InvalidParameter', /belong to different networks/)
  assert.deepEqual(usable(), ['default'])
  assert.deepEqual(estate.ask('AssociateSecurityGroupVpc', { GroupId, VpcId }), { State: 'associated' })
  assert.deepEqual(new Set(usable()), new Set(['default', 'web']))
  const [association] = estate.ask('DescribeSecurityGroupVpcAssociations', {}).SecurityGroupVpcAssociations!
  assert.deepEqual([association!.GroupId, association!.VpcId, association!.State], [GroupId, VpcId, 'associated'])
  const NetworkInterfaceId = estate.ask('CreateNetworkInterface', wear).NetworkInterface!.NetworkInterfaceId!
  estate.refuses('DisassociateSecurityGroupVpc', { GroupId, VpcId }, 'DependencyViolation')
  estate.ask('DeleteNetworkInterface', { NetworkInterfaceId })
  estate.refuses('DeleteSecurityGroup', { GroupId }, 'DependencyViolation')
  estate.ask('DisassociateSecurityGroupVpc', { GroupId, VpcId })
  estate.ask('DeleteSecurityGroup', { GroupId })
  const [byDefault] = estate.ask('GetSecurityGroupsForVpc', { VpcId: home }).SecurityGroupForVpcs!
  estate.refuses('AssociateSecurityGroupVpc', { GroupId: byDefault!.GroupId!, VpcId }, 'InvalidParameter')
})

test('tenancy goes from dedicated to default and not back', () => {
  const estate = newEstate()
  const VpcId = estate.ask('CreateVpc', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'dedicated' }).Vpc!.VpcId!
  estate.ask('ModifyVpcTenancy', { VpcId, InstanceTenancy: 'default' })
  assert.equal(estate.ask('DescribeVpcs', { VpcIds: [VpcId] }).Vpcs![0]!.InstanceTenancy, 'default')
  estate.refuses('ModifyVpcTenancy', { VpcId, InstanceTenancy: 'dedicated' as never }, 'UnsupportedTenancy')
})

test('subnet attributes are changed one at a time', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const show = () => estate.ask('DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets![0]!
  estate.ask('ModifySubnetAttribute', { SubnetId, EnableDns64: { Value: true } })
  estate.ask('ModifySubnetAttribute', { SubnetId, PrivateDnsHostnameTypeOnLaunch: 'resource-name' })
  estate.ask('ModifySubnetAttribute', { SubnetId, EnableResourceNameDnsARecordOnLaunch: { Value: true } })
  assert.equal(show().EnableDns64, true)
  assert.deepEqual(show().PrivateDnsNameOptionsOnLaunch, {
    HostnameType: 'resource-name',
    EnableResourceNameDnsARecord: true,
    EnableResourceNameDnsAAAARecord: false,
  })
  const both = { SubnetId, EnableDns64: { Value: false }, MapPublicIpOnLaunch: { Value: true } }
  estate.refuses('ModifySubnetAttribute', both, 'InvalidParameterCombination')
  estate.refuses('ModifySubnetAttribute', { SubnetId, EnableLniAtDeviceIndex: 1 }, 'NotImplemented')
})
