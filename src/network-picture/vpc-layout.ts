import { cardHeight } from './cards.ts'
import type { Area } from './cards.ts'
import type { Graph, GraphNode } from './types.ts'

/** Where everything of a VPC goes, from left to right: zones, route tables, gateways on the border, what lies behind. */
export interface VpcLayout {
  readonly vpc: GraphNode
  readonly area: Area
  readonly zones: readonly { node: GraphNode; area: Area }[]
  readonly subnets: readonly { node: GraphNode; area: Area; table?: string }[]
  readonly cards: readonly { node: GraphNode; area: Area }[]
  readonly tables: readonly { node: GraphNode; area: Area; hue: number }[]
  readonly gateways: readonly { node: GraphNode; area: Area }[]
  readonly outside: readonly { node: GraphNode; area: Area }[]
  readonly right: number
  readonly bottom: number
}

export const SIZES = {
  margin: 28,
  gap: 14,
  zoneWidth: 252,
  zonePad: 12,
  zoneHead: 28,
  subnetPad: 10,
  subnetHead: 46,
  vpcPad: 20,
  vpcHead: 52,
  leastWidth: 420,
  tableWidth: 318,
  tableHead: 36,
  routeHeight: 17,
  gutter: 64,
  gatewayWidth: 190,
  outsideGap: 48,
  outsideWidth: 212,
} as const

const S = SIZES

export function layoutVpc(graph: Graph, vpc: GraphNode, left: number, top: number): VpcLayout {
  const children = Map.groupBy(graph.nodes, ({ parent }) => parent)
  const of = (id: string): readonly GraphNode[] => children.get(id) ?? []
  const inside = of(vpc.id)
  const zones = inside.filter(({ kind }) => kind === 'zone')
  const y = top + S.vpcHead
  const grid = layoutZones(zones, of, left + S.vpcPad, y)
  const uses = new Map(graph.edges.filter(({ kind }) => kind === 'uses').map(({ from, to }) => [from, to]))

  const tablesX = left + S.vpcPad + (zones.length > 0 ? zones.length * (S.zoneWidth + S.gap) + 10 : 0)
  const tableNodes = inside.filter(({ kind }) => kind === 'route-table')
  let tableY = y + S.zoneHead
  const tables = tableNodes.map((node, hue) => {
    const area = { x: tablesX, y: tableY, width: S.tableWidth, height: tableHeight(node) }
    tableY += area.height + S.gap
    return { node, area, hue }
  })
  const tablesRight = Math.max(tables.length > 0 ? tablesX + S.tableWidth : tablesX, left + S.leastWidth)

  const gatewayNodes = inside.filter(({ kind }) => kind !== 'zone' && kind !== 'route-table')
  const border = tablesRight + S.gutter + S.gatewayWidth / 2
  const wanted = new Map(
    gatewayNodes.map((node) => {
      const rows = tables.flatMap(({ node: table, area }) =>
        (table.routes ?? []).flatMap((route, at) => (route.node === node.id ? [routeY(area, at)] : [])),
      )
      return [
        node.id,
        rows.length > 0 ? rows.reduce((sum, row) => sum + row, 0) / rows.length : y + S.zoneHead,
      ] as const
    }),
  )
  const ordered = [...gatewayNodes].sort((one, other) => wanted.get(one.id)! - wanted.get(other.id)!)
  const behind = new Map(graph.edges.filter(({ kind }) => kind === 'leads-to').map(({ from, to }) => [from, to]))
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const outside: { node: GraphNode; area: Area }[] = []
  let gatewayY = y + S.zoneHead
  const gateways = ordered.map((node) => {
    const other = byId.get(behind.get(node.id) ?? '')
    const isNew = other !== undefined && !outside.some((one) => one.node.id === other.id)
    const height = cardHeight(node)
    const otherHeight = isNew ? cardHeight(other) : 0
    const row = Math.max(height, otherHeight)
    const centre = Math.max(gatewayY + row / 2, wanted.get(node.id)!)
    gatewayY = centre + row / 2 + S.gap
    if (isNew) {
      const x = border + S.gatewayWidth / 2 + S.outsideGap
      outside.push({
        node: other,
        area: { x, y: centre - otherHeight / 2, width: S.outsideWidth, height: otherHeight },
      })
    }
    return { node, area: { x: border - S.gatewayWidth / 2, y: centre - height / 2, width: S.gatewayWidth, height } }
  })

  const bottom = Math.max(grid.bottom, tableY - S.gap, gatewayY - S.gap, y + 24) + S.vpcPad
  const right = gateways.length > 0 ? border : tablesRight + S.vpcPad
  return {
    vpc,
    area: { x: left, y: top, width: right - left, height: bottom - top },
    ...grid,
    subnets: grid.subnets.map((one) => ({ ...one, ...(uses.has(one.node.id) && { table: uses.get(one.node.id)! }) })),
    tables,
    gateways,
    outside,
    right: Math.max(
      right,
      ...gateways.map(({ area }) => area.x + area.width),
      ...outside.map(({ area }) => area.x + area.width),
    ),
    bottom,
  }
}

