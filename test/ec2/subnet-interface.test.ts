import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

const free = (estate: TestEstate, SubnetId: string) =>
  estate.ask('DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets![0]!.AvailableIpAddressCount

test('a subnet lies in its VPC, apart from the others, in a zone of the Region', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const { Subnets } = estate.ask('DescribeSubnets', {})
  assert.equal(Subnets![0]!.AvailabilityZone, 'us-east-1a')
  assert.equal(Subnets![0]!.AvailabilityZoneId, 'use1-az1')
  assert.equal(Subnets![0]!.SubnetArn, `arn:aws:ec2:us-east-1:123456789012:subnet/${SubnetId}`)
  const make = (CidrBlock: string, more: object = {}) => ({ VpcId, CidrBlock, ...more })
  estate.refuses(
    'CreateSubnet',
    make('10.0.0.128/25'),
    'InvalidSubnet.Conflict',
    "The CIDR '10.0.0.128/25' conflicts with another subnet",
  )
  estate.refuses('CreateSubnet', make('10.1.0.0/24'), 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid.")
  estate.refuses('CreateSubnet', make('10.0.1.0/29'), 'InvalidSubnet.Range')
  estate.refuses(
    'CreateSubnet',
    make('10.0.1.0/24', { AvailabilityZone: 'us-east-1z' }),
    'InvalidParameterValue',
    'Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1e, us-east-1f.',
  )
  const byId = estate.ask('CreateSubnet', make('10.0.1.0/24', { AvailabilityZoneId: 'use1-az2' })).Subnet!
  assert.equal(byId.AvailabilityZone, 'us-east-1b')
})

test('addresses: five are reserved, each interface takes what it holds, and what goes is free again', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate, '10.0.0.0/28')
  assert.equal(free(estate, SubnetId), 11)
  const first = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!
  assert.equal(first.PrivateIpAddress, '10.0.0.4')
  const three = estate.ask('CreateNetworkInterface', { SubnetId, SecondaryPrivateIpAddressCount: 2 }).NetworkInterface!
  assert.deepEqual(
    three.PrivateIpAddresses!.map((one) => [one.PrivateIpAddress, one.Primary]),
    [
      ['10.0.0.5', true],
      ['10.0.0.6', false],
      ['10.0.0.7', false],
    ],
  )
  assert.equal(free(estate, SubnetId), 7)
  const named = { SubnetId, PrivateIpAddress: '10.0.0.14' }
  estate.ask('CreateNetworkInterface', named)
  estate.refuses('CreateNetworkInterface', named, 'InvalidIPAddress.InUse')
  const reserved = { SubnetId, PrivateIpAddress: '10.0.0.15' }
  estate.refuses(
    'CreateNetworkInterface',
    reserved,
    'InvalidParameterValue',
    "Address 10.0.0.15 is in subnet's reserved address range",
  )
  const outside = { SubnetId, PrivateIpAddress: '10.0.0.16' }
  estate.refuses(
    'CreateNetworkInterface',
    outside,
    'InvalidParameterValue',
    "Address 10.0.0.16 does not fall within the subnet's address range",
  )
  for (let left = 6; left > 0; left--) estate.ask('CreateNetworkInterface', { SubnetId })
  assert.equal(free(estate, SubnetId), 0)
  estate.refuses(
    'CreateNetworkInterface',
    { SubnetId },
    'InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
  )
  estate.ask('DeleteNetworkInterface', { NetworkInterfaceId: first.NetworkInterfaceId! })
  assert.equal(free(estate, SubnetId), 1)
  assert.equal(estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.PrivateIpAddress, '10.0.0.4')
})

test('a subnet with an interface in it stays', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const { NetworkInterfaceId } = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!
  estate.refuses(
    'DeleteSubnet',
    { SubnetId },
    'DependencyViolation',
    `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
  )
  estate.ask('DeleteNetworkInterface', { NetworkInterfaceId: NetworkInterfaceId! })
  estate.ask('DeleteSubnet', { SubnetId })
  assert.deepEqual(
    estate.ask('DescribeNetworkAcls', {}).NetworkAcls![0]!.Associations,
    [],
    'its ACL association goes with it',
  )
})

test('an interface wears the default group unless told, and only groups of its own VPC', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const eni = estate.ask('CreateNetworkInterface', { SubnetId, Description: 'mine' }).NetworkInterface!
  assert.equal(eni.Groups![0]!.GroupName, 'default')
  assert.equal(eni.Status, 'available')
  assert.equal(eni.RequesterManaged, false)
  const other = estate.ask('CreateVpc', { CidrBlock: '10.9.0.0/16' }).Vpc!.VpcId!
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId: other, GroupName: 'far', Description: 'far' }).GroupId!
  estate.refuses(
    'CreateNetworkInterface',
    { SubnetId, Groups: [GroupId] },
    'InvalidParameter',
    `Security group ${GroupId} and subnet ${SubnetId} belong to different networks.`,
  )
  estate.refuses(
    'CreateNetworkInterface',
    { SubnetId, Groups: ['sg-0'] },
    'InvalidGroup.NotFound',
    "The security group 'sg-0' does not exist",
  )
})

test('attributes of an interface change one at a time', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const NetworkInterfaceId = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  estate.ask('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [GroupId] })
  estate.ask('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: false } })
  const read = (Attribute: 'groupSet' | 'sourceDestCheck') =>
    estate.ask('DescribeNetworkInterfaceAttribute', { NetworkInterfaceId, Attribute })
  assert.deepEqual(read('groupSet').Groups, [{ GroupId, GroupName: 'web' }])
  assert.deepEqual(read('sourceDestCheck').SourceDestCheck, { Value: false })
  estate.refuses(
    'DeleteSecurityGroup',
    { GroupId },
    'DependencyViolation',
    `resource ${GroupId} has a dependent object`,
  )
})

test('permissions to attach an interface live and die with it', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const NetworkInterfaceId = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!
  const grant = { NetworkInterfaceId, AwsAccountId: '210987654321', Permission: 'INSTANCE-ATTACH' as const }
  const one = estate.ask('CreateNetworkInterfacePermission', grant).InterfacePermission!
  assert.equal(one.PermissionState!.State, 'granted')
  const filter = { Name: 'network-interface-permission.network-interface-id', Values: [NetworkInterfaceId] }
  const listed = () =>
    estate.ask('DescribeNetworkInterfacePermissions', { Filters: [filter] }).NetworkInterfacePermissions!
  assert.deepEqual(listed(), [one])
  const NetworkInterfacePermissionId = one.NetworkInterfacePermissionId!
  estate.ask('DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId })
  assert.deepEqual(listed(), [])
  estate.refuses('DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId }, 'InvalidPermissionID.NotFound')
  estate.ask('CreateNetworkInterfacePermission', grant)
  estate.ask('DeleteNetworkInterface', { NetworkInterfaceId })
  assert.deepEqual(listed(), [])
})
