import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

function publicGateway(estate: TestEstate, more = {}) {
  const { VpcId, SubnetId } = withSubnet(estate)
  const InternetGatewayId = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId, VpcId })
  const allocate = () => estate.ask('AllocateAddress', {}).AllocationId!
  const AllocationId = allocate()
  const gateway = estate.ask('CreateNatGateway', { SubnetId, AllocationId, ...more }).NatGateway!
  const NatGatewayId = gateway.NatGatewayId!
  const addresses = () =>
    estate.ask('DescribeNatGateways', { NatGatewayIds: [NatGatewayId] }).NatGateways![0]!.NatGatewayAddresses!
  return { VpcId, SubnetId, gateway, NatGatewayId, allocate, addresses }
}

test('a public gateway gets more Elastic IP addresses, each on a private address of its own', () => {
  const estate = newEstate()
  const { NatGatewayId, allocate, addresses } = publicGateway(estate)
  const AllocationIds = [allocate(), allocate()]
  estate.ask('AssociateNatGatewayAddress', { NatGatewayId, AllocationIds, PrivateIpAddresses: ['10.0.0.77'] })
  assert.deepEqual(
    addresses().map((one) => [one.PrivateIp, one.IsPrimary]),
    [
      ['10.0.0.4', true],
      ['10.0.0.77', false],
      ['10.0.0.5', false],
    ],
  )
  const [eni] = estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  assert.deepEqual(
    eni!.PrivateIpAddresses!.map((one) => one.Association!.PublicIp),
    addresses().map((one) => one.PublicIp),
  )
  estate.refuses('AssociateNatGatewayAddress', { NatGatewayId, AllocationIds }, 'Resource.AlreadyAssociated')
  const [primary, second] = addresses().map((one) => one.AssociationId!)
  const drop = (id: string) => ({ NatGatewayId, AssociationIds: [id] })
  estate.refuses('DisassociateNatGatewayAddress', drop(primary!), 'InvalidParameter')
  estate.refuses('DisassociateNatGatewayAddress', drop('eipassoc-0'), 'InvalidAssociationID.NotFound')
  estate.ask('DisassociateNatGatewayAddress', drop(second!))
  assert.equal(addresses().length, 2)
  estate.ask('ReleaseAddress', { AllocationId: AllocationIds[0]! })
  estate.ask('DeleteNatGateway', { NatGatewayId })
  estate.ask('ReleaseAddress', { AllocationId: AllocationIds[1]! })
  assert.deepEqual(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces, [])
})

test('secondary addresses come with the gateway as well', () => {
  const estate = newEstate()
  const { gateway } = publicGateway(estate, {
    SecondaryAllocationIds: [estate.ask('AllocateAddress', {}).AllocationId!],
  })
  assert.equal(gateway.NatGatewayAddresses!.length, 2)
  assert.ok(gateway.NatGatewayAddresses!.every((one) => one.PublicIp))
})

test('a private gateway needs no internet gateway and has private addresses only', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const { NatGatewayId, NatGatewayAddresses, State } = estate.ask('CreateNatGateway', {
    SubnetId,
    ConnectivityType: 'private',
    SecondaryPrivateIpAddresses: ['10.0.0.50'],
  }).NatGateway!
  assert.equal(State, 'available')
  assert.deepEqual(
    NatGatewayAddresses!.map((one) => one.PrivateIp),
    ['10.0.0.4', '10.0.0.50'],
  )
  const id = { NatGatewayId: NatGatewayId! }
  const more = estate.ask('AssignPrivateNatGatewayAddress', { ...id, PrivateIpAddressCount: 2 })
  assert.deepEqual(
    more.NatGatewayAddresses!.map((one) => one.PrivateIp),
    ['10.0.0.5', '10.0.0.6'],
  )
  estate.refuses('AssignPrivateNatGatewayAddress', { ...id, PrivateIpAddressCount: 5 }, 'PrivateIpAddressLimitExceeded')
  estate.refuses(
    'AssignPrivateNatGatewayAddress',
    { ...id, PrivateIpAddresses: ['10.0.0.5'] },
    'InvalidIPAddress.InUse',
  )
  estate.refuses('UnassignPrivateNatGatewayAddress', { ...id, PrivateIpAddresses: ['10.0.0.4'] }, 'InvalidParameter')
  estate.ask('UnassignPrivateNatGatewayAddress', { ...id, PrivateIpAddresses: ['10.0.0.5', '10.0.0.50'] })
  const [eni] = estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  assert.deepEqual(
    eni!.PrivateIpAddresses!.map((one) => one.PrivateIpAddress),
    ['10.0.0.4', '10.0.0.6'],
  )
  const AllocationIds = [estate.ask('AllocateAddress', {}).AllocationId!]
  estate.refuses('AssociateNatGatewayAddress', { ...id, AllocationIds }, 'InvalidParameter')
})

test('five gateways a zone', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const request = { SubnetId, ConnectivityType: 'private' as const }
  for (let i = 0; i < 5; i++) estate.ask('CreateNatGateway', request)
  estate.refuses('CreateNatGateway', request, 'NatGatewayLimitExceeded')
})

test('an Elastic IP address goes on a secondary private address, too', () => {
  const estate = newEstate()
  const { SubnetId, allocate } = publicGateway(estate)
  const eni = estate.ask('CreateNetworkInterface', { SubnetId, SecondaryPrivateIpAddressCount: 1 }).NetworkInterface!
  const NetworkInterfaceId = eni.NetworkInterfaceId!
  const [first, second] = [allocate(), allocate()]
  estate.ask('AssociateAddress', { NetworkInterfaceId, AllocationId: first })
  const PrivateIpAddress = eni.PrivateIpAddresses![1]!.PrivateIpAddress!
  const { AssociationId } = estate.ask('AssociateAddress', {
    NetworkInterfaceId,
    AllocationId: second,
    PrivateIpAddress,
  })
  const shown = () =>
    estate
      .ask('DescribeNetworkInterfaces', { NetworkInterfaceIds: [NetworkInterfaceId] })
      .NetworkInterfaces![0]!.PrivateIpAddresses!.map((one) => one.Association?.AllocationId)
  assert.deepEqual(shown(), [first, second])
  estate.ask('DisassociateAddress', { AssociationId: AssociationId! })
  assert.deepEqual(shown(), [first, undefined])
  const wrong = { NetworkInterfaceId, AllocationId: second, PrivateIpAddress: '10.0.0.200' }
  estate.refuses('AssociateAddress', wrong, 'InvalidParameterValue')
})
