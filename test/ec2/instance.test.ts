import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import type { Shape } from '../../src/wire/shape.ts'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

const linux = (estate: TestEstate): string => imageOf(estate, 'amzn2-ami-*-x86_64-gp2')

function imageOf(estate: TestEstate, name: string): string {
  const Filters = [{ Name: 'name', Values: [name] }]
  const [image, ...more] = estate.ask('DescribeImages', { Owners: ['amazon'], Filters }).Images!
  assert.deepEqual(more, [])
  return image!.ImageId!
}

type Launch = Partial<Shape<RunInstancesRequest>>

const request = (estate: TestEstate, SubnetId: string, more: Launch = {}) => ({
  ImageId: linux(estate),
  InstanceType: 't3.micro' as const,
  MinCount: 1,
  MaxCount: 1,
  SubnetId,
  ...more,
})

function launch(estate: TestEstate, SubnetId: string, more: Launch = {}) {
  return estate.ask('RunInstances', request(estate, SubnetId, more)).Instances![0]!
}

const described = (estate: TestEstate, InstanceId: string) =>
  estate.ask('DescribeInstances', { InstanceIds: [InstanceId] }).Reservations![0]!.Instances![0]!

test('an instance is a place: an interface of its own in the subnet, with address and group', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const answer = launch(estate, SubnetId)
  assert.deepEqual(answer.State, { Code: 0, Name: 'pending' })
  const instance = described(estate, answer.InstanceId!)
  assert.deepEqual(instance.State, { Code: 16, Name: 'running' })
  assert.equal(instance.PrivateIpAddress, '10.0.0.4')
  assert.equal(instance.PrivateDnsName, 'ip-10-0-0-4.ec2.internal')
  assert.equal(instance.PublicIpAddress, undefined)
  assert.equal(instance.VpcId, VpcId)
  assert.equal(instance.Placement!.AvailabilityZone, 'us-east-1a')
  assert.deepEqual(
    instance.SecurityGroups!.map((group) => group.GroupName),
    ['default'],
  )
  const [eni, ...more] = estate.ask('DescribeNetworkInterfaces', {
    Filters: [{ Name: 'attachment.instance-id', Values: [instance.InstanceId!] }],
  }).NetworkInterfaces!
  assert.deepEqual(more, [])
  assert.equal(eni!.Status, 'in-use')
  assert.equal(eni!.NetworkInterfaceId, instance.NetworkInterfaces![0]!.NetworkInterfaceId)
  assert.equal(eni!.Attachment!.DeviceIndex, 0)
  assert.equal(eni!.Attachment!.DeleteOnTermination, true)
  estate.refuses('DeleteNetworkInterface', { NetworkInterfaceId: eni!.NetworkInterfaceId! }, 'InvalidParameterValue')
})

test('as many as fit between MinCount and MaxCount, or none', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate, '10.0.0.0/28')
  const made = estate.ask('RunInstances', request(estate, SubnetId, { MinCount: 2, MaxCount: 100 }))
  assert.equal(made.Instances!.length, 11, 'a /28 has eleven addresses')
  assert.deepEqual(
    made.Instances!.map((one) => one.AmiLaunchIndex),
    Array.from({ length: 11 }, (_, at) => at),
  )
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId),
    'InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
  )
  estate.refuses('RunInstances', request(estate, SubnetId, { MinCount: 2, MaxCount: 1 }), 'InvalidParameterCombination')
})

test('a repeated token answers with the first reservation', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const first = estate.ask('RunInstances', request(estate, SubnetId, { ClientToken: 'one' }))
  const again = estate.ask('RunInstances', request(estate, SubnetId, { ClientToken: 'one' }))
  assert.deepEqual(again, first)
  assert.equal(estate.ask('DescribeInstances', {}).Reservations!.length, 1)
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { ClientToken: 'one', InstanceType: 'm5.large' }),
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  )
})

test('a VPC of dedicated tenancy makes dedicated instances, which T2 cannot be', () => {
  const estate = newEstate()
  const VpcId = estate.ask('CreateVpc', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'dedicated' }).Vpc!.VpcId!
  const SubnetId = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' }).Subnet!.SubnetId!
  assert.equal(launch(estate, SubnetId, { InstanceType: 'm5.large' }).Placement!.Tenancy, 'dedicated')
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { InstanceType: 't2.micro' }),
    'Unsupported',
    'The requested configuration is currently not supported. Please check the documentation for supported configurations.',
  )
})

