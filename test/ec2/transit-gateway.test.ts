import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, type TestEstate } from './estate.ts'

function vpcWithSubnet(estate: TestEstate, start: string) {
  const VpcId = estate.ask('CreateVpc', { CidrBlock: `${start}.0.0/16` }).Vpc!.VpcId!
  const SubnetId = estate.ask('CreateSubnet', { VpcId, CidrBlock: `${start}.0.0/24` }).Subnet!.SubnetId!
  return { VpcId, SubnetId }
}

/** A transit gateway with its defaults and two VPCs attached to it. */
function twoVpcs(estate: TestEstate) {
  const gateway = estate.ask('CreateTransitGateway', {}).TransitGateway!
  const TransitGatewayId = gateway.TransitGatewayId!
  const TransitGatewayRouteTableId = gateway.Options!.AssociationDefaultRouteTableId!
  const attach = (start: string) => {
    const { VpcId, SubnetId } = vpcWithSubnet(estate, start)
    const { TransitGatewayAttachmentId } = estate.ask('CreateTransitGatewayVpcAttachment', {
      TransitGatewayId,
      VpcId,
      SubnetIds: [SubnetId],
    }).TransitGatewayVpcAttachment!
    return { VpcId, SubnetId, TransitGatewayAttachmentId: TransitGatewayAttachmentId! }
  }
  const search = (Name: string, ...Values: string[]) =>
    estate
      .ask('SearchTransitGatewayRoutes', { TransitGatewayRouteTableId, Filters: [{ Name, Values }] })
      .Routes!.map((route) => `${route.DestinationCidrBlock} ${route.Type} ${route.State}`)
  return { gateway, TransitGatewayId, TransitGatewayRouteTableId, one: attach('10.1'), two: attach('10.2'), search }
}

test('attachments join the default table and propagate their blocks into it', () => {
  const estate = newEstate()
  const { TransitGatewayRouteTableId, one, two, search } = twoVpcs(estate)
  assert.deepEqual(search('type', 'propagated'), ['10.1.0.0/16 propagated active', '10.2.0.0/16 propagated active'])
  estate.ask('AssociateVpcCidrBlock', { VpcId: one.VpcId, CidrBlock: '10.3.0.0/16' })
  assert.deepEqual(search('attachment.resource-id', one.VpcId), [
    '10.1.0.0/16 propagated active',
    '10.3.0.0/16 propagated active',
  ])
  const table = { TransitGatewayRouteTableId }
  const ids = [one, two].map((each) => each.TransitGatewayAttachmentId).toSorted()
  const { Associations } = estate.ask('GetTransitGatewayRouteTableAssociations', table)
  assert.deepEqual(
    Associations!.map((each) => each.TransitGatewayAttachmentId),
    ids,
  )
  const { TransitGatewayRouteTablePropagations } = estate.ask('GetTransitGatewayRouteTablePropagations', table)
  assert.deepEqual(
    TransitGatewayRouteTablePropagations!.map((each) => each.State),
    ['enabled', 'enabled'],
  )
  const [eni] = estate.ask('DescribeNetworkInterfaces', {
    Filters: [{ Name: 'subnet-id', Values: [one.SubnetId] }],
  }).NetworkInterfaces!
  assert.equal(eni!.InterfaceType, 'transit_gateway')
  assert.equal(eni!.Description, `Network Interface for Transit Gateway Attachment ${one.TransitGatewayAttachmentId}`)
  estate.refuses('DeleteSubnet', { SubnetId: one.SubnetId }, 'DependencyViolation')
})

