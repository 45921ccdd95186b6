import type { NetworkDocuments } from '../network/types.ts'
import { shortService } from './interfaces.ts'
import { readable } from './names.ts'
import type { Names } from './names.ts'
import type { GraphEdge, GraphNode, NodeKind } from './types.ts'

interface Ways {
  nodes: GraphNode[]
  edges: GraphEdge[]
}

/** What gateway endpoints exist for. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['s3', 'Amazon S3'],
  ['dynamodb', 'Amazon DynamoDB'],
])

const INTERNET: GraphNode = { id: 'internet', kind: 'internet', label: 'Internet', lines: [] }

/** What is at the edge of a VPC, and what lies behind it. `targets`: of the VPC's routes, known or not. */
export function gatewaysOf(documents: NetworkDocuments, vpcId: string, names: Names, targets: readonly string[]): Ways {
  const nodes = new Map<string, GraphNode>()
  const edges: GraphEdge[] = []
  const gateway = (id: string, kind: NodeKind, what: string, behind?: GraphNode): void => {
    const name = names.get(id)
    nodes.set(id, { id, kind, label: name ?? what, lines: name === undefined ? [id] : [what, id], parent: vpcId })
    if (!behind) return
    if (!nodes.has(behind.id)) nodes.set(behind.id, behind)
    edges.push({ from: id, to: behind.id, kind: 'leads-to' })
  }
  const isHere = (one: { Attachments?: { VpcId?: string }[]; VpcAttachments?: { VpcId?: string }[] }): boolean =>
    [...(one.Attachments ?? []), ...(one.VpcAttachments ?? [])].some((attachment) => attachment.VpcId === vpcId)

  for (const one of documents.InternetGateways.filter(isHere))
    gateway(one.InternetGatewayId ?? '', 'internet-gateway', 'Internet gateway', INTERNET)
  for (const one of documents.EgressOnlyInternetGateways.filter(isHere))
    gateway(one.EgressOnlyInternetGatewayId ?? '', 'egress-only-internet-gateway', 'Egress-only gateway', INTERNET)
  for (const one of documents.VpcEndpoints) {
    if (one.VpcId !== vpcId || one.VpcEndpointType !== 'Gateway') continue
    const short = shortService(one.ServiceName)
    const label = SERVICES.get(short) ?? short
    const service: GraphNode = { id: `service/${one.ServiceName ?? short}`, kind: 'service', label, lines: [] }
    gateway(one.VpcEndpointId ?? '', 'gateway-endpoint', 'Gateway endpoint', service)
  }
  peerings(documents, vpcId, names, gateway)
  transit(documents, vpcId, names, gateway)
  onPremises(documents, isHere, names, gateway)

  for (const target of targets) {
    if (nodes.has(target) || !/^(?:igw|eigw|vgw|tgw|pcx|vpce|lgw|cagw|arn)[-:]/.test(target)) continue
    gateway(target, 'other-gateway', target.startsWith('vpce-') ? 'Endpoint, not known' : 'Gateway, not known')
  }
  return { nodes: [...nodes.values()], edges }
}

type Gateway = (id: string, kind: NodeKind, what: string, behind?: GraphNode) => void

function peerings(documents: NetworkDocuments, vpcId: string, names: Names, gateway: Gateway): void {
  for (const one of documents.VpcPeeringConnections) {
    const ends = [one.RequesterVpcInfo, one.AccepterVpcInfo]
    const other = ends.find((end) => end?.VpcId !== vpcId)
    if (
      !other ||
      !ends.some((end) => end?.VpcId === vpcId) ||
      /deleted|rejected|expired|failed/.test(one.Status?.Code ?? '')
    )
      continue
    const id = other.VpcId ?? 'a VPC that is not known'
    const label = names.get(id) ?? 'VPC'
    const lines = [id, other.CidrBlock, other.Region].filter((line): line is string => Boolean(line))
    gateway(one.VpcPeeringConnectionId ?? '', 'peering', 'VPC peering', {
      id: `peer/${id}`,
      kind: 'network',
      label,
      lines,
    })
  }
}

function transit(documents: NetworkDocuments, vpcId: string, names: Names, gateway: Gateway): void {
  const attachments = [
    ...documents.TransitGatewayVpcAttachments.map((one) => ({ ...one, ResourceId: one.VpcId })),
    ...documents.TransitGatewayAttachments,
  ]
  const own = new Set(attachments.filter((one) => one.ResourceId === vpcId).map((one) => one.TransitGatewayId ?? ''))
  for (const id of own) {
    const others = attachments.filter((one) => one.TransitGatewayId === id && one.ResourceId !== vpcId)
    const ids = [...new Set(others.map((one) => one.ResourceId ?? one.TransitGatewayAttachmentId ?? ''))]
    const lines = ids.slice(0, 3).map((other) => [names.get(other), other].filter(Boolean).join(' · '))
    if (ids.length > 3) lines.push(`and ${ids.length - 3} more`)
    const behind: GraphNode = { id: `${id}/attached`, kind: 'network', label: 'Attached networks', lines }
    gateway(id, 'transit-gateway', 'Transit gateway', ids.length > 0 ? behind : undefined)
  }
}

function onPremises(
  documents: NetworkDocuments,
  isHere: (one: NetworkDocuments['VpnGateways'][number]) => boolean,
  names: Names,
  gateway: Gateway,
): void {
  for (const one of documents.VpnGateways.filter(isHere)) {
    const id = one.VpnGatewayId ?? ''
    const tunnels = documents.VpnConnections.filter((vpn) => vpn.VpnGatewayId === id && vpn.State !== 'deleted')
    const lines = tunnels.slice(0, 3).flatMap((vpn) => {
      const customer = documents.CustomerGateways.find((end) => end.CustomerGatewayId === vpn.CustomerGatewayId)
      const address = readable(customer?.IpAddress ?? '')
      return [vpn.VpnConnectionId ?? '', address && `to ${address}`].filter(Boolean)
    })
    const label = names.get(tunnels[0]?.CustomerGatewayId ?? '') ?? 'On premises'
    const behind: GraphNode = { id: `${id}/premises`, kind: 'network', label, lines }
    gateway(id, 'vpn-gateway', 'Virtual private gateway', tunnels.length > 0 ? behind : undefined)
  }
}
