import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildNetwork } from '../../src/network/network.ts'
import { networkDocuments } from '../../src/services/ec2/documents.ts'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

const free = (estate: TestEstate, SubnetId: string) =>
  estate.ask('DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets![0]!.AvailableIpAddressCount

function launch(estate: TestEstate, SubnetId: string, InstanceType: 't2.micro' | 'm5.large' = 't2.micro') {
  const Filters = [{ Name: 'name', Values: ['amzn2-ami-*-x86_64-gp2'] }]
  const { ImageId } = estate.ask('DescribeImages', { Filters }).Images![0]!
  return estate.ask('RunInstances', { ImageId: ImageId!, InstanceType, MinCount: 1, MaxCount: 1, SubnetId })
    .Instances![0]!
}

const newInterface = (estate: TestEstate, SubnetId: string) =>
  estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!

const interfaceOf = (estate: TestEstate, id: string) =>
  estate.ask('DescribeNetworkInterfaces', { NetworkInterfaceIds: [id] }).NetworkInterfaces![0]!

test('an interface is attached and detached, as many as the type takes', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const second = newInterface(estate, SubnetId)
  const attach = (NetworkInterfaceId: string, DeviceIndex: number) => ({ InstanceId, NetworkInterfaceId, DeviceIndex })
  estate.refuses(
    'AttachNetworkInterface',
    attach(second, 0),
    'InvalidParameterValue',
    `Instance '${InstanceId}' already has an interface attached at device index '0'.`,
  )
  const { AttachmentId } = estate.ask('AttachNetworkInterface', attach(second, 1))
  estate.refuses(
    'AttachNetworkInterface',
    attach(second, 2),
    'InvalidNetworkInterface.InUse',
    `Interface: [${second}] in use.`,
  )
  estate.refuses(
    'AttachNetworkInterface',
    attach(newInterface(estate, SubnetId), 2),
    'AttachmentLimitExceeded',
    'Interface count 3 exceeds the limit for t2.micro',
  )
  const other = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.0.9.0/24', AvailabilityZone: 'us-east-1b' }).Subnet!
  const elsewhere = newInterface(estate, other.SubnetId!)
  estate.refuses(
    'AttachNetworkInterface',
    attach(elsewhere, 1),
    'InvalidParameterCombination',
    'You may not attach a network interface to an instance if they are not in the same availability zone',
  )
  estate.refuses('ModifyInstanceAttribute', { InstanceId, SourceDestCheck: { Value: false } }, 'InvalidInstanceID')
  const primary = interfaceOf(
    estate,
    estate.ask('DescribeInstances', {}).Reservations![0]!.Instances![0]!.NetworkInterfaces![0]!.NetworkInterfaceId!,
  )
  estate.refuses(
    'DetachNetworkInterface',
    { AttachmentId: primary.Attachment!.AttachmentId! },
    'OperationNotPermitted',
    'The network interface at device index 0 and networkCard index 0 cannot be detached.',
  )
  estate.ask('DetachNetworkInterface', { AttachmentId: AttachmentId! })
  assert.equal(interfaceOf(estate, second).Status, 'available')
  estate.refuses('DetachNetworkInterface', { AttachmentId: AttachmentId! }, 'InvalidAttachmentID.NotFound')
})

test('whether an interface goes with its instance is said by its attachment', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const id = newInterface(estate, SubnetId)
  const { AttachmentId } = estate.ask('AttachNetworkInterface', { InstanceId, NetworkInterfaceId: id, DeviceIndex: 1 })
  const change = { NetworkInterfaceId: id, Attachment: { AttachmentId: AttachmentId!, DeleteOnTermination: true } }
  estate.ask('ModifyNetworkInterfaceAttribute', change)
  estate.refuses(
    'ModifyNetworkInterfaceAttribute',
    { ...change, Attachment: { AttachmentId: 'eni-attach-0', DeleteOnTermination: true } },
    'InvalidAttachmentID.NotFound',
  )
  estate.ask('TerminateInstances', { InstanceIds: [InstanceId] })
  assert.deepEqual(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces, [])
})

test('a public address can be switched on and off', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const instance = launch(estate, SubnetId)
  const { NetworkInterfaceId } = instance.NetworkInterfaces![0]!
  const set = (AssociatePublicIpAddress: boolean) =>
    estate.ask('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: NetworkInterfaceId!, AssociatePublicIpAddress })
  set(true)
  const { Association } = interfaceOf(estate, NetworkInterfaceId!)
  assert.equal(Association!.IpOwnerId, 'amazon')
  const told = estate.ask('DescribeNetworkInterfaceAttribute', {
    NetworkInterfaceId: NetworkInterfaceId!,
    Attribute: 'associatePublicIpAddress',
  })
  assert.equal(told.AssociatePublicIpAddress, true)
  set(false)
  assert.equal(interfaceOf(estate, NetworkInterfaceId!).Association, undefined)
})