test('static routes beat propagated ones, and turn black when their attachment goes', () => {
  const estate = newEstate()
  const { TransitGatewayRouteTableId, one, two, search } = twoVpcs(estate)
  const table = { TransitGatewayRouteTableId }
  const toOne = { ...table, TransitGatewayAttachmentId: one.TransitGatewayAttachmentId }
  estate.ask('CreateTransitGatewayRoute', { ...toOne, DestinationCidrBlock: '10.2.0.0/16' })
  assert.deepEqual(search('route-search.exact-match', '10.2.0.0/16'), ['10.2.0.0/16 static active'])
  estate.refuses('CreateTransitGatewayRoute', { ...toOne, DestinationCidrBlock: '10.2.0.0/16' }, 'RouteAlreadyExists')
  estate.refuses(
    'CreateTransitGatewayRoute',
    { ...toOne, Blackhole: true, DestinationCidrBlock: '10.9.0.0/16' },
    'InvalidParameterCombination',
  )
  estate.ask('CreateTransitGatewayRoute', { ...table, DestinationCidrBlock: '10.0.0.0/8', Blackhole: true })
  assert.deepEqual(search('route-search.longest-prefix-match', '10.2.3.4'), ['10.2.0.0/16 static active'])
  assert.deepEqual(search('route-search.longest-prefix-match', '10.200.0.1/32'), ['10.0.0.0/8 static blackhole'])
  assert.deepEqual(search('route-search.supernet-of-match', '10.1.7.0/24'), [
    '10.0.0.0/8 static blackhole',
    '10.1.0.0/16 propagated active',
  ])
  assert.equal(search('route-search.subnet-of-match', '10.0.0.0/8').length, 3)
  assert.deepEqual(search('state', 'blackhole'), ['10.0.0.0/8 static blackhole'])
  estate.refuses('SearchTransitGatewayRoutes', { ...table, Filters: [] }, 'MissingParameter')
  estate.ask('DeleteTransitGatewayRoute', { ...table, DestinationCidrBlock: '10.2.0.0/16' })
  assert.deepEqual(search('route-search.exact-match', '10.2.0.0/16'), ['10.2.0.0/16 propagated active'])
  estate.refuses(
    'DeleteTransitGatewayRoute',
    { ...table, DestinationCidrBlock: '10.2.0.0/16' },
    'InvalidRoute.NotFound',
  )
  estate.ask('ReplaceTransitGatewayRoute', { ...toOne, DestinationCidrBlock: '10.0.0.0/8' })
  assert.deepEqual(search('route-search.exact-match', '10.0.0.0/8'), ['10.0.0.0/8 static active'])
  estate.ask('DeleteTransitGatewayVpcAttachment', { TransitGatewayAttachmentId: one.TransitGatewayAttachmentId })
  assert.deepEqual(search('state', '*'), ['10.0.0.0/8 static blackhole', '10.2.0.0/16 propagated active'])
  assert.equal(estate.ask('DescribeTransitGatewayAttachments', {}).TransitGatewayAttachments!.length, 1)
  estate.ask('DeleteSubnet', { SubnetId: one.SubnetId })
  assert.equal(two.VpcId.slice(0, 4), 'vpc-')
})

test('an attachment has one table; another may take it, and propagation is a matter of its own', () => {
  const estate = newEstate()
  const { TransitGatewayId, TransitGatewayRouteTableId: byDefault, one, search } = twoVpcs(estate)
  const made = estate.ask('CreateTransitGatewayRouteTable', { TransitGatewayId }).TransitGatewayRouteTable!
  const TransitGatewayRouteTableId = made.TransitGatewayRouteTableId!
  const { TransitGatewayAttachmentId } = one
  const pair = { TransitGatewayRouteTableId, TransitGatewayAttachmentId }
  estate.refuses(
    'AssociateTransitGatewayRouteTable',
    pair,
    'Resource.AlreadyAssociated',
    `Transit Gateway Attachment ${TransitGatewayAttachmentId} is already associated to a route table.`,
  )
  estate.refuses('DisassociateTransitGatewayRouteTable', pair, 'InvalidAssociationID.NotFound')
  estate.ask('DisassociateTransitGatewayRouteTable', { ...pair, TransitGatewayRouteTableId: byDefault })
  estate.ask('AssociateTransitGatewayRouteTable', pair)
  const filter = [{ Name: 'association.transit-gateway-route-table-id', Values: [TransitGatewayRouteTableId] }]
  const [found] = estate.ask('DescribeTransitGatewayAttachments', { Filters: filter }).TransitGatewayAttachments!
  assert.equal(found!.TransitGatewayAttachmentId, TransitGatewayAttachmentId)
  estate.ask('EnableTransitGatewayRouteTablePropagation', pair)
  estate.refuses('EnableTransitGatewayRouteTablePropagation', pair, 'TransitGatewayRouteTablePropagation.Duplicate')
  const propagations = () =>
    estate
      .ask('GetTransitGatewayAttachmentPropagations', { TransitGatewayAttachmentId })
      .TransitGatewayAttachmentPropagations!.map((each) => each.TransitGatewayRouteTableId)
  assert.deepEqual(propagations(), [byDefault, TransitGatewayRouteTableId].toSorted())
  estate.ask('DisableTransitGatewayRouteTablePropagation', { ...pair, TransitGatewayRouteTableId: byDefault })
  assert.deepEqual(propagations(), [TransitGatewayRouteTableId])
  assert.deepEqual(search('type', 'propagated'), ['10.2.0.0/16 propagated active'])
  estate.refuses('DeleteTransitGatewayRouteTable', { TransitGatewayRouteTableId }, 'IncorrectState')
  estate.refuses('DeleteTransitGatewayRouteTable', { TransitGatewayRouteTableId: byDefault }, 'IncorrectState')
})