test('a public address by the subnet or the request, which goes when it stops and is another when it starts', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  estate.ask('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } })
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const first = described(estate, InstanceId).PublicIpAddress
  assert.ok(first)
  estate.ask('StopInstances', { InstanceIds: [InstanceId] })
  const stopped = described(estate, InstanceId)
  assert.equal(stopped.PublicIpAddress, undefined)
  assert.equal(stopped.PrivateIpAddress, '10.0.0.4', 'the private address stays')
  estate.ask('StartInstances', { InstanceIds: [InstanceId] })
  const second = described(estate, InstanceId).PublicIpAddress
  assert.ok(second && second !== first)
  const own = { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: false }] }
  const hidden = estate.ask('RunInstances', { ...request(estate, SubnetId, own), SubnetId: undefined })
  assert.equal(hidden.Instances![0]!.PublicIpAddress, undefined)
})

test('states: what is asked twice is no error, what is impossible is', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const InstanceIds = [InstanceId]
  const [stopping] = estate.ask('StopInstances', { InstanceIds }).StoppingInstances!
  assert.deepEqual([stopping!.PreviousState!.Name, stopping!.CurrentState!.Name], ['running', 'stopping'])
  const [again] = estate.ask('StopInstances', { InstanceIds }).StoppingInstances!
  assert.deepEqual([again!.PreviousState!.Name, again!.CurrentState!.Name], ['stopped', 'stopped'])
  estate.refuses('RebootInstances', { InstanceIds }, 'IncorrectInstanceState')
  const [starting] = estate.ask('StartInstances', { InstanceIds }).StartingInstances!
  assert.deepEqual([starting!.PreviousState!.Name, starting!.CurrentState!.Name], ['stopped', 'pending'])
  estate.ask('RebootInstances', { InstanceIds })
  estate.ask('TerminateInstances', { InstanceIds })
  estate.refuses(
    'StartInstances',
    { InstanceIds },
    'IncorrectInstanceState',
    `The instance '${InstanceId}' is not in a state from which it can be started.`,
  )
  estate.refuses(
    'StopInstances',
    { InstanceIds: ['i-00000000000000000'] },
    'InvalidInstanceID.NotFound',
    "The instance ID 'i-00000000000000000' does not exist",
  )
  estate.refuses(
    'StopInstances',
    { InstanceIds: ['nonsense'] },
    'InvalidInstanceID.Malformed',
    'Invalid id: "nonsense" (expecting "i-...")',
  )
  estate.refuses(
    'DescribeInstances',
    { InstanceIds: ['i-00000000000000001', 'i-00000000000000002'] },
    'InvalidInstanceID.NotFound',
    "The instance IDs 'i-00000000000000001, i-00000000000000002' do not exist",
  )
})

