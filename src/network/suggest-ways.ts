/** What would lead packets to where they shall go, and replies back: endpoints and routes, to gateways that are there. */
import { contains, everything, formatCidr, single, size } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'
import { isAvailable } from './dns.ts'
import { ALL_PORTS, onTable } from './exposure.ts'
import { fix } from './fix-call.ts'
import type { Suggestion } from './fix-call.ts'
import { inside, insideSubnet } from './model.ts'
import type { Model, Subnet, Vpc } from './model.ts'
import type { Cause, TargetMember } from './path.ts'
import { lookup } from './route-table.ts'
import { serviceAt } from './services.ts'
import type { Service } from './services.ts'
import { interfaceEndpoint } from './suggest-names.ts'
import { usableAttachmentsOf } from './transit-attachments.ts'
import { transitTableById } from './transit-routes.ts'
import { vpcOfGateway } from './virtual-private-gateway.ts'
import { liesBehind, staticBlocks } from './vpn-connection.ts'
import type { VpnConnectionDocument } from './vpn-connection.ts'
import { peersOf } from './vpc-peering.ts'

export function findWay(model: Model, cause: Cause & { kind: 'route' }): Suggestion[] {
  const { from, destination } = cause
  const { subnet } = from
  const service = cause.service ?? serviceAt(destination, model.region, model.ranges)
  const local = service?.region === model.region ? service : undefined
  const suggestions: Suggestion[] = []
  if (local?.types.includes('Gateway')) suggestions.push(...gatewayEndpoint(model, subnet, local))
  // An interface endpoint is found by its name; who dials the public number would pass it by.
  else if (local?.types.includes('Interface') && cause.service)
    suggestions.push(interfaceEndpoint(model, from, local, cause.port))

  const winner = lookup(subnet.routes, destination)
  const table = subnet.routes.id
  if (winner?.priority === 1) {
    const cidr = formatCidr(winner.destination)
    const text = `Remove the route to ${cidr} from ${table}: a better one takes over.`
    const input = { RouteTableId: table, ...destinationMember(winner.destination) }
    suggestions.push([fix('DeleteRoute', input, exposureOf(model, table, winner.destination), text)])
  }
  for (const { block, target } of waysTo(model, subnet.vpc, destination))
    suggestions.push(...route(model, subnet, block, target))
  // A name's public address may change, a literal one is all that was asked for.
  const block = cause.service ? everything(destination) : single(destination)
  for (const target of waysOut(model, subnet, from.publicAddress !== undefined, destination))
    suggestions.push(...route(model, subnet, block, target))
  return suggestions
}

/** Gateways by which packets leave a subnet for the internet. */
function waysOut(model: Model, subnet: Subnet, hasPublicAddress: boolean, destination: Ip): TargetMember[] {
  const { vpc } = subnet
  const igw = model.internetGatewayOf(vpc.id)?.InternetGatewayId
  if (typeof destination === 'bigint') {
    const egressOnly = model.documents.EgressOnlyInternetGateways.find((one) =>
      one.Attachments?.some(({ VpcId }) => VpcId === vpc.id),
    )?.EgressOnlyInternetGatewayId
    // What can be opened from inside only comes first.
    if (egressOnly) return [{ EgressOnlyInternetGatewayId: egressOnly }]
    return igw ? [{ GatewayId: igw }] : []
  }
  const nat = model.documents.NatGateways.find(
    (gateway) =>
      gateway.VpcId === vpc.id &&
      gateway.SubnetId !== subnet.id &&
      (gateway.State ?? 'available') === 'available' &&
      gateway.ConnectivityType !== 'private',
  )?.NatGatewayId
  return [...(nat ? [{ NatGatewayId: nat }] : []), ...(igw && hasPublicAddress ? [{ GatewayId: igw }] : [])]
}