test('VPC routes lead to a gateway that the VPC is attached to', () => {
  const estate = newEstate()
  const { TransitGatewayId, one } = twoVpcs(estate)
  const stranger = vpcWithSubnet(estate, '10.8')
  const tableOf = (VpcId: string) => estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const route = (VpcId: string) => ({
    RouteTableId: tableOf(VpcId),
    DestinationCidrBlock: '10.0.0.0/8',
    TransitGatewayId,
  })
  estate.refuses(
    'CreateRoute',
    route(stranger.VpcId),
    'InvalidTransitGatewayID.NotFound',
    `The transitGateway ID '${TransitGatewayId}' does not exist`,
  )
  const mine = route(one.VpcId)
  estate.ask('CreateRoute', mine)
  const state = () =>
    estate
      .ask('DescribeRouteTables', { RouteTableIds: [mine.RouteTableId] })
      .RouteTables![0]!.Routes!.find((each) => each.TransitGatewayId)!.State
  assert.equal(state(), 'active')
  estate.ask('DeleteTransitGatewayVpcAttachment', { TransitGatewayAttachmentId: one.TransitGatewayAttachmentId })
  assert.equal(state(), 'blackhole')
  estate.ask('CreateTransitGatewayVpcAttachment', { TransitGatewayId, VpcId: one.VpcId, SubnetIds: [one.SubnetId] })
  assert.equal(state(), 'active')
})

test('subnets of an attachment: of its VPC, one a zone', () => {
  const estate = newEstate()
  const { TransitGatewayId, one, two } = twoVpcs(estate)
  const { VpcId, TransitGatewayAttachmentId } = one
  estate.refuses(
    'CreateTransitGatewayVpcAttachment',
    { TransitGatewayId, VpcId, SubnetIds: [one.SubnetId] },
    'DuplicateTransitGatewayAttachment',
  )
  const add = (SubnetId: string) => ({ TransitGatewayAttachmentId, AddSubnetIds: [SubnetId] })
  estate.refuses('ModifyTransitGatewayVpcAttachment', add(two.SubnetId), 'InvalidParameter')
  const same = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.1.1.0/24' }).Subnet!.SubnetId!
  estate.refuses('ModifyTransitGatewayVpcAttachment', add(same), 'DuplicateSubnetsInSameZone')
  const other = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.1.2.0/24', AvailabilityZone: 'us-east-1b' }).Subnet!
    .SubnetId!
  const changed = estate.ask('ModifyTransitGatewayVpcAttachment', {
    ...add(other),
    RemoveSubnetIds: [one.SubnetId],
    Options: { ApplianceModeSupport: 'enable' },
  }).TransitGatewayVpcAttachment!
  assert.deepEqual(changed.SubnetIds, [other])
  assert.equal(changed.Options!.ApplianceModeSupport, 'enable')
  assert.deepEqual(
    estate
      .ask('DescribeNetworkInterfaces', { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] })
      .NetworkInterfaces!.map((eni) => eni.SubnetId),
    [other],
  )
})

test('a gateway without defaults leaves everything to its owner; attachments hold a gateway', () => {
  const estate = newEstate()
  const { Options, TransitGatewayId: plain } = estate.ask('CreateTransitGateway', {
    Options: { DefaultRouteTableAssociation: 'disable', DefaultRouteTablePropagation: 'disable' },
  }).TransitGateway!
  assert.equal(Options!.AssociationDefaultRouteTableId, undefined)
  const { VpcId, SubnetId } = vpcWithSubnet(estate, '10.4')
  const request = { TransitGatewayId: plain!, VpcId, SubnetIds: [SubnetId] }
  const { TransitGatewayAttachmentId } = estate.ask(
    'CreateTransitGatewayVpcAttachment',
    request,
  ).TransitGatewayVpcAttachment!
  const [attachment] = estate.ask('DescribeTransitGatewayAttachments', {}).TransitGatewayAttachments!
  assert.equal(attachment!.Association, undefined)
  estate.refuses(
    'DeleteTransitGateway',
    { TransitGatewayId: plain! },
    'IncorrectState',
    `${plain} has non-deleted Transit Gateway Attachments: ${TransitGatewayAttachmentId}.`,
  )
  const on = { TransitGatewayId: plain!, Options: { DefaultRouteTableAssociation: 'enable' as const } }
  const changed = estate.ask('ModifyTransitGateway', on).TransitGateway!
  assert.match(changed.Options!.AssociationDefaultRouteTableId!, /^tgw-rtb-/)
  const [table] = estate.ask('DescribeTransitGatewayRouteTables', {}).TransitGatewayRouteTables!
  assert.deepEqual([table!.DefaultAssociationRouteTable, table!.DefaultPropagationRouteTable], [true, false])
  estate.refuses('CreateTransitGateway', { Options: { AmazonSideAsn: 7224 } }, 'InvalidParameterValue')
  estate.ask('DeleteTransitGatewayVpcAttachment', { TransitGatewayAttachmentId: TransitGatewayAttachmentId! })
  estate.ask('DeleteTransitGateway', { TransitGatewayId: plain! })
  assert.deepEqual(estate.ask('DescribeTransitGatewayRouteTables', {}).TransitGatewayRouteTables, [])
  estate.refuses(
    'DescribeTransitGateways',
    { TransitGatewayIds: [plain!] },
    'InvalidTransitGatewayID.NotFound',
    `Transit Gateway ${plain} was deleted or does not exist.`,
  )
})