test('a terminated instance gives its address back, is seen for an hour, and then is gone', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const InstanceId = launch(estate, SubnetId).InstanceId!
  estate.ask('ModifyInstanceAttribute', { InstanceId, DisableApiTermination: { Value: true } })
  estate.refuses(
    'TerminateInstances',
    { InstanceIds: [InstanceId] },
    'OperationNotPermitted',
    `The instance '${InstanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  )
  estate.ask('ModifyInstanceAttribute', { InstanceId, Attribute: 'disableApiTermination', Value: 'false' })
  estate.ask('TerminateInstances', { InstanceIds: [InstanceId] })
  assert.deepEqual(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces, [])
  const seen = described(estate, InstanceId)
  assert.equal(seen.State!.Name, 'terminated')
  assert.equal(seen.PrivateIpAddress, undefined)
  assert.equal(seen.StateTransitionReason, 'User initiated (2026-01-01 00:00:00 GMT)')
  estate.wait(3600)
  assert.deepEqual(estate.ask('DescribeInstances', {}).Reservations, [])
  estate.refuses('DescribeInstances', { InstanceIds: [InstanceId] }, 'InvalidInstanceID.NotFound')
})

test('images: by owner, architecture and name; ids that are none are refused', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  assert.deepEqual(estate.ask('DescribeImages', { Owners: ['self'] }).Images, [])
  const arm = imageOf(estate, 'al2023-ami-*-arm64')
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { ImageId: arm }),
    'InvalidParameterValue',
    /architecture 'x86_64'/,
  )
  assert.equal(launch(estate, SubnetId, { ImageId: arm, InstanceType: 't4g.small' }).Architecture, 'arm64')
  const strange = `ami-${'0'.repeat(17)}`
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { ImageId: strange }),
    'InvalidAMIID.NotFound',
    `The image id '[${strange}]' does not exist`,
  )
  estate.refuses('DescribeImages', { ImageIds: ['x'] }, 'InvalidAMIID.Malformed')
  assert.notEqual(linux(newEstate({ region: 'eu-west-1' })), linux(estate), 'each Region has ids of its own')
})

test('what is not built is refused by name, and a switch that is off asks for nothing', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { InstanceMarketOptions: { MarketType: 'spot' } }),
    'NotImplemented',
    'RunInstances with InstanceMarketOptions is not built.',
  )
  estate.refuses('RunInstances', request(estate, SubnetId, { Monitoring: { Enabled: true } }), 'NotImplemented')
  assert.ok(launch(estate, SubnetId, { Monitoring: { Enabled: false } }).InstanceId)
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { InstanceType: 'z9.huge' as 't3.micro' }),
    'InvalidParameterValue',
    "Invalid value 'z9.huge' for InstanceType.",
  )
  estate.refuses('RunInstances', request(estate, SubnetId, { UserData: '***' }), 'InvalidUserData.Malformed')
  estate.refuses('RunInstances', { ...request(estate, SubnetId), SubnetId: undefined }, 'VPCIdNotSpecified')
})

test('interfaces and what is said of the instance as a whole do not go together', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  estate.refuses(
    'RunInstances',
    request(estate, SubnetId, { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId }] }),
    'InvalidParameterCombination',
    'Network interfaces and an instance-level subnet ID may not be specified on the same request',
  )
  const NetworkInterfaceId = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!
  const own = {
    ...request(estate, SubnetId, { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] }),
    SubnetId: undefined,
  }
  const { InstanceId, NetworkInterfaces } = estate.ask('RunInstances', own).Instances![0]!
  assert.equal(NetworkInterfaces![0]!.NetworkInterfaceId, NetworkInterfaceId)
  estate.refuses('RunInstances', own, 'InvalidNetworkInterface.InUse', `Interface: [${NetworkInterfaceId}] in use.`)
  estate.ask('TerminateInstances', { InstanceIds: [InstanceId!] })
  const [left] = estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  assert.equal(left!.Status, 'available', 'an interface that was there before stays')
  assert.equal(left!.Attachment, undefined)
})

test('attributes: groups and checks on the interface, the type only of a stopped one', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  estate.ask('ModifyInstanceAttribute', { InstanceId, Groups: [GroupId] })
  estate.ask('ModifyInstanceAttribute', { InstanceId, SourceDestCheck: { Value: false } })
  const changed = described(estate, InstanceId)
  assert.deepEqual(changed.SecurityGroups, [{ GroupId, GroupName: 'web' }])
  assert.equal(changed.NetworkInterfaces![0]!.SourceDestCheck, false)
  const bigger = { InstanceId, InstanceType: { Value: 'm5.large' } }
  estate.refuses(
    'ModifyInstanceAttribute',
    bigger,
    'IncorrectInstanceState',
    `The instance '${InstanceId}' is not in the 'stopped' state.`,
  )
  estate.ask('StopInstances', { InstanceIds: [InstanceId] })
  estate.ask('ModifyInstanceAttribute', bigger)
  const type = estate.ask('DescribeInstanceAttribute', { InstanceId, Attribute: 'instanceType' })
  assert.deepEqual(type.InstanceType, { Value: 'm5.large' })
  estate.ask('ModifyInstanceAttribute', { InstanceId, UserData: { Value: Buffer.from('#!/bin/sh\n') } })
  const data = estate.ask('DescribeInstanceAttribute', { InstanceId, Attribute: 'userData' }).UserData!.Value!
  assert.equal(Buffer.from(data, 'base64').toString(), '#!/bin/sh\n')
  estate.refuses('ModifyInstanceAttribute', { InstanceId }, 'InvalidParameterCombination')
})

test('metadata options follow the image, the request, and then the change', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const second = launch(estate, SubnetId)
  assert.deepEqual(
    [second.MetadataOptions!.HttpTokens, second.MetadataOptions!.HttpPutResponseHopLimit],
    ['optional', 1],
  )
  const ImageId = imageOf(estate, 'al2023-ami-*-x86_64')
  const newer = launch(estate, SubnetId, { ImageId, MetadataOptions: { HttpPutResponseHopLimit: 3 } })
  assert.deepEqual([newer.MetadataOptions!.HttpTokens, newer.MetadataOptions!.HttpPutResponseHopLimit], ['required', 3])
  const InstanceId = newer.InstanceId!
  const answer = estate.ask('ModifyInstanceMetadataOptions', { InstanceId, HttpEndpoint: 'disabled' })
  assert.equal(answer.InstanceMetadataOptions!.State, 'pending')
  const { HttpEndpoint, HttpTokens } = described(estate, InstanceId).MetadataOptions!
  assert.deepEqual([HttpEndpoint, HttpTokens], ['disabled', 'required'])
  estate.refuses('ModifyInstanceMetadataOptions', { InstanceId, HttpPutResponseHopLimit: 65 }, 'InvalidParameterValue')
})

test('filters look at the instance and at its interfaces; pages come in order', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const tags = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'use', Value: 'web' }] }]
  const web = launch(estate, SubnetId, { TagSpecifications: tags }).InstanceId!
  const other = launch(estate, SubnetId, { InstanceType: 'm5.large' }).InstanceId!
  const find = (Name: string, ...Values: string[]) =>
    estate
      .ask('DescribeInstances', { Filters: [{ Name, Values }] })
      .Reservations!.flatMap((one) => one.Instances!.map((instance) => instance.InstanceId!))
  assert.deepEqual(find('tag:use', 'web'), [web])
  assert.deepEqual(find('instance-type', 'm5.*'), [other])
  assert.deepEqual(find('private-ip-address', '10.0.0.5'), [other])
  assert.deepEqual(find('network-interface.addresses.private-ip-address', '10.0.0.4'), [web])
  assert.deepEqual(find('instance-state-name', 'stopped'), [])
  estate.refuses('DescribeInstances', { Filters: [{ Name: 'nonsense', Values: ['x'] }] }, 'InvalidParameterValue')
  const first = estate.ask('DescribeInstances', { MaxResults: 5 })
  assert.equal(first.NextToken, undefined)
  estate.ask('StopInstances', { InstanceIds: [other] })
  const running = estate.ask('DescribeInstanceStatus', {}).InstanceStatuses!
  assert.deepEqual(
    running.map((one) => [one.InstanceId, one.InstanceStatus!.Status]),
    [[web, 'ok']],
  )
  assert.equal(estate.ask('DescribeInstanceStatus', { IncludeAllInstances: true }).InstanceStatuses!.length, 2)
})

test('instance types: limits as AWS has them, offered in every zone', () => {
  const estate = newEstate()
  const [micro] = estate.ask('DescribeInstanceTypes', { InstanceTypes: ['t2.micro'] }).InstanceTypes!
  assert.equal(micro!.NetworkInfo!.MaximumNetworkInterfaces, 2)
  assert.equal(micro!.NetworkInfo!.Ipv4AddressesPerInterface, 2)
  assert.equal(micro!.MemoryInfo!.SizeInMiB, 1024)
  estate.refuses(
    'DescribeInstanceTypes',
    { InstanceTypes: ['t9.nano' as 't2.micro'] },
    'InvalidInstanceType',
    'The following supplied instance types do not exist: [t9.nano]',
  )
  const offered = estate.ask('DescribeInstanceTypeOfferings', {
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: ['i3.xlarge'] }],
  }).InstanceTypeOfferings!
  assert.deepEqual(
    offered.map((one) => one.Location),
    ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`),
  )
})
