import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

function withGateway(estate: TestEstate) {
  const { VpcId, SubnetId } = withSubnet(estate)
  const InternetGatewayId = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId, VpcId })
  const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const route = (destination: string) =>
    estate
      .ask('DescribeRouteTables', { RouteTableIds: [RouteTableId] })
      .RouteTables![0]!.Routes!.find((one) => one.DestinationCidrBlock === destination)
  return { VpcId, SubnetId, InternetGatewayId, RouteTableId, route }
}

const everywhere = { DestinationCidrBlock: '0.0.0.0/0' }

test('routes are made, replaced and deleted; the local one stays', () => {
  const estate = newEstate()
  const { InternetGatewayId, RouteTableId, SubnetId, route } = withGateway(estate)
  const toInternet = { RouteTableId, ...everywhere, GatewayId: InternetGatewayId }
  assert.deepEqual(estate.ask('CreateRoute', toInternet), { Return: true })
  const eni = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!
  const toEni = { RouteTableId, ...everywhere, NetworkInterfaceId: eni }
  estate.refuses('CreateRoute', toEni, 'RouteAlreadyExists', 'The route identified by 0.0.0.0/0 already exists.')
  estate.ask('ReplaceRoute', toEni)
  assert.equal(route('0.0.0.0/0')!.NetworkInterfaceId, eni)
  assert.equal(route('0.0.0.0/0')!.GatewayId, undefined)
  estate.ask('DeleteNetworkInterface', { NetworkInterfaceId: eni })
  assert.equal(route('0.0.0.0/0')!.State, 'blackhole')
  estate.ask('DeleteRoute', { RouteTableId, ...everywhere })
  const gone = `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`
  estate.refuses('DeleteRoute', { RouteTableId, ...everywhere }, 'InvalidRoute.NotFound', gone)
  estate.refuses(
    'DeleteRoute',
    { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' },
    'InvalidParameterValue',
    `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
  )
})

test('a gateway of another network is refused', () => {
  const estate = newEstate()
  const { InternetGatewayId, VpcId, RouteTableId } = withGateway(estate)
  estate.ask('DetachInternetGateway', { InternetGatewayId, VpcId })
  estate.refuses(
    'CreateRoute',
    { RouteTableId, ...everywhere, GatewayId: InternetGatewayId },
    'InvalidParameterValue',
    `route table ${RouteTableId} and network gateway ${InternetGatewayId} belong to different networks`,
  )
})

test('a subnet has one table: explicit, replaced, or the main one', () => {
  const estate = newEstate()
  const { SubnetId, VpcId, RouteTableId } = withGateway(estate)
  const { AssociationId } = estate.ask('AssociateRouteTable', { RouteTableId, SubnetId })
  const other = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  estate.refuses(
    'AssociateRouteTable',
    { RouteTableId: other, SubnetId },
    'Resource.AlreadyAssociated',
    `the specified association for route table ${other} conflicts with an existing association`,
  )
  estate.refuses(
    'DeleteRouteTable',
    { RouteTableId },
    'DependencyViolation',
    `The routeTable '${RouteTableId}' has dependencies and cannot be deleted.`,
  )
  const { NewAssociationId } = estate.ask('ReplaceRouteTableAssociation', {
    AssociationId: AssociationId!,
    RouteTableId: other,
  })
  const tableOf = (subnet: string) =>
    estate.ask('DescribeRouteTables', { Filters: [{ Name: 'association.subnet-id', Values: [subnet] }] }).RouteTables!
  assert.deepEqual(
    tableOf(SubnetId).map((table) => table.RouteTableId),
    [other],
  )
  estate.ask('DisassociateRouteTable', { AssociationId: NewAssociationId! })
  assert.deepEqual(tableOf(SubnetId), [])
  estate.ask('DeleteRouteTable', { RouteTableId: other })
  estate.refuses('DisassociateRouteTable', { AssociationId: NewAssociationId! }, 'InvalidAssociationID.NotFound')
})

test('another table becomes the main one', () => {
  const estate = newEstate()
  const { RouteTableId } = withGateway(estate)
  const main = () =>
    estate.ask('DescribeRouteTables', { Filters: [{ Name: 'association.main', Values: ['true'] }] }).RouteTables![0]!
  const AssociationId = main().Associations![0]!.RouteTableAssociationId!
  estate.refuses('DisassociateRouteTable', { AssociationId }, 'InvalidParameterValue')
  estate.ask('ReplaceRouteTableAssociation', { AssociationId, RouteTableId })
  assert.equal(main().RouteTableId, RouteTableId)
})

test('one internet gateway for a VPC, one VPC for a gateway', () => {
  const estate = newEstate()
  const { InternetGatewayId, VpcId, RouteTableId, route } = withGateway(estate)
  const second = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.refuses(
    'AttachInternetGateway',
    { InternetGatewayId: second, VpcId },
    'InvalidParameterValue',
    `Network ${VpcId} already has an internet gateway attached`,
  )
  estate.refuses(
    'AttachInternetGateway',
    { InternetGatewayId, VpcId },
    'Resource.AlreadyAssociated',
    `resource ${InternetGatewayId} is already attached to network ${VpcId}`,
  )
  estate.refuses('DeleteInternetGateway', { InternetGatewayId }, 'DependencyViolation')
  estate.refuses('DetachInternetGateway', { InternetGatewayId: second, VpcId }, 'Gateway.NotAttached')
  estate.ask('CreateRoute', { RouteTableId, ...everywhere, GatewayId: InternetGatewayId })
  estate.ask('DetachInternetGateway', { InternetGatewayId, VpcId })
  assert.equal(route('0.0.0.0/0')!.State, 'blackhole')
  estate.ask('AttachInternetGateway', { InternetGatewayId, VpcId })
  assert.equal(route('0.0.0.0/0')!.State, 'active')
})

test('a NAT gateway takes an address of the subnet and an Elastic IP, and gives both back', () => {
  const estate = newEstate()
  const { SubnetId, VpcId, RouteTableId, InternetGatewayId, route } = withGateway(estate)
  const { AllocationId, PublicIp } = estate.ask('AllocateAddress', {})
  const free = () => estate.ask('DescribeSubnets', {}).Subnets![0]!.AvailableIpAddressCount
  const gateway = estate.ask('CreateNatGateway', {
    SubnetId,
    AllocationId: AllocationId!,
    ClientToken: 'once',
  }).NatGateway!
  const NatGatewayId = gateway.NatGatewayId!
  assert.equal(gateway.State, 'available')
  assert.equal(gateway.NatGatewayAddresses![0]!.PublicIp, PublicIp)
  assert.equal(free(), 250)
  const again = estate.ask('CreateNatGateway', { SubnetId, AllocationId: AllocationId!, ClientToken: 'once' })
  assert.equal(again.NatGateway!.NatGatewayId, NatGatewayId, 'a retried call makes no second gateway')

  const [eni] = estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  assert.equal(eni!.InterfaceType, 'nat_gateway')
  assert.equal(eni!.Description, `Interface for NAT Gateway ${NatGatewayId}`)
  assert.equal(eni!.Association!.PublicIp, PublicIp)
  estate.refuses(
    'DeleteNetworkInterface',
    { NetworkInterfaceId: eni!.NetworkInterfaceId! },
    'InvalidParameterValue',
    `Network interface '${eni!.NetworkInterfaceId}' is currently in use.`,
  )
  estate.refuses('ReleaseAddress', { AllocationId: AllocationId! }, 'InvalidIPAddress.InUse')
  estate.refuses(
    'DetachInternetGateway',
    { InternetGatewayId, VpcId },
    'DependencyViolation',
    `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  )
  estate.refuses('DeleteSubnet', { SubnetId }, 'DependencyViolation')

  estate.ask('CreateRoute', { RouteTableId, ...everywhere, NatGatewayId })
  estate.ask('DeleteNatGateway', { NatGatewayId })
  assert.equal(route('0.0.0.0/0')!.State, 'blackhole')
  assert.equal(free(), 251)
  assert.deepEqual(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces, [])
  estate.ask('ReleaseAddress', { AllocationId: AllocationId! })
  const [deleted] = estate.ask('DescribeNatGateways', { NatGatewayIds: [NatGatewayId] }).NatGateways!
  assert.equal(deleted!.State, 'deleted')
  estate.wait(3601)
  assert.deepEqual(estate.ask('DescribeNatGateways', {}).NatGateways, [], 'it is seen for an hour more')
  estate.refuses('DescribeNatGateways', { NatGatewayIds: [NatGatewayId] }, 'NatGatewayNotFound')
})

test('without an internet gateway a public NAT gateway fails, as on AWS; a private one does not', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const { AllocationId } = estate.ask('AllocateAddress', {})
  const failed = estate.ask('CreateNatGateway', { SubnetId, AllocationId: AllocationId! }).NatGateway!
  assert.equal(failed.State, 'failed')
  assert.equal(failed.FailureCode, 'Gateway.NotAttached')
  assert.deepEqual(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces, [])
  const own = estate.ask('CreateNatGateway', { SubnetId, ConnectivityType: 'private' }).NatGateway!
  assert.equal(own.State, 'available')
  assert.equal(own.NatGatewayAddresses![0]!.PrivateIp, '10.0.0.4')
  estate.refuses('CreateNatGateway', { SubnetId }, 'MissingParameter')
})

