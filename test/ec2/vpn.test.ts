import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

const device = { Type: 'ipsec.1' as const, IpAddress: '203.0.113.7', BgpAsn: 65010 }

/** A VPC with a virtual gateway and a connection with static routes to a device. */
function connected(estate: TestEstate) {
  const { VpcId, SubnetId } = withSubnet(estate)
  const CustomerGatewayId = estate.ask('CreateCustomerGateway', device).CustomerGateway!.CustomerGatewayId!
  const VpnGatewayId = estate.ask('CreateVpnGateway', { Type: 'ipsec.1' }).VpnGateway!.VpnGatewayId!
  estate.ask('AttachVpnGateway', { VpnGatewayId, VpcId })
  const request = { CustomerGatewayId, VpnGatewayId, Type: 'ipsec.1', Options: { StaticRoutesOnly: true } }
  const connection = estate.ask('CreateVpnConnection', request).VpnConnection!
  const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const routes = () =>
    estate
      .ask('DescribeRouteTables', { RouteTableIds: [RouteTableId] })
      .RouteTables![0]!.Routes!.filter((route) => route.GatewayId === VpnGatewayId)
      .map((route) => `${route.DestinationCidrBlock} ${route.Origin} ${route.State}`)
  const VpnConnectionId = connection.VpnConnectionId!
  return {
    VpcId,
    SubnetId,
    CustomerGatewayId,
    VpnGatewayId,
    VpnConnectionId,
    connection,
    request,
    RouteTableId,
    routes,
  }
}

test('a connection has two tunnels, and a configuration for the device at the other end', () => {
  const estate = newEstate()
  const { connection, CustomerGatewayId, VpnGatewayId, VpnConnectionId, request } = connected(estate)
  assert.equal(connection.State, 'available')
  const tunnels = connection.Options!.TunnelOptions!
  assert.equal(tunnels.length, 2)
  assert.deepEqual(
    connection.VgwTelemetry!.map((one) => [one.OutsideIpAddress, one.Status, one.AcceptedRouteCount]),
    [
      [tunnels[0]!.OutsideIpAddress, 'UP', 0],
      [tunnels[1]!.OutsideIpAddress, 'UP', 0],
    ],
  )
  const xml = connection.CustomerGatewayConfiguration!
  assert.match(
    xml,
    new RegExp(`^<\\?xml version="1.0" encoding="UTF-8"\\?>\\s*<vpn_connection id="${VpnConnectionId}">`),
  )
  for (const text of [
    `<customer_gateway_id>${CustomerGatewayId}</customer_gateway_id>`,
    `<vpn_gateway_id>${VpnGatewayId}</vpn_gateway_id>`,
    `<vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes>`,
    `<ip_address>203.0.113.7</ip_address>`,
    `<ip_address>${tunnels[1]!.OutsideIpAddress}</ip_address>`,
    `<pre_shared_key>${tunnels[0]!.PreSharedKey}</pre_shared_key>`,
  ]) {
    assert.ok(xml.includes(text), text)
  }
  assert.equal(estate.ask('CreateVpnConnection', request).VpnConnection!.VpnConnectionId, VpnConnectionId)
  assert.equal(estate.ask('CreateCustomerGateway', device).CustomerGateway!.CustomerGatewayId, CustomerGatewayId)
})

test('tunnels are as they were asked for', () => {
  const estate = newEstate()
  const { CustomerGatewayId, VpnGatewayId } = connected(estate)
  const request = (TunnelInsideCidr: string, PreSharedKey = 'as_it_was_given') => ({
    CustomerGatewayId,
    VpnGatewayId,
    Type: 'ipsec.1',
    Options: {
      TunnelOptions: [{ TunnelInsideCidr, PreSharedKey, DPDTimeoutSeconds: 40, IKEVersions: [{ Value: 'ikev2' }] }],
    },
  })
  const [first] = estate.ask('CreateVpnConnection', request('169.254.44.0/30')).VpnConnection!.Options!.TunnelOptions!
  assert.deepEqual(
    [first!.TunnelInsideCidr, first!.PreSharedKey, first!.DpdTimeoutSeconds, first!.IkeVersions],
    ['169.254.44.0/30', 'as_it_was_given', 40, [{ Value: 'ikev2' }]],
  )
  const other = estate.ask('CreateCustomerGateway', { ...device, IpAddress: '203.0.113.8' }).CustomerGateway!
  const again = { ...request('169.254.44.0/30'), CustomerGatewayId: other.CustomerGatewayId! }
  estate.refuses('CreateVpnConnection', again, 'InvalidCidr.InUse')
  for (const cidr of ['169.254.0.0/30', '169.254.169.252/30', '10.0.0.0/30', '169.254.9.0/29']) {
    const options = { ...request(cidr), CustomerGatewayId: other.CustomerGatewayId! }
    estate.refuses('CreateVpnConnection', options, 'InvalidParameterValue')
  }
  const weak = { ...request('169.254.45.0/30', '0short'), CustomerGatewayId: other.CustomerGatewayId! }
  estate.refuses('CreateVpnConnection', weak, 'InvalidParameter', /^The pre-shared key must be/)
})

