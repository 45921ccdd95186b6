import { card, FONTS } from './cards.ts'
import type { Area } from './cards.ts'
import { collapse } from './collapse.ts'
import { at, canvas, HUES } from './svg.ts'
import type { Canvas } from './svg.ts'
import { widthOf } from './text.ts'
import type { Graph, GraphNode } from './types.ts'
import { layoutVpc, routeY, SIZES } from './vpc-layout.ts'
import type { VpcLayout } from './vpc-layout.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** VPCs under each other, each from left to right: zones with subnets, route tables, gateways, what lies behind. */
export function vpcSvg(whole: Graph): string {
  const graph = collapse(whole)
  const paint = canvas()
  const { margin } = SIZES
  const titleWidth = paint.text(graph.title, { x: margin, y: margin + 14 }, FONTS.title)
  const subtitleWidth = paint.text(graph.description, { x: margin, y: margin + 34, width: 900 }, FONTS.small, 'quiet')
  let bottom = margin + 48
  let right = margin + Math.max(titleWidth, subtitleWidth)
  for (const vpc of graph.nodes.filter(({ kind }) => kind === 'vpc')) {
    const layout = layoutVpc(graph, vpc, margin, bottom)
    drawVpc(paint, graph, layout)
    right = Math.max(right, layout.right)
    bottom = layout.bottom + margin
  }
  return paint.svg({ width: right + margin, height: bottom }, whole.title, whole.description)
}

function drawVpc(paint: Canvas, graph: Graph, layout: VpcLayout): void {
  const { vpc, area } = layout
  paint.box({ ...area, radius: 10 }, 'vpc')
  const width = paint.text(vpc.label, { x: area.x + 20, y: area.y + 31, width: area.width / 2 }, FONTS.heading)
  paint.text(
    vpc.lines.join('  '),
    { x: area.x + 20 + width + 14, y: area.y + 31, width: area.width - width - 54 },
    FONTS.mono,
    'quiet',
  )
  for (const { node, area } of layout.zones) {
    paint.box({ ...area, radius: 8 }, 'zone')
    paint.text(node.label, { x: area.x + 14, y: area.y + 19, width: area.width - 28 }, FONTS.label, 'quiet')
  }
  const hues = new Map(layout.tables.map(({ node, hue }) => [node.id, hue]))
  for (const { node, area, table } of layout.subnets) drawSubnet(paint, node, area, hues.get(table ?? ''))
  for (const { node, area } of layout.cards) card(paint, node, area)
  drawWires(paint, graph, layout)
  if (layout.tables.length > 0) {
    const { x, y } = layout.tables[0]!.area
    paint.text('Route tables', { x, y: y - 9 }, FONTS.label, 'quiet')
  }
  for (const { node, area, hue } of layout.tables) drawTable(paint, node, area, hue)
  for (const { node, area } of layout.gateways) card(paint, node, area)
  for (const { node, area } of layout.outside) card(paint, node, area, 'shade')
}

function drawSubnet(paint: Canvas, node: GraphNode, area: Area, hue: number | undefined): void {
  if (node.kind === 'more') return card(paint, node, { ...area, height: Math.min(area.height, 32) }, 'shade')
  const access = node.access ?? 'isolated'
  paint.box({ ...area, radius: 7 }, access)
  const { x, y, width } = area
  const tag = access.toUpperCase()
  const chip = hue === undefined ? 0 : 24
  const tagWidth = widthOf(tag, FONTS.tag)
  paint.text(tag, { x: x + width - 10 - chip, y: y + 19, anchor: 'end' }, FONTS.tag, `tag-${access}`)
  if (hue !== undefined) drawChip(paint, hue, x + width - 28, y + 7)
  const isId = node.label === node.id
  const font = isId ? { ...FONTS.mono, bold: true } : FONTS.label
  paint.text(node.label, { x: x + 10, y: y + 20, width: width - 28 - tagWidth - chip }, font)
  for (const [at, line] of node.lines.entries())
    paint.text(line, { x: x + 10, y: y + 35 + at * 14, width: width - 20 }, FONTS.mono, 'quiet')
}

/** A route table's letter in its colour: what joins a subnet with its table, without a line between them. */
function drawChip(paint: Canvas, hue: number, x: number, y: number): void {
  paint.box({ x, y, width: 18, height: 16, radius: 4 }, `c${hue % HUES}`)
  paint.text(LETTERS[hue % LETTERS.length]!, { x: x + 9, y: y + 11.5, anchor: 'middle' }, FONTS.tag, 'on')
}

function drawTable(paint: Canvas, node: GraphNode, area: Area, hue: number): void {
  const { x, y, width } = area
  paint.box({ ...area, radius: 6 }, 'card')
  drawChip(paint, hue, x + 9, y + 9)
  const isId = node.label === node.id
  const font = isId ? { ...FONTS.mono, bold: true } : FONTS.label
  const labelWidth = paint.text(node.label, { x: x + 34, y: y + 21, width: width - 44 }, font)
  const rest = width - 34 - labelWidth - 20
  if (node.lines.length > 0 && rest > 30)
    paint.text(
      node.lines.join(' · '),
      { x: x + width - 10, y: y + 21, width: rest, anchor: 'end' },
      FONTS.mono,
      'quiet',
    )
  for (const [index, route] of (node.routes ?? []).entries()) {
    const row = routeY(area, index) + 3.5
    const gone = route.state === 'blackhole'
    const taken = paint.text(route.destination, { x: x + 10, y: row, width: 150 }, FONTS.mono)
    if (route.target === '') continue
    const target = gone ? `${route.target} (blackhole)` : route.target
    paint.text(
      target,
      { x: x + width - 10, y: row, width: width - taken - 34, anchor: 'end' },
      FONTS.mono,
      gone ? 'bad' : 'quiet',
    )
  }
  if (!node.routes?.length) paint.text('no routes', { x: x + 10, y: routeY(area, 0) + 3.5 }, FONTS.small, 'quiet')
}

function drawWires(paint: Canvas, graph: Graph, { tables, gateways, outside, area }: VpcLayout): void {
  const places = new Map([...gateways, ...outside].map(({ node, area }) => [node.id, area]))
  for (const { node, area: table, hue } of tables) {
    for (const [index, { node: target = '', state }] of (node.routes ?? []).entries()) {
      const place = places.get(target)
      if (!place) continue
      const style = state === 'active' ? `w${hue % HUES}` : 'wire-bad dashed'
      const from = table.x + table.width
      paint.line(curve(from, routeY(table, index), place.x, place.y + place.height / 2), style)
    }
  }
  for (const { from, to, kind } of graph.edges) {
    const [start, end] = [places.get(from), places.get(to)]
    if (kind !== 'leads-to' || !start || !end || start.x < area.x) continue
    paint.line(curve(start.x + start.width, start.y + start.height / 2, end.x, end.y + end.height / 2), 'wire')
  }
}

/** Leaves and arrives level. */
function curve(x1: number, y1: number, x2: number, y2: number): string {
  const bend = (x2 - x1) / 2
  return `M${at(x1)} ${at(y1)}C${at(x1 + bend)} ${at(y1)} ${at(x2 - bend)} ${at(y2)} ${at(x2)} ${at(y2)}`
}