test('an Elastic IP sits on one interface at a time', () => {
  const estate = newEstate()
  const { SubnetId } = withGateway(estate)
  const { AllocationId, PublicIp } = estate.ask('AllocateAddress', {})
  const make = () => estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!
  const [one, other] = [make(), make()]
  estate.ask('AssociateAddress', { AllocationId: AllocationId!, NetworkInterfaceId: one })
  const bearer = () =>
    estate
      .ask('DescribeNetworkInterfaces', { Filters: [{ Name: 'association.public-ip', Values: [PublicIp!] }] })
      .NetworkInterfaces!.map((eni) => eni.NetworkInterfaceId)
  assert.deepEqual(bearer(), [one])
  const move = { AllocationId: AllocationId!, NetworkInterfaceId: other }
  estate.refuses('AssociateAddress', move, 'Resource.AlreadyAssociated')
  const { AssociationId } = estate.ask('AssociateAddress', { ...move, AllowReassociation: true })
  assert.deepEqual(bearer(), [other])
  estate.ask('DisassociateAddress', { AssociationId: AssociationId! })
  assert.deepEqual(bearer(), [])
  estate.ask('ReleaseAddress', { AllocationId: AllocationId! })
  estate.refuses(
    'DescribeAddresses',
    { AllocationIds: [AllocationId!] },
    'InvalidAllocationID.NotFound',
    `The allocation ID '${AllocationId}' does not exist`,
  )
})