test('static routes reach the tables that follow the gateway', () => {
  const estate = newEstate()
  const { VpcId, VpnGatewayId, VpnConnectionId, RouteTableId, routes } = connected(estate)
  const office = { VpnConnectionId, DestinationCidrBlock: '192.168.0.0/16' }
  estate.ask('CreateVpnConnectionRoute', office)
  assert.deepEqual(routes(), [])
  estate.ask('EnableVgwRoutePropagation', { RouteTableId, GatewayId: VpnGatewayId })
  assert.deepEqual(routes(), ['192.168.0.0/16 EnableVgwRoutePropagation active'])
  estate.ask('CreateVpnConnectionRoute', { VpnConnectionId, DestinationCidrBlock: '10.0.0.0/16' })
  assert.equal(routes().length, 1, 'the VPC’s own block stays local')
  const byHand = { RouteTableId, DestinationCidrBlock: '192.168.0.0/16', GatewayId: VpnGatewayId }
  estate.ask('CreateRoute', byHand)
  assert.deepEqual(routes(), ['192.168.0.0/16 EnableVgwRoutePropagation active', '192.168.0.0/16 CreateRoute active'])
  const [told] = estate.ask('DescribeVpnConnections', {}).VpnConnections!
  assert.equal(told!.VgwTelemetry![0]!.AcceptedRouteCount, 2)
  estate.ask('DetachVpnGateway', { VpnGatewayId, VpcId })
  assert.deepEqual(routes(), ['192.168.0.0/16 CreateRoute blackhole'])
  estate.refuses(
    'EnableVgwRoutePropagation',
    { RouteTableId, GatewayId: VpnGatewayId },
    'Gateway.NotAttached',
    `resource ${VpnGatewayId} is not attached to network ${VpcId}`,
  )
  estate.ask('AttachVpnGateway', { VpnGatewayId, VpcId })
  assert.deepEqual(routes(), ['192.168.0.0/16 CreateRoute active'])
  estate.ask('EnableVgwRoutePropagation', { RouteTableId, GatewayId: VpnGatewayId })
  estate.ask('DeleteVpnConnectionRoute', office)
  assert.deepEqual(routes(), ['192.168.0.0/16 CreateRoute active'])
  estate.refuses('DeleteVpnConnectionRoute', office, 'InvalidRoute.NotFound')
})

test('what is in use stays; what is deleted lets go', () => {
  const estate = newEstate()
  const { VpcId, VpnGatewayId, VpnConnectionId, CustomerGatewayId, RouteTableId, routes } = connected(estate)
  estate.ask('CreateVpnConnectionRoute', { VpnConnectionId, DestinationCidrBlock: '192.168.0.0/16' })
  estate.ask('EnableVgwRoutePropagation', { RouteTableId, GatewayId: VpnGatewayId })
  estate.refuses('DeleteCustomerGateway', { CustomerGatewayId }, 'IncorrectState', 'The customer gateway is in use.')
  estate.refuses('DeleteVpnGateway', { VpnGatewayId }, 'IncorrectState')
  estate.refuses('DeleteVpc', { VpcId }, 'DependencyViolation')
  const second = estate.ask('CreateVpnGateway', { Type: 'ipsec.1' }).VpnGateway!.VpnGatewayId!
  estate.refuses('AttachVpnGateway', { VpnGatewayId: second, VpcId }, 'InvalidVpcState')
  estate.refuses('DetachVpnGateway', { VpnGatewayId: second, VpcId }, 'InvalidVpnGatewayAttachment.NotFound')
  estate.ask('DeleteVpnConnection', { VpnConnectionId })
  assert.deepEqual(routes(), [])
  const [gone] = estate.ask('DescribeVpnConnections', {}).VpnConnections!
  assert.deepEqual(
    [gone!.State, gone!.CustomerGatewayConfiguration, gone!.Options!.TunnelOptions],
    ['deleted', undefined, undefined],
  )
  estate.wait(3600)
  assert.deepEqual(estate.ask('DescribeVpnConnections', {}).VpnConnections, [])
  estate.ask('DetachVpnGateway', { VpnGatewayId, VpcId })
  estate.ask('DeleteVpnGateway', { VpnGatewayId })
  estate.ask('DeleteCustomerGateway', { CustomerGatewayId })
  assert.deepEqual(estate.ask('DescribeCustomerGateways', {}).CustomerGateways, [])
})