/** Private networks beside this VPC that have an address, by the gateways that lead there. */
function waysTo(model: Model, vpc: Vpc, address: Ip): { block: Block; target: TargetMember }[] {
  const ways: { block: Block; target: TargetMember }[] = []
  for (const { peering, vpc: peer } of peersOf(model, vpc)) {
    const id = peering.VpcPeeringConnectionId
    if (id && inside(peer, address))
      ways.push({ block: blockOf(model, address), target: { VpcPeeringConnectionId: id } })
  }
  const own = usableAttachmentsOf(model, vpc.id)
  for (const { transitGatewayId } of own) {
    const there = transitEnds(model, transitGatewayId).some((end) => end.has(address))
    if (there && !inside(vpc, address))
      ways.push({ block: blockOf(model, address), target: { TransitGatewayId: transitGatewayId } })
  }
  for (const connection of model.documents.VpnConnections) {
    const id = connection.VpnGatewayId
    if (!id || vpcOfGateway(model, id) !== vpc.id) continue
    // Behind a connection with dynamic routes may be anything: nothing is suggested on such grounds.
    const block = staticBlocks(connection).find((one) => contains(one, address))
    if (block) ways.push({ block, target: { GatewayId: id } })
  }
  return ways
}

/** What the attachments of a transit gateway lead to. */
function transitEnds(model: Model, transitGatewayId: string): { id: string; has: (address: Ip) => boolean }[] {
  const all = model.documents.Vpcs.flatMap(({ VpcId = '' }) => {
    const vpc = model.vpc(VpcId)
    return usableAttachmentsOf(model, VpcId).map((one) => ({
      one,
      has: (address: Ip) => vpc !== undefined && inside(vpc, address),
    }))
  })
  const connections = model.documents.VpnConnections.flatMap((connection: VpnConnectionDocument) =>
    usableAttachmentsOf(model, connection.VpnConnectionId ?? '').map((one) => ({
      one,
      has: (address: Ip) => staticBlocks(connection).length > 0 && liesBehind(connection, address),
    })),
  )
  return [...all, ...connections]
    .filter(({ one }) => one.transitGatewayId === transitGatewayId)
    .map(({ one, has }) => ({ id: one.id, has }))
}

/** The block to route for one address: that of its subnet or of a VPN's static route, for what has other addresses soon. */
function blockOf(model: Model, address: Ip): Block {
  for (const { SubnetId } of model.documents.Subnets) {
    const subnet = model.subnet(SubnetId)
    const block = typeof address === 'number' ? subnet?.cidr : subnet?.cidr6
    if (subnet && block && insideSubnet(subnet, address)) return block
  }
  const behind = model.documents.VpnConnections.flatMap((one) => staticBlocks(one))
  return behind.find((block) => contains(block, address)) ?? single(address)
}

/** The subnet where a gateway stands must lead on: to the internet, or to wherever it was that packets shall go. */
export function findUplink(model: Model, { subnet, destination }: Cause & { kind: 'uplink' }): Suggestion[] {
  const beside = waysTo(model, subnet.vpc, destination)
  if (beside.length > 0) return beside.flatMap(({ block, target }) => route(model, subnet, block, target))
  const igw = model.internetGatewayOf(subnet.vpc.id)?.InternetGatewayId
  return igw === undefined ? [] : route(model, subnet, everything(destination), { GatewayId: igw })
}

export function leadBack(model: Model, cause: Cause & { kind: 'way-back' }): Suggestion[] {
  return route(model, cause.subnet, blockOf(model, cause.destination), cause.target)
}

/** A static route in a transit gateway's table. */
export function transitRoute(model: Model, cause: Cause & { kind: 'transit-route' }): Suggestion[] {
  const { tableId, destination, transitGatewayId } = cause
  const attachmentId =
    cause.attachmentId ?? transitEnds(model, transitGatewayId).find((end) => end.has(destination))?.id
  if (attachmentId === undefined) return []
  const block = blockOf(model, destination)
  const same = transitTableById(model, tableId)?.routes.some(
    (one) => one.priority === 0 && formatCidr(one.destination) === formatCidr(block),
  )
  const input = {
    DestinationCidrBlock: formatCidr(block),
    TransitGatewayRouteTableId: tableId,
    TransitGatewayAttachmentId: attachmentId,
  }
  const text = `Route ${formatCidr(block)} from ${tableId} to ${attachmentId}.`
  const operation = same ? 'ReplaceTransitGatewayRoute' : 'CreateTransitGatewayRoute'
  return [[fix(operation, input, size(block) * ALL_PORTS, text)]]
}

