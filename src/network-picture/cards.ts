import { at } from './svg.ts'
import type { Canvas } from './svg.ts'
import { widthOf } from './text.ts'
import type { Font } from './text.ts'
import type { GraphNode, NodeKind } from './types.ts'

export const FONTS = {
  title: { size: 18, bold: true },
  heading: { size: 13, bold: true },
  label: { size: 12, bold: true },
  mono: { size: 10.5, mono: true },
  small: { size: 10 },
  text: { size: 11 },
  tag: { size: 9, bold: true },
} as const satisfies Record<string, Font>

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Icons on a square of 14, drawn with lines alone. */
const ICONS: Partial<Record<NodeKind, string>> = {
  interface: 'M2 3h10v8h-10z M5 11v-3h4v3',
  endpoint: 'M7 1l6 6l-6 6l-6 -6z M5 7h4',
  'nat-gateway': 'M1 5h10l-3 -3 M13 9h-10l3 3',
  'route-table': 'M2 3h10 M2 7h10 M2 11h6',
  'internet-gateway': 'M7 1v12 M3 5l4 -4l4 4 M3 13h8',
  'egress-only-internet-gateway': 'M2 7h9 M8 3l4 4l-4 4',
  'gateway-endpoint': 'M7 1l6 6l-6 6l-6 -6z',
  peering: 'M1 4h5v6h-5z M8 4h5v6h-5z M6 7h2',
  'transit-gateway': 'M7 7l-5 -4 M7 7l5 -4 M7 7v6 M5 7h4',
  'vpn-gateway': 'M3 6h8v6h-8z M5 6v-2a2 2 0 0 1 4 0v2',
  'other-gateway': 'M4 5a3 3 0 1 1 4 3l-1 1 M7 12v0.1',
  internet: 'M4 11h6a3 3 0 0 0 0.5 -6a4 4 0 0 0 -7.5 1a2.6 2.6 0 0 0 1 5z',
  service: 'M2 4c0 -3 10 -3 10 0v6c0 3 -10 3 -10 0z M2 4c0 3 10 3 10 0',
  network: 'M5 1h4v4h-4z M1 9h4v4h-4z M9 9h4v4h-4z M7 5v2h-4v2 M7 7h4v2',
}

export function icon(paint: Canvas, kind: NodeKind, x: number, y: number, style: string): void {
  const shape = ICONS[kind]
  if (shape === undefined) return
  // Every M is absolute and the rest relative: moving an icon is moving its starts.
  const placed = shape.replaceAll(
    /M([\d.]+) ([\d.]+)/g,
    (_, dx: string, dy: string) => `M${at(x + Number(dx))} ${at(y + Number(dy))}`,
  )
  paint.line(placed, `icon ${style}`)
}

const PAD = 9
const LINE = 14
const BADGE = 15

/** Height of a card with a node's label, lines and badges. */
export function cardHeight(node: GraphNode): number {
  const badges = node.badges?.length ? BADGE + 5 : 0
  return PAD + 13 + node.lines.length * LINE + badges + PAD - 3
}

/** A node as a card: icon and label, lines in fixed width, badges in one row. */
export function card(
  paint: Canvas,
  node: GraphNode,
  { x, y, width, height }: Area,
  style = 'card',
  hue = 'wire',
): void {
  paint.box({ x, y, width, height, radius: 5 }, style)
  const hasIcon = ICONS[node.kind] !== undefined
  const inset = hasIcon ? 20 : 0
  if (hasIcon) icon(paint, node.kind, x + PAD - 1, y + PAD - 1, hue)
  const room = width - 2 * PAD
  const isId = node.label === node.id
  const font = isId ? { ...FONTS.mono, bold: true } : FONTS.label
  paint.text(node.label, { x: x + PAD + inset, y: y + PAD + 10, width: room - inset }, font)
  let line = y + PAD + 10
  for (const text of node.lines) {
    line += LINE
    paint.text(text, { x: x + PAD, y: line, width: room }, FONTS.mono, 'quiet')
  }
  if (node.badges?.length) badges(paint, node.badges, x + PAD, line + 6, room)
}

/** Names in pills, as many as fit; the rest is a number. */
function badges(paint: Canvas, names: readonly string[], x: number, y: number, room: number): void {
  let used = 0
  for (const [index, name] of names.entries()) {
    const left = names.length - index - 1
    const counted = left > 0 ? 32 : 0
    const full = widthOf(name, FONTS.small) + 12
    const space = room - used - counted
    if (index > 0 && full > space) {
      paint.text(`+${names.length - index}`, { x: x + used + 2, y: y + 11 }, FONTS.small, 'quiet')
      return
    }
    const width = Math.min(full, space)
    paint.box({ x: x + used, y, width, height: BADGE, radius: 7.5 }, 'badge')
    paint.text(name, { x: x + used + 6, y: y + 11, width: width - 12 }, FONTS.small, 'badge-text')
    used += width + 5
  }
}