test('secondary addresses come out of the free ones, and go back', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate, '10.0.0.0/28')
  const NetworkInterfaceId = newInterface(estate, SubnetId)
  const { AssignedPrivateIpAddresses } = estate.ask('AssignPrivateIpAddresses', {
    NetworkInterfaceId,
    SecondaryPrivateIpAddressCount: 2,
  })
  assert.deepEqual(
    AssignedPrivateIpAddresses!.map((one) => one.PrivateIpAddress),
    ['10.0.0.5', '10.0.0.6'],
  )
  assert.equal(free(estate, SubnetId), 8)
  const other = newInterface(estate, SubnetId)
  const take = { NetworkInterfaceId: other, PrivateIpAddresses: ['10.0.0.6'] }
  estate.refuses('AssignPrivateIpAddresses', take, 'InvalidIPAddress.InUse')
  estate.ask('AssignPrivateIpAddresses', { ...take, AllowReassignment: true })
  const held = (id: string) => interfaceOf(estate, id).PrivateIpAddresses!.map((one) => one.PrivateIpAddress)
  assert.deepEqual(held(NetworkInterfaceId), ['10.0.0.4', '10.0.0.5'])
  assert.deepEqual(held(other), ['10.0.0.7', '10.0.0.6'])
  const primary = { NetworkInterfaceId: other, PrivateIpAddresses: ['10.0.0.4'], AllowReassignment: true }
  estate.refuses('AssignPrivateIpAddresses', primary, 'InvalidIPAddress.InUse')
  estate.refuses(
    'AssignPrivateIpAddresses',
    { NetworkInterfaceId, SecondaryPrivateIpAddressCount: 20 },
    'InsufficientFreeAddressesInSubnet',
  )
  estate.refuses(
    'UnassignPrivateIpAddresses',
    { NetworkInterfaceId: other, PrivateIpAddresses: ['10.0.0.7'] },
    'InvalidParameterValue',
  )
  estate.ask('UnassignPrivateIpAddresses', { NetworkInterfaceId: other, PrivateIpAddresses: ['10.0.0.6'] })
  assert.equal(free(estate, SubnetId), 8)
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const [eni] = estate.ask('DescribeInstances', { InstanceIds: [InstanceId] }).Reservations![0]!.Instances![0]!
    .NetworkInterfaces!
  estate.refuses(
    'AssignPrivateIpAddresses',
    { NetworkInterfaceId: eni!.NetworkInterfaceId!, SecondaryPrivateIpAddressCount: 2 },
    'PrivateIpAddressLimitExceeded',
    'Number of private addresses will exceed limit.',
  )
})