export function enableAttachmentZone({ attachmentId, subnet }: Cause & { kind: 'attachment-zone' }): Suggestion[] {
  const input = { TransitGatewayAttachmentId: attachmentId, AddSubnetIds: [subnet.id] }
  const text = `Give ${attachmentId} the subnet ${subnet.id}, for ${subnet.zone}.`
  return [[fix('ModifyTransitGatewayVpcAttachment', input, ALL_PORTS, text)]]
}

export function passOn({ one }: Cause & { kind: 'source-dest-check' }): Suggestion[] {
  const input = { NetworkInterfaceId: one.id, SourceDestCheck: { Value: false as const } }
  const text = `Switch off the source/destination check of ${one.id}, so that it can pass packets on.`
  return [[fix('ModifyNetworkInterfaceAttribute', input, ALL_PORTS, text)]]
}

type DestinationMember = { DestinationCidrBlock: string } | { DestinationIpv6CidrBlock: string }

function destinationMember(block: Block): DestinationMember {
  const cidr = formatCidr(block)
  return typeof block.base === 'number' ? { DestinationCidrBlock: cidr } : { DestinationIpv6CidrBlock: cidr }
}

const exposureOf = (model: Model, tableId: string, block: Block): number =>
  onTable(model, tableId) * size(block) * ALL_PORTS

/** A route for the subnet: in place of the one to the same block, if there is one. */
function route(model: Model, subnet: Subnet, block: Block, target: TargetMember): Suggestion[] {
  const table = subnet.routes.id
  if (!table.startsWith('rtb-')) return []
  const same = subnet.routes.routes.some(
    (one) => one.priority === 1 && one.destination.base === block.base && one.destination.length === block.length,
  )
  const input = { RouteTableId: table, ...destinationMember(block), ...target }
  const text = `Route ${formatCidr(block)} from ${table} to ${Object.values(target)[0]}.`
  return [[fix(same ? 'ReplaceRoute' : 'CreateRoute', input, exposureOf(model, table, block), text)]]
}

/** The policy of an endpoint that was made without one: everybody, everything. */
function isDefault(policy: string | undefined): boolean {
  if (policy === undefined) return true
  const { Statement } = JSON.parse(policy) as { Statement?: unknown }
  const [only, ...more] = [Statement].flat() as Record<string, unknown>[]
  const all = ['Principal', 'Action', 'Resource'].every((member) => only?.[member] === '*')
  return more.length === 0 && all && only?.['Effect'] === 'Allow' && only['Condition'] === undefined
}

function gatewayEndpoint(model: Model, subnet: Subnet, service: Service): Suggestion[] {
  const table = subnet.routes.id
  if (!table.startsWith('rtb-')) return []
  const addresses = model.ranges(model.region, service.id).reduce((sum, cidr) => sum + size(cidr), 0)
  const exposure = onTable(model, table) * addresses * service.ports.length
  const there = model
    .endpointsOf(subnet.vpc.id)
    .filter((one) => one.ServiceName === service.serviceName && one.VpcEndpointType === 'Gateway' && isAvailable(one))
  // One with a policy of its own was made for others, and may refuse what comes that way.
  const existing = there.find(({ PolicyDocument }) => isDefault(PolicyDocument)) ?? there[0]
  if (existing) {
    const id = existing.VpcEndpointId ?? ''
    const text = `Associate ${id}, the gateway endpoint for ${service.serviceName}, with ${table}, the route table of ${subnet.id}.`
    return [[fix('ModifyVpcEndpoint', { VpcEndpointId: id, AddRouteTableIds: [table] }, exposure, text)]]
  }
  const input = {
    VpcId: subnet.vpc.id,
    ServiceName: service.serviceName!,
    VpcEndpointType: 'Gateway' as const,
    RouteTableIds: [table],
  }
  const text = `Create a gateway endpoint for ${service.serviceName} with ${table}, the route table of ${subnet.id}.`
  return [[fix('CreateVpcEndpoint', input, exposure, text)]]
}
