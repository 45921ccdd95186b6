import type { NetworkDocuments } from '../network/types.ts'
import { gatewaysOf } from './gateways.ts'
import { named, namesOf, sorted } from './names.ts'
import type { Names } from './names.ts'
import { interfacesOf } from './interfaces.ts'
import { routesOf, targetOf } from './routes.ts'
import type { Graph, GraphEdge, GraphNode } from './types.ts'

type Subnet = NetworkDocuments['Subnets'][number]
type RouteTable = NetworkDocuments['RouteTables'][number]

/** A VPC, or all of them, with everything in it and what its gateways lead to. */
export function vpcGraph(documents: NetworkDocuments, region: string, vpcId?: string): Graph {
  const names = namesOf(documents)
  const vpcs = sorted(
    documents.Vpcs.filter(({ VpcId }) => vpcId === undefined || VpcId === vpcId),
    ({ VpcId }) => VpcId ?? '',
  )
  const nodes: GraphNode[] = [{ id: region, kind: 'region', label: region, lines: [] }]
  const edges: GraphEdge[] = []
  for (const vpc of vpcs) {
    const known = new Set(nodes.map(({ id }) => id))
    const part = oneVpc(documents, vpc.VpcId ?? '', region, names, known)
    nodes.push(...part.nodes.filter(({ id }) => !known.has(id)))
    edges.push(...part.edges)
  }
  const count = (kind: GraphNode['kind']): number => nodes.filter((node) => node.kind === kind).length
  const parts = [
    [count('subnet'), 'subnet'],
    [count('interface') + count('endpoint') + count('nat-gateway'), 'interface'],
    [count('route-table'), 'route table'],
  ] as const
  const told = parts.map(([number, noun]) => `${number} ${noun}${number === 1 ? '' : 's'}`).join(', ')
  const subject = vpcs.length === 1 ? titled(vpcs[0]!.VpcId ?? '', names) : `${vpcs.length} VPCs`
  const gateways = nodes.filter(
    ({ kind, parent }) => parent !== undefined && /gateway|peering/.test(kind) && kind !== 'nat-gateway',
  )
  return {
    kind: 'vpc',
    title: `${subject} in ${region}`,
    description: `${told}. Ways out: ${[...new Set(gateways.map(({ id, lines }) => lines.at(-1) ?? id))].join(', ') || 'none'}.`,
    nodes,
    edges,
  }
}

function titled(id: string, names: Names): string {
  const name = names.get(id)
  return name === undefined ? id : `${name} (${id})`
}

/** `known`: ids of the nodes of the VPCs before. A gateway between two of them has a node in each. */
function oneVpc(documents: NetworkDocuments, vpcId: string, region: string, names: Names, known: ReadonlySet<string>) {
  const vpc = documents.Vpcs.find((one) => one.VpcId === vpcId)!
  const cidrs = [vpc.CidrBlock, ...(vpc.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => CidrBlock)]
  const nodes: GraphNode[] = [{ id: vpcId, kind: 'vpc', parent: region, ...named(vpcId, names, ...new Set(cidrs)) }]
  const edges: GraphEdge[] = []
  const subnets = documents.Subnets.filter((subnet) => subnet.VpcId === vpcId)
  const tables = sorted(
    documents.RouteTables.filter((table) => table.VpcId === vpcId),
    (table) => table.RouteTableId ?? '',
  )
  const tableOf = (subnet: Subnet): RouteTable | undefined =>
    tables.find((table) => table.Associations?.some(({ SubnetId }) => SubnetId === subnet.SubnetId)) ??
    tables.find((table) => table.Associations?.some(({ Main }) => Main))
  // The default ACL lets everything through unless somebody changed it; another one is worth a line.
  const aclOf = (subnetId: string): string | undefined => {
    const acl = documents.NetworkAcls.find((one) => one.Associations?.some(({ SubnetId }) => SubnetId === subnetId))
    return acl === undefined || acl.IsDefault
      ? undefined
      : `ACL ${names.get(acl.NetworkAclId ?? '') ?? acl.NetworkAclId}`
  }
  const zones = sorted(
    [...new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone ?? 'zone not known'))],
    String,
  )
  for (const zone of zones) {
    const zoneId = `${vpcId}/${zone}`
    nodes.push({ id: zoneId, kind: 'zone', label: zone, lines: [], parent: vpcId })
    const here = subnets.filter(({ AvailabilityZone }) => (AvailabilityZone ?? 'zone not known') === zone)
    for (const subnet of sorted(here, (one) => `${ACCESS.indexOf(accessOf(tableOf(one)))} ${one.CidrBlock}`)) {
      const id = subnet.SubnetId ?? ''
      const table = tableOf(subnet)
      nodes.push(
        {
          id,
          kind: 'subnet',
          parent: zoneId,
          access: accessOf(table),
          ...named(id, names, subnet.CidrBlock, aclOf(id)),
        },
        ...interfacesOf(documents, id, names),
      )
      if (table?.RouteTableId) edges.push({ from: id, to: table.RouteTableId, kind: 'uses' })
    }
  }
  const routes = tables.flatMap((table) => table.Routes ?? [])
  const ways = gatewaysOf(documents, vpcId, names, routes.map(targetOf))
  const own = (id: string): string => (known.has(id) && /^(?:tgw|pcx)-/.test(id) ? `${id}/${vpcId}` : id)
  nodes.push(...ways.nodes.map((node) => ({ ...node, id: own(node.id) })))
  const ids = new Set(nodes.map(({ id }) => id))
  for (const table of tables) {
    const id = table.RouteTableId ?? ''
    const main = table.Associations?.some(({ Main }) => Main) ? 'main' : undefined
    const shown = routesOf(table, names).map((route) =>
      ids.has(own(route.target)) ? { ...route, node: own(route.target) } : route,
    )
    nodes.push({ id, kind: 'route-table', parent: vpcId, ...named(id, names, main), routes: shown })
    for (const { destination, node, state } of shown) {
      if (node === undefined) continue
      const edge = { from: id, to: node, kind: 'route', label: destination } as const
      edges.push({ ...edge, state: state === 'active' ? 'passed' : 'blocked' })
    }
  }
  return {
    nodes,
    edges: [...edges, ...ways.edges.map(({ from, to, kind }) => ({ from: own(from), to: own(to), kind }))],
  }
}

/** In the order in which they are shown. */
const ACCESS = ['public', 'private', 'isolated']

/** Public: an internet gateway is in the table (VPC user guide, "Subnet types"); private: some other default route. */
function accessOf(table: RouteTable | undefined): 'public' | 'private' | 'isolated' {
  const active = (table?.Routes ?? []).filter(({ State }) => State !== 'blackhole')
  if (active.some(({ GatewayId }) => GatewayId?.startsWith('igw-'))) return 'public'
  const isDefault = (block: string | undefined): boolean => block === '0.0.0.0/0' || block === '::/0'
  const leaves = active.some(
    (route) => isDefault(route.DestinationCidrBlock) || isDefault(route.DestinationIpv6CidrBlock),
  )
  return leaves ? 'private' : 'isolated'
}
