import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

function gateways(estate: TestEstate) {
  const { VpcId, SubnetId } = withSubnet(estate)
  const GatewayId = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId: GatewayId, VpcId })
  const table = () => estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  return { VpcId, SubnetId, GatewayId, table }
}

test('a gateway’s table steers what comes in to an interface', () => {
  const estate = newEstate()
  const { VpcId, SubnetId, GatewayId, table } = gateways(estate)
  const RouteTableId = table()
  const { AssociationId } = estate.ask('AssociateRouteTable', { RouteTableId, GatewayId })
  const NetworkInterfaceId = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!
  estate.ask('CreateRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/24', NetworkInterfaceId })
  const out = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }
  estate.refuses('CreateRoute', { ...out, NetworkInterfaceId }, 'InvalidParameterValue')
  estate.refuses('CreateRoute', { ...out, GatewayId }, 'InvalidParameterValue')
  const found = estate.ask('DescribeRouteTables', {
    Filters: [{ Name: 'association.gateway-id', Values: [GatewayId] }],
  })
  assert.equal(found.RouteTables![0]!.RouteTableId, RouteTableId)
  const second = table()
  estate.refuses('AssociateRouteTable', { RouteTableId: second, GatewayId }, 'Resource.AlreadyAssociated')
  estate.ask('ReplaceRouteTableAssociation', { AssociationId: AssociationId!, RouteTableId: second })
  estate.ask('DetachInternetGateway', { InternetGatewayId: GatewayId, VpcId })
  const [left] = estate.ask('DescribeRouteTables', { RouteTableIds: [second] }).RouteTables!
  assert.deepEqual(left!.Associations, [])
})

test('tables that lead out, or that routes are propagated into, do not fit', () => {
  const estate = newEstate()
  const { VpcId, GatewayId, table } = gateways(estate)
  const leading = table()
  estate.ask('CreateRoute', { RouteTableId: leading, DestinationCidrBlock: '0.0.0.0/0', GatewayId })
  estate.refuses('AssociateRouteTable', { RouteTableId: leading, GatewayId }, 'InvalidParameterValue')
  const VpnGatewayId = estate.ask('CreateVpnGateway', { Type: 'ipsec.1' }).VpnGateway!.VpnGatewayId!
  const edge = { RouteTableId: table(), GatewayId: VpnGatewayId }
  estate.refuses('AssociateRouteTable', edge, 'InvalidParameterValue', /belong to different networks/)
  estate.ask('AttachVpnGateway', { VpnGatewayId, VpcId })
  const following = { RouteTableId: table(), GatewayId: VpnGatewayId }
  estate.ask('EnableVgwRoutePropagation', following)
  estate.refuses('AssociateRouteTable', following, 'InvalidParameterValue')
  estate.ask('AssociateRouteTable', edge)
  estate.refuses('EnableVgwRoutePropagation', edge, 'InvalidParameterValue')
  const needs = estate.needs('AssociateRouteTable', edge)
  assert.match(needs[1]!.resource, /vpn-gateway\/vgw-/)
})
