import { FONTS } from './cards.ts'
import type { Area } from './cards.ts'
import { drawPathCard, pathCardHeight } from './path-cards.ts'
import { drawPanels } from './path-panels.ts'
import { at, canvas } from './svg.ts'
import type { Canvas } from './svg.ts'
import { widthOf } from './text.ts'
import type { Graph, GraphNode } from './types.ts'

export const PATH = { margin: 28, card: 256, across: 46, down: 44, columns: 4 } as const

interface Placed {
  readonly node: GraphNode
  readonly column: number
  readonly row: number
}

/** The hops of one connection as cards, there from left to right and back from right to left, and beneath what opens it. */
export function pathSvg(graph: Graph): string {
  const paint = canvas()
  const placed = place(graph.nodes.filter(({ kind }) => kind === 'hop' || kind === 'destination'))
  const columns = Math.max(3, ...placed.map(({ column }) => column + 1))
  const width = columns * PATH.card + (columns - 1) * PATH.across
  const left = PATH.margin
  let y = PATH.margin + 14
  paint.text(graph.title, { x: left, y, width }, FONTS.title)
  y = banner(paint, graph, left, y + 16, width) + 26

  const tops: number[] = []
  const heights: number[] = []
  for (let row = 0; row <= Math.max(...placed.map((one) => one.row)); row++) {
    const height = Math.max(
      ...placed.filter((one) => one.row === row).map(({ node }) => pathCardHeight(node, PATH.card)),
    )
    tops.push(y)
    heights.push(height)
    y += height + PATH.down
  }
  const areaOf = ({ column, row }: Placed) => ({
    x: left + column * (PATH.card + PATH.across),
    y: tops[row]!,
    width: PATH.card,
    height: heights[row]!,
  })
  for (const [index, one] of placed.entries()) {
    drawPathCard(paint, one.node, areaOf(one))
    const next = placed[index + 1]
    if (next) join(paint, one, next, areaOf(one), areaOf(next))
  }
  const bottom = drawPanels(paint, graph, { x: left, y: y - PATH.down + 26, width })
  return paint.svg({ width: width + 2 * PATH.margin, height: bottom + PATH.margin }, graph.title, graph.description)
}

/** There: row by row. Back: to the left from the destination's column, or from where one row is enough for all. */
function place(nodes: readonly GraphNode[]): Placed[] {
  const placed: Placed[] = []
  let [column, row] = [0, 0]
  for (const [index, node] of nodes.entries()) {
    const before = placed.at(-1)
    if (node.reply && before && !before.node.reply) {
      row = before.row + 1
      column = Math.max(column, Math.min(nodes.length - index, PATH.columns) - 1)
    } else if (node.reply && --column < 0) [column, row] = [PATH.columns - 1, row + 1]
    else if (!node.reply && index > 0 && ++column === PATH.columns) [column, row] = [0, row + 1]
    placed.push({ node, column, row })
  }
  return placed
}

function banner(paint: Canvas, { description }: Graph, x: number, y: number, width: number): number {
  const arrives = description.startsWith('Arrives')
  const word = arrives ? 'ARRIVES' : 'BLOCKED'
  const rest = description.slice((arrives ? 'Arrives ' : 'Blocked: ').length)
  const font = { size: 11, bold: true }
  const pill = widthOf(word, font) + 20
  paint.box({ x, y, width: pill, height: 22, radius: 11 }, arrives ? 'good' : 'bad')
  paint.text(word, { x: x + pill / 2, y: y + 15, anchor: 'middle' }, font, 'on')
  paint.text(
    rest.charAt(0).toUpperCase() + rest.slice(1),
    { x: x + pill + 12, y: y + 15, width: width - pill - 12 },
    { size: 12 },
  )
  return y + 22
}

/** An arrow from card to card. Behind a block it is barred, and goes on dashed: what would happen if that were open. */
function join(paint: Canvas, one: Placed, other: Placed, from: Area, to: Area): void {
  const blocked = one.node.state === 'blocked'
  const ahead = blocked || one.node.state === 'beyond'
  const style = ahead ? 'wire-beyond dashed' : 'wire-good'
  if (one.row === other.row) {
    const way = other.column > one.column ? 1 : -1
    const y = from.y + Math.min(from.height, to.height) / 2
    const x = way > 0 ? from.x + from.width : from.x
    const end = (way > 0 ? to.x : to.x + to.width) - 3 * way
    if (blocked) {
      paint.line(`M${at(x)} ${at(y)}h${at(12 * way)}`, 'wire-bad')
      paint.line(`M${at(x + 14 * way)} ${at(y - 11)}v22`, 'wire-bad thick')
    }
    paint.line(`M${at(x + (blocked ? 20 * way : 3 * way))} ${at(y)}H${at(end)}`, style)
    paint.line(
      `M${at(end - 6 * way)} ${at(y - 5)}L${at(end)} ${at(y)}L${at(end - 6 * way)} ${at(y + 5)}`,
      ahead ? 'wire-beyond' : style,
    )
    return
  }
  const x = from.x + from.width / 2
  const y = from.y + from.height
  const turn = to.y - PATH.down / 2 + (blocked ? 5 : 0)
  if (blocked) {
    paint.line(`M${at(x)} ${at(y)}v8`, 'wire-bad')
    paint.line(`M${at(x - 11)} ${at(y + 10)}h22`, 'wire-bad thick')
  }
  const [endX, endY] = [to.x + to.width / 2, to.y - 3]
  paint.line(`M${at(x)} ${at(y + (blocked ? 16 : 3))}V${at(turn)}H${at(endX)}V${at(endY)}`, style)
  paint.line(
    `M${at(endX - 5)} ${at(endY - 6)}L${at(endX)} ${at(endY)}L${at(endX + 5)} ${at(endY - 6)}`,
    ahead ? 'wire-beyond' : style,
  )
}