test('network ACL entries, by number and direction', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const NetworkAclId = estate.ask('CreateNetworkAcl', { VpcId }).NetworkAcl!.NetworkAclId!
  const entry = { NetworkAclId, RuleNumber: 100, Egress: false, CidrBlock: '10.0.0.0/8', RuleAction: 'allow' as const }
  const tcp = { ...entry, Protocol: 'tcp', PortRange: { From: 443, To: 443 } }
  estate.ask('CreateNetworkAclEntry', tcp)
  estate.refuses(
    'CreateNetworkAclEntry',
    tcp,
    'NetworkAclEntryAlreadyExists',
    'The network acl entry identified by 100 already exists.',
  )
  estate.ask('CreateNetworkAclEntry', { ...tcp, Egress: true })
  estate.ask('ReplaceNetworkAclEntry', { ...entry, Protocol: '-1', RuleAction: 'deny' })
  const inbound = () =>
    estate
      .ask('DescribeNetworkAcls', { NetworkAclIds: [NetworkAclId] })
      .NetworkAcls![0]!.Entries!.filter((one) => !one.Egress)
      .map((one) => `${one.RuleNumber} ${one.Protocol} ${one.RuleAction}`)
  assert.deepEqual(inbound(), ['100 -1 deny', '32767 -1 deny'])
  estate.refuses('CreateNetworkAclEntry', { ...tcp, RuleNumber: 32767 }, 'InvalidParameterValue')
  estate.refuses(
    'DeleteNetworkAclEntry',
    { NetworkAclId, RuleNumber: 32767, Egress: false },
    'InvalidNetworkAclEntry.NotFound',
  )
  estate.ask('DeleteNetworkAclEntry', { NetworkAclId, RuleNumber: 100, Egress: false })
  assert.deepEqual(inbound(), ['32767 -1 deny'])

  const [byDefault] = estate.ask('DescribeNetworkAcls', {
    Filters: [{ Name: 'default', Values: ['true'] }],
  }).NetworkAcls!
  const AssociationId = byDefault!.Associations![0]!.NetworkAclAssociationId!
  estate.ask('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId })
  const of = estate.ask('DescribeNetworkAcls', {
    Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }],
  }).NetworkAcls!
  assert.deepEqual(
    of.map((acl) => acl.NetworkAclId),
    [NetworkAclId],
  )
  estate.refuses('DeleteNetworkAcl', { NetworkAclId }, 'DependencyViolation')
})

test('DHCP options are checked, shared and held by their VPCs', () => {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  const servers = (...Values: string[]) => ({ DhcpConfigurations: [{ Key: 'domain-name-servers', Values }] })
  const DhcpOptionsId = estate.ask('CreateDhcpOptions', servers('10.0.0.2', '10.0.0.3')).DhcpOptions!.DhcpOptionsId!
  estate.ask('AssociateDhcpOptions', { DhcpOptionsId, VpcId })
  estate.refuses('DeleteDhcpOptions', { DhcpOptionsId }, 'DependencyViolation')
  estate.ask('AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId })
  estate.ask('DeleteDhcpOptions', { DhcpOptionsId })
  estate.refuses('CreateDhcpOptions', servers('not-an-address'), 'InvalidParameterValue')
  estate.refuses(
    'AssociateDhcpOptions',
    { DhcpOptionsId, VpcId },
    'InvalidDhcpOptionID.NotFound',
    `The dhcpOption ID '${DhcpOptionsId}' does not exist`,
  )
})
