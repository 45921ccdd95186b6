import { FONTS } from './cards.ts'
import type { Canvas } from './svg.ts'
import { wrap } from './text.ts'
import type { Graph, GraphNode } from './types.ts'

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
}

const PAD = 16

/** Under the path: what is in the way beside it, and the calls that open it. Answers where it ends. */
export function drawPanels(paint: Canvas, { nodes }: Graph, { x, y, width }: Place): number {
  let top = y
  const obstacles = nodes.filter(({ kind }) => kind === 'obstacle')
  for (const node of obstacles) top = drawObstacle(paint, node, { x, y: top, width }) + 14
  const fixes = nodes.filter(({ kind }) => kind === 'fix')
  if (fixes.length > 0) top = drawFixes(paint, fixes, { x, y: top, width }) + 14
  return obstacles.length + fixes.length > 0 ? top - 14 : y - 26
}

function drawObstacle(paint: Canvas, node: GraphNode, { x, y, width }: Place): number {
  const lines = wrap(node.lines[0] ?? '', width - 2 * PAD, FONTS.text, 4)
  const height = PAD + 12 + lines.length * 15 + PAD - 2
  paint.box({ x, y, width, height, radius: 8 }, 'bad-card')
  const taken = paint.text(node.code ?? '', { x: x + PAD, y: y + PAD + 8, width: width / 2 }, FONTS.tag, 'bad')
  paint.text(node.label, { x: x + PAD + taken + 12, y: y + PAD + 8, width: width / 2 - 2 * PAD }, FONTS.mono)
  for (const [at, line] of lines.entries()) paint.text(line, { x: x + PAD, y: y + PAD + 25 + at * 15 }, FONTS.text)
  return y + height
}

function drawFixes(paint: Canvas, fixes: readonly GraphNode[], { x, y, width }: Place): number {
  const room = width - 2 * PAD - 22
  const rows = fixes.map(({ label, lines }) => ({
    text: wrap(label, room, FONTS.text, 3),
    command: wrap(lines[0] ?? '', room, FONTS.mono, 8),
  }))
  const height = rows.reduce(
    (sum, { text, command }) => sum + text.length * 15 + command.length * 14 + 10,
    PAD + 14 + PAD - 8,
  )
  paint.box({ x, y, width, height, radius: 8 }, 'note')
  const title = fixes.length === 1 ? 'This opens it' : `These ${fixes.length} together open it, least exposure first`
  paint.text(`${title} (tried on a copy)`, { x: x + PAD, y: y + PAD + 9, width: width - 2 * PAD }, FONTS.label)
  let line = y + PAD + 14
  for (const [at, { text, command }] of rows.entries()) {
    paint.text(`${at + 1}.`, { x: x + PAD, y: line + 15 }, FONTS.text)
    for (const one of text) paint.text(one, { x: x + PAD + 22, y: (line += 15) }, FONTS.text)
    for (const one of command) paint.text(one, { x: x + PAD + 22, y: (line += 14) }, FONTS.mono, 'quiet')
    line += 10
  }
  return y + height
}
