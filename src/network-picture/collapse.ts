import type { Graph, GraphEdge, GraphNode } from './types.ts'

/** How much of each kind is drawn one by one; what is more becomes a number. */
interface Limits {
  readonly perSubnet: number
  readonly subnetsPerZone: number
  readonly tables: number
  readonly routes: number
}

const LEAVES = new Set<GraphNode['kind']>(['interface', 'endpoint', 'nat-gateway'])

/**
 * The same picture with so much in it as can be looked at: interfaces with the same security groups become one node with
 * a count, then whole subnets, route tables of the same routes, and long lists. Nothing is left out without a number.
 */
export function collapse(graph: Graph): Graph {
  const subnets = graph.nodes.filter(({ kind }) => kind === 'subnet').length
  const perSubnet = subnets <= 18 ? 6 : subnets <= 60 ? 3 : 1
  const limits: Limits = { perSubnet, subnetsPerZone: 12, tables: 8, routes: 8 }
  const children = Map.groupBy(graph.nodes, ({ parent }) => parent)
  /** Of a node that is not drawn: the one that stands for it. */
  const standIn = new Map<string, string>()
  const nodes = new Map<string, GraphNode>()
  for (const node of graph.nodes) {
    if (LEAVES.has(node.kind) || standIn.has(node.id)) continue
    if (node.kind === 'route-table') nodes.set(node.id, { ...node, routes: fewer(node.routes ?? [], limits.routes) })
    else nodes.set(node.id, node)
    if (node.kind === 'zone') cutSubnets(node.id, children.get(node.id) ?? [], limits.subnetsPerZone, nodes, standIn)
    if (node.kind === 'vpc') mergeTables(node.id, children.get(node.id) ?? [], limits.tables, nodes, standIn)
    if (node.kind !== 'subnet') continue
    const inside = (children.get(node.id) ?? []).filter(({ kind }) => LEAVES.has(kind))
    for (const one of fewerLeaves(node.id, inside, limits.perSubnet)) nodes.set(one.id, one)
  }
  const edges = new Map<string, GraphEdge>()
  for (const edge of graph.edges) {
    const [from, to] = [standIn.get(edge.from) ?? edge.from, standIn.get(edge.to) ?? edge.to]
    if (!nodes.has(from) || !nodes.has(to)) continue
    edges.set([from, to, edge.kind, edge.label].join('\n'), { ...edge, from, to })
  }
  return { ...graph, nodes: [...nodes.values()], edges: [...edges.values()] }
}

function cutSubnets(
  zone: string,
  subnets: readonly GraphNode[],
  most: number,
  nodes: Map<string, GraphNode>,
  standIn: Map<string, string>,
): void {
  const rest = subnets.length > most ? subnets.slice(most - 1) : []
  if (rest.length === 0) return
  const id = `${zone}/more`
  for (const subnet of rest) standIn.set(subnet.id, id)
  nodes.set(id, { id, kind: 'more', label: `${rest.length} more subnets`, lines: [], parent: zone, count: rest.length })
}

/** Tables that say the same become one, if there are many. */
function mergeTables(
  vpc: string,
  inside: readonly GraphNode[],
  most: number,
  nodes: Map<string, GraphNode>,
  standIn: Map<string, string>,
): void {
  const tables = inside.filter(({ kind }) => kind === 'route-table')
  if (tables.length <= most) return
  const same = Map.groupBy(tables, ({ routes }) => JSON.stringify(routes))
  const groups = [...same.values()].sort((one, other) => other.length - one.length)
  for (const [at, group] of groups.entries()) {
    const first = group[0]!
    if (at < most && group.length === 1) continue
    const id = at < most ? `${first.id}/same` : `${vpc}/tables`
    for (const table of group) standIn.set(table.id, id)
    const count = (nodes.get(id)?.count ?? 0) + group.length
    const label = at < most ? `${count} tables alike` : `${count} more tables`
    nodes.set(id, {
      id,
      kind: 'route-table',
      label,
      lines: at < most ? [`${first.id} …`] : [],
      parent: vpc,
      count,
      routes: at < most ? fewer(first.routes ?? [], most) : [],
    })
  }
}

function fewer(routes: NonNullable<GraphNode['routes']>, most: number): NonNullable<GraphNode['routes']> {
  if (routes.length <= most) return routes
  const rest = routes.length - most + 1
  return [...routes.slice(0, most - 1), { destination: `and ${rest} more`, target: '', state: 'active' }]
}

function fewerLeaves(subnet: string, leaves: readonly GraphNode[], most: number): GraphNode[] {
  if (leaves.length <= most) return [...leaves]
  const groups = [...Map.groupBy(leaves, ({ kind, badges = [] }) => JSON.stringify([kind, badges])).values()]
  const merged = groups.map((group, at) =>
    group.length === 1 ? group[0]! : together(`${subnet}/alike-${at + 1}`, subnet, group),
  )
  if (merged.length <= most) return merged
  const kept = merged.slice(0, most - 1)
  const rest = merged.slice(most - 1)
  const count = rest.reduce((sum, node) => sum + (node.count ?? 1), 0)
  const label = kept.length === 0 ? nouns(leaves) : `${count} more`
  return [...kept, { id: `${subnet}/more`, kind: 'more', label, lines: [], parent: subnet, count }]
}

const NOUNS: Partial<Record<GraphNode['kind'], string>> = { endpoint: 'endpoint', 'nat-gateway': 'NAT gateway' }

function nouns(leaves: readonly GraphNode[]): string {
  return [...Map.groupBy(leaves, ({ kind }) => NOUNS[kind] ?? 'interface')]
    .map(([noun, { length }]) => `${length} ${noun}${length === 1 ? '' : 's'}`)
    .join(', ')
}

function together(id: string, subnet: string, group: readonly GraphNode[]): GraphNode {
  const { kind, badges } = group[0]!
  const spread = (texts: (string | undefined)[]): string[] => {
    const told = texts.filter((text): text is string => Boolean(text))
    return told.length > 1 ? [`${told[0]!.split(' · ')[0]!} …`] : told
  }
  const lines =
    kind === 'endpoint'
      ? [[...new Set(group.map(({ label }) => label))].join(', ')]
      : spread(group.map((node) => node.lines.at(-1)))
  return {
    id,
    kind,
    label: nouns(group),
    lines,
    parent: subnet,
    count: group.length,
    ...(badges && { badges }),
  }
}