export const tableHeight = (node: GraphNode): number =>
  S.tableHead + Math.max(1, node.routes?.length ?? 0) * S.routeHeight + 8

/** The middle of a row of a route table. */
export const routeY = (area: Area, at: number): number => area.y + S.tableHead + (at + 0.5) * S.routeHeight

/** Zones side by side; subnets of the same access and place in their zones stand in one row. */
function layoutZones(zones: readonly GraphNode[], of: (id: string) => readonly GraphNode[], left: number, top: number) {
  const placed: { node: GraphNode; area: Area; cards: { node: GraphNode; area: Area }[] }[] = []
  const rows = Map.groupBy(
    zones.flatMap((zone, column) => {
      const seen = new Map<string, number>()
      return of(zone.id).map((node) => {
        const access = node.access ?? 'more'
        const place = seen.get(access) ?? 0
        seen.set(access, place + 1)
        return { node, column, row: `${ORDER.indexOf(access)} ${String(place).padStart(4, '0')}` }
      })
    }),
    ({ row }) => row,
  )
  let y = top + S.zoneHead
  for (const row of [...rows.keys()].sort()) {
    const subnets = rows.get(row)!
    const height = Math.max(...subnets.map(({ node }) => subnetHeight(node, of(node.id))))
    for (const { node, column } of subnets) {
      const x = left + column * (S.zoneWidth + S.gap) + S.zonePad
      const area = { x, y, width: S.zoneWidth - 2 * S.zonePad, height }
      placed.push({ node, area, cards: layoutCards(of(node.id), area, headOf(node)) })
    }
    y += height + S.gap
  }
  const bottom = zones.length > 0 ? y - S.gap + S.zonePad : top
  return {
    zones: zones.map((node, column) => ({
      node,
      area: { x: left + column * (S.zoneWidth + S.gap), y: top, width: S.zoneWidth, height: bottom - top },
    })),
    subnets: placed.map(({ node, area }) => ({ node, area })),
    cards: placed.flatMap(({ cards }) => cards),
    bottom,
  }
}

const ORDER = ['public', 'private', 'isolated', 'more']

function subnetHeight(node: GraphNode, cards: readonly GraphNode[]): number {
  if (node.kind === 'more') return cardHeight(node)
  return (
    headOf(node) + cards.reduce((sum, one) => sum + cardHeight(one) + 8, 0) + (cards.length > 0 ? S.subnetPad - 8 : 0)
  )
}

const headOf = (node: GraphNode): number => S.subnetHead + Math.max(0, node.lines.length - 1) * 14

function layoutCards(nodes: readonly GraphNode[], subnet: Area, head: number): { node: GraphNode; area: Area }[] {
  let y = subnet.y + head
  return nodes.map((node) => {
    const area = { x: subnet.x + S.subnetPad, y, width: subnet.width - 2 * S.subnetPad, height: cardHeight(node) }
    y += area.height + 8
    return { node, area }
  })
}
