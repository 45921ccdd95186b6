import type { CreateRouteRequest, Route } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { RouteTableDocument } from '../documents.ts'
import { invalidCombination, invalidValue, missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import {
  egressOnlyInternetGateways,
  transitGatewayAttachments,
  transitGateways,
  vpcPeeringConnections,
  vpnGateways,
} from '../gateway-nouns.ts'
import { internetGateways, natGateways, networkInterfaces } from '../nouns.ts'
import { getPeering, isActive } from '../vpc-peering/peering.ts'
import { targetMembers, type TargetMember } from './make-route-table.ts'
import type { Destination } from './route-destination.ts'

export type Target = Pick<Shape<Route>, TargetMember | 'InstanceOwnerId'> & { State: 'active' | 'blackhole' }

type Input = Partial<Pick<Shape<CreateRouteRequest>, TargetMember>>

/** NAT64: what a NAT gateway takes of IPv6 (VPC User Guide, "DNS64 and NAT64"). */
const NAT64 = '64:ff9b::/96'

/** Exactly one target, in reach of the table's own VPC, and whether it takes packets now. */
export function targetOf(input: Input, estate: Estate, table: RouteTableDocument, to: Destination): Target {
  refuseUnbuilt(input, 'VpcEndpointId', 'LocalGatewayId', 'CarrierGatewayId', 'CoreNetworkArn', 'OdbNetworkArn')
  const [member, another] = targetMembers.filter((name) => input[name])
  if (another) throw invalidCombination('Exactly one target must be specified for a route')
  if (!member) throw missingParameter('gatewayId')
  return checks[member](input[member]!, estate, table, to)
}

/** The target of a route that is there, without its state. */
export const targetIn = (route: Partial<Shape<Route>>): Partial<Shape<Route>> =>
  Object.fromEntries(targetMembers.flatMap((name) => (route[name] ? [[name, route[name]]] : [])))

type Check = (id: string, estate: Estate, table: RouteTableDocument, to: Destination) => Target

const active = { State: 'active' } as const

const checks: Record<TargetMember, Check> = {
  GatewayId(id, estate, table) {
    if (id === 'local') return { GatewayId: id, ...active }
    const attachedTo = id.startsWith('igw-')
      ? estate.get(internetGateways, id).Attachments.map((one) => one.VpcId)
      : id.startsWith('vgw-')
        ? estate.get(vpnGateways, id).VpcAttachments.map((one) => one.VpcId)
        : id.startsWith('vpce-')
          ? []
          : refuse(new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${id}' does not exist`))
    if (!attachedTo.includes(table.VpcId)) throw elsewhere(table, 'network gateway', id)
    return { GatewayId: id, ...active }
  },
  NatGatewayId(id, estate, table, to) {
    const gateway = estate.get(natGateways, id)
    if (gateway.State === 'deleted' || gateway.VpcId !== table.VpcId) throw natGateways.notFound(id)
    if (to.DestinationIpv6CidrBlock && to.DestinationIpv6CidrBlock !== NAT64) {
      // inferred: the sentence.
      throw invalidValue(`NAT gateway ${id} takes IPv6 traffic to ${NAT64} only`)
    }
    return { NatGatewayId: id, ...active }
  },
  NetworkInterfaceId(id, estate, table) {
    const eni = estate.get(networkInterfaces, id)
    if (eni.VpcId !== table.VpcId) throw elsewhere(table, 'interface', id)
    const { InstanceId, InstanceOwnerId } = eni.Attachment ?? {}
    return {
      NetworkInterfaceId: id,
      ...(InstanceId ? { InstanceId, ...(InstanceOwnerId ? { InstanceOwnerId } : {}) } : {}),
      ...active,
    }
  },
  InstanceId(id, estate, table, to) {
    const [eni, another] = estate.list(networkInterfaces).filter((one) => one.Attachment?.InstanceId === id)
    if (!eni) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
    if (another) {
      throw new AwsError(
        'InvalidInstanceID',
        `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
      )
    }
    return checks.NetworkInterfaceId(eni.NetworkInterfaceId, estate, table, to)
  },
  VpcPeeringConnectionId(id, estate, table) {
    const peering = getPeering(estate, id)
    const { Code } = peering.Status
    if (Code !== 'active' && Code !== 'pending-acceptance') throw vpcPeeringConnections.notFound(id)
    const isMine = [peering.RequesterVpcInfo, peering.AccepterVpcInfo].some((side) => side.VpcId === table.VpcId)
    if (!isMine) throw elsewhere(table, 'vpc peering connection', id)
    // Until it is accepted the route is there and drops (VPC Peering Guide, "Update your route tables").
    return { VpcPeeringConnectionId: id, State: isActive(peering) ? 'active' : 'blackhole' }
  },
  TransitGatewayId(id, estate, table) {
    const attached = estate
      .list(transitGatewayAttachments)
      .some((one) => one.TransitGatewayId === id && one.ResourceId === table.VpcId && one.State === 'available')
    // One that the VPC is not attached to "does not exist" for its routes.
    if (!attached || !estate.find(transitGateways, id)) {
      throw new AwsError('InvalidTransitGatewayID.NotFound', `The transitGateway ID '${id}' does not exist`)
    }
    return { TransitGatewayId: id, ...active }
  },
  EgressOnlyInternetGatewayId(id, estate, table, to) {
    const gateway = estate.get(egressOnlyInternetGateways, id)
    if (!gateway.Attachments.some((one) => one.VpcId === table.VpcId)) {
      throw elsewhere(table, 'egress only internet gateway', id)
    }
    if (to.DestinationCidrBlock) {
      // inferred: the sentence.
      throw invalidValue(`Egress only internet gateway ${id} takes IPv6 traffic only`)
    }
    return { EgressOnlyInternetGatewayId: id, ...active }
  },
}

const elsewhere = (table: RouteTableDocument, kind: string, id: string): AwsError =>
  invalidValue(`route table ${table.RouteTableId} and ${kind} ${id} belong to different networks`)

function refuse(error: AwsError): never {
  throw error
}