test('IPv6 addresses lie in the block of the subnet', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const plain = { NetworkInterfaceId: newInterface(estate, SubnetId), Ipv6AddressCount: 1 }
  estate.refuses('AssignIpv6Addresses', plain, 'InvalidParameterValue')
  const block = estate.ask('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true })
  const vpcBlock =
    block.Ipv6CidrBlockAssociation?.Ipv6CidrBlock ??
    estate.ask('DescribeVpcs', { VpcIds: [VpcId] }).Vpcs![0]!.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock!
  const Ipv6CidrBlock = vpcBlock.replace(/\/56$/, '/64')
  const dual = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.0.6.0/24', Ipv6CidrBlock }).Subnet!.SubnetId!
  const NetworkInterfaceId = newInterface(estate, dual)
  const start = Ipv6CidrBlock.replace(/::\/64$/, '')
  const { AssignedIpv6Addresses } = estate.ask('AssignIpv6Addresses', { NetworkInterfaceId, Ipv6AddressCount: 2 })
  assert.equal(new Set(AssignedIpv6Addresses).size, 2)
  for (const address of AssignedIpv6Addresses!) assert.ok(address.startsWith(start), `${address} in ${Ipv6CidrBlock}`)
  const named = { NetworkInterfaceId, Ipv6Addresses: [`${start}::1:5`] }
  assert.deepEqual(estate.ask('AssignIpv6Addresses', named).AssignedIpv6Addresses, [`${start}::1:5`])
  estate.refuses('AssignIpv6Addresses', named, 'InvalidIPAddress.InUse')
  estate.refuses('AssignIpv6Addresses', { NetworkInterfaceId, Ipv6Addresses: [`${start}::1`] }, 'InvalidParameterValue')
  estate.refuses('AssignIpv6Addresses', { NetworkInterfaceId, Ipv6Addresses: ['2001:db8::9'] }, 'InvalidParameterValue')
  estate.ask('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, EnablePrimaryIpv6: true })
  assert.equal(interfaceOf(estate, NetworkInterfaceId).Ipv6Addresses![0]!.IsPrimaryIpv6, true)
  const { UnassignedIpv6Addresses } = estate.ask('UnassignIpv6Addresses', named)
  assert.deepEqual(UnassignedIpv6Addresses, [`${start}::1:5`])
  assert.equal(interfaceOf(estate, NetworkInterfaceId).Ipv6Addresses!.length, 2)
})

test("AWS's own interfaces are not the caller's to change", () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const ServiceName = 'com.amazonaws.us-east-1.sts'
  estate.ask('CreateVpcEndpoint', {
    VpcId,
    ServiceName,
    VpcEndpointType: 'Interface',
    SubnetIds: [SubnetId],
    PrivateDnsEnabled: false,
  })
  const eni = estate.ask('DescribeNetworkInterfaces', { Filters: [{ Name: 'requester-managed', Values: ['true'] }] })
    .NetworkInterfaces![0]!
  const NetworkInterfaceId = eni.NetworkInterfaceId!
  const denied = ['AuthFailure', 'You do not have permission to access the specified resource.'] as const
  estate.refuses('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Description: { Value: 'mine' } }, ...denied)
  estate.refuses('ResetNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: 'true' }, ...denied)
  estate.refuses('AssignPrivateIpAddresses', { NetworkInterfaceId, SecondaryPrivateIpAddressCount: 1 }, ...denied)
  estate.refuses(
    'DetachNetworkInterface',
    { AttachmentId: eni.Attachment!.AttachmentId! },
    'OperationNotPermitted',
    "You are not allowed to manage 'ela-attach' attachments.",
  )
})

test('source/destination checking is reset to on', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const NetworkInterfaceId = newInterface(estate, SubnetId)
  estate.ask('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: false } })
  estate.ask('ResetNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: 'true' })
  assert.equal(interfaceOf(estate, NetworkInterfaceId).SourceDestCheck, true)
})

test('key pairs: made, imported, described by name, and gone', () => {
  const estate = newEstate()
  const made = estate.ask('CreateKeyPair', { KeyName: 'one', KeyType: 'ed25519' })
  assert.match(made.KeyMaterial!, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
  estate.refuses('CreateKeyPair', { KeyName: 'one' }, 'InvalidKeyPair.Duplicate')
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here'
  const imported = estate.ask('ImportKeyPair', { KeyName: 'two', PublicKeyMaterial: Buffer.from(line) })
  assert.equal(imported.KeyFingerprint, '+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU=')
  const bad = { KeyName: 'three', PublicKeyMaterial: Buffer.from('ssh-rsa AAAA') }
  estate.refuses('ImportKeyPair', bad, 'InvalidKey.Format', 'Key is not in valid OpenSSH public key format')
  const [two] = estate.ask('DescribeKeyPairs', { KeyNames: ['two'], IncludePublicKey: true }).KeyPairs!
  assert.equal(two!.PublicKey, line.replace('me@here', 'two'))
  assert.equal(estate.ask('DescribeKeyPairs', {}).KeyPairs!.length, 2)
  estate.refuses(
    'DescribeKeyPairs',
    { KeyNames: ['no'] },
    'InvalidKeyPair.NotFound',
    "The key pair 'no' does not exist",
  )
  estate.ask('DeleteKeyPair', { KeyName: 'two' })
  estate.ask('DeleteKeyPair', { KeyName: 'two' })
  assert.deepEqual(
    estate.ask('DescribeKeyPairs', {}).KeyPairs!.map((pair) => pair.KeyName),
    ['one'],
  )
})

test('an instance with a public address reaches the internet by the gateway, one without does not', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const gateway = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId: gateway, VpcId })
  const [table] = estate.ask('DescribeRouteTables', {}).RouteTables!
  const route = { RouteTableId: table!.RouteTableId!, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }
  estate.ask('CreateRoute', route)
  const reach = (networkInterfaceId: string) =>
    buildNetwork(networkDocuments(estate.store, estate.account, estate.region), estate.region).connect(
      { kind: 'interface', networkInterfaceId },
      'sts.us-east-1.amazonaws.com',
      443,
    )
  const hidden = launch(estate, SubnetId).NetworkInterfaces![0]!.NetworkInterfaceId!
  assert.equal(reach(hidden).verdict, 'timeout')
  estate.ask('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } })
  const instance = launch(estate, SubnetId)
  const { verdict, way } = reach(instance.NetworkInterfaces![0]!.NetworkInterfaceId!)
  assert.equal(verdict, 'allowed')
  assert.equal(way!.via, 'internet-gateway')
  assert.equal(way!.sourceIp, instance.PublicIpAddress)
})

test('an Elastic IP address takes the place of the public one, and outlives the instance', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const InternetGatewayId = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId, VpcId })
  estate.ask('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } })
  const InstanceId = launch(estate, SubnetId).InstanceId!
  const { AllocationId, PublicIp } = estate.ask('AllocateAddress', {})
  estate.ask('AssociateAddress', { AllocationId: AllocationId!, InstanceId })
  const described = () =>
    estate.ask('DescribeInstances', { InstanceIds: [InstanceId] }).Reservations![0]!.Instances![0]!
  assert.equal(described().PublicIpAddress, PublicIp)
  estate.ask('StopInstances', { InstanceIds: [InstanceId] })
  estate.ask('StartInstances', { InstanceIds: [InstanceId] })
  assert.equal(described().PublicIpAddress, PublicIp, 'it stays while the instance is stopped')
  estate.ask('TerminateInstances', { InstanceIds: [InstanceId] })
  const [address] = estate.ask('DescribeAddresses', {}).Addresses!
  assert.equal(address!.AllocationId, AllocationId)
  assert.equal(address!.InstanceId, undefined)
  assert.equal(address!.AssociationId, undefined)
})