test('a connection moves to a transit gateway and is an attachment there', () => {
  const estate = newEstate()
  const { VpnConnectionId, VpnGatewayId, RouteTableId, routes } = connected(estate)
  estate.ask('CreateVpnConnectionRoute', { VpnConnectionId, DestinationCidrBlock: '192.168.0.0/16' })
  estate.ask('EnableVgwRoutePropagation', { RouteTableId, GatewayId: VpnGatewayId })
  const { TransitGatewayId, Options } = estate.ask('CreateTransitGateway', {}).TransitGateway!
  const moved = estate.ask('ModifyVpnConnection', {
    VpnConnectionId,
    TransitGatewayId: TransitGatewayId!,
  }).VpnConnection!
  assert.deepEqual([moved.TransitGatewayId, moved.VpnGatewayId], [TransitGatewayId, undefined])
  assert.match(moved.CustomerGatewayConfiguration!, new RegExp(`<transit_gateway_id>${TransitGatewayId}<`))
  assert.deepEqual(routes(), [])
  const [attachment] = estate.ask('DescribeTransitGatewayAttachments', {}).TransitGatewayAttachments!
  assert.deepEqual([attachment!.ResourceType, attachment!.ResourceId], ['vpn', VpnConnectionId])
  const TransitGatewayRouteTableId = Options!.AssociationDefaultRouteTableId!
  const found = () =>
    estate
      .ask('SearchTransitGatewayRoutes', {
        TransitGatewayRouteTableId,
        Filters: [{ Name: 'attachment.resource-type', Values: ['vpn'] }],
      })
      .Routes!.map((route) => route.DestinationCidrBlock)
  assert.deepEqual(found(), ['192.168.0.0/16'])
  estate.ask('CreateVpnConnectionRoute', { VpnConnectionId, DestinationCidrBlock: '192.169.0.0/16' })
  assert.deepEqual(found(), ['192.168.0.0/16', '192.169.0.0/16'])
  estate.ask('DeleteVpnConnection', { VpnConnectionId })
  assert.deepEqual(estate.ask('DescribeTransitGatewayAttachments', {}).TransitGatewayAttachments, [])
  assert.deepEqual(found(), [])
})

test('with BGP there are no static routes; options change the networks that may talk', () => {
  const estate = newEstate()
  const { CustomerGatewayId, VpnGatewayId } = connected(estate)
  const { VpnConnectionId, CustomerGatewayConfiguration } = estate.ask('CreateVpnConnection', {
    CustomerGatewayId,
    VpnGatewayId,
    Type: 'ipsec.1',
  }).VpnConnection!
  assert.match(CustomerGatewayConfiguration!, /<asn>65010<\/asn>/)
  const route = { VpnConnectionId: VpnConnectionId!, DestinationCidrBlock: '192.168.0.0/16' }
  estate.refuses('CreateVpnConnectionRoute', route, 'InvalidVpnConnection.InvalidType')
  const options = { VpnConnectionId: VpnConnectionId!, LocalIpv4NetworkCidr: '192.168.0.0/16' }
  const changed = estate.ask('ModifyVpnConnectionOptions', options).VpnConnection!
  assert.equal(changed.Options!.LocalIpv4NetworkCidr, '192.168.0.0/16')
  assert.equal(changed.Options!.RemoteIpv4NetworkCidr, '0.0.0.0/0')
})

test('the keys of a connection to be made name its gateway, routing and tunnels', () => {
  const estate = newEstate()
  const { CustomerGatewayId, VpnGatewayId } = connected(estate)
  const [made, customer, gateway] = estate.needs('CreateVpnConnection', {
    CustomerGatewayId,
    VpnGatewayId,
    Type: 'ipsec.1',
    Options: { StaticRoutesOnly: true, TunnelOptions: [{ IKEVersions: [{ Value: 'ikev1' }, { Value: 'ikev2' }] }] },
  })
  assert.deepEqual(made!.context, {
    'ec2:Region': 'us-east-1',
    'ec2:GatewayType': 'VGW',
    'ec2:RoutingType': 'static',
    'ec2:AuthenticationType': 'pre-shared-key',
    'ec2:IKEVersions': ['ikev1', 'ikev2'],
  })
  assert.match(customer!.resource, /customer-gateway\/cgw-/)
  assert.match(gateway!.resource, /vpn-gateway\/vgw-/)
})
