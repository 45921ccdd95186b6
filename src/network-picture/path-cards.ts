import { FONTS } from './cards.ts'
import type { Area } from './cards.ts'
import { at } from './svg.ts'
import type { Canvas } from './svg.ts'
import { wrap } from './text.ts'
import type { GraphNode } from './types.ts'

const PAD = 14
const LINE = 15
/** A code that AWS's page or ours explains, and no more of a sentence than this. */
const MOST_LINES = 6

/** The lines of a hop's card: what it is, its id, the code that stops it, what decided. */
function parts(node: GraphNode, width: number) {
  const room = width - 2 * PAD
  const isHop = node.kind === 'hop'
  const head = isHop ? `${node.reply ? 'reply · ' : ''}${node.lines[0] ?? ''}` : 'destination'
  const names = isHop ? node.lines.slice(1, -1) : []
  const told = isHop ? node.lines.slice(-1) : node.lines
  return {
    head: head.toUpperCase(),
    label: wrap(node.label, room, LABEL, 2),
    names,
    code: node.code === undefined ? [] : wrap(node.code, room, FONTS.tag, 2),
    text: told.flatMap((line) => wrap(line, room, FONTS.text, MOST_LINES)).slice(0, 9),
  }
}

const LABEL = { size: 12, mono: true, bold: true }

export function pathCardHeight(node: GraphNode, width: number): number {
  const { label, names, code, text } = parts(node, width)
  return PAD + 10 + 6 + (label.length + names.length + text.length) * LINE + code.length * 14 + 4 + PAD - 4
}

export function drawPathCard(paint: Canvas, node: GraphNode, { x, y, width, height }: Area): void {
  const { head, label, names, code, text } = parts(node, width)
  const arrived = node.kind === 'destination' && node.state === 'passed'
  const style =
    node.state === 'blocked' ? 'bad-card' : arrived ? 'good-card' : node.state === 'beyond' ? 'shade dashed' : 'card'
  paint.box({ x, y, width, height, radius: 8 }, style)
  const quiet = node.state === 'beyond' ? 'quiet' : ''
  let line = y + PAD + 8
  paint.text(head, { x: x + PAD, y: line, width: width - 2 * PAD - 24 }, FONTS.tag, 'quiet')
  mark(paint, node, x + width - PAD - 12, line - 9)
  line += 6
  const put = (lines: readonly string[], step: number, font: Parameters<Canvas['text']>[2], style: string): void => {
    for (const one of lines) paint.text(one, { x: x + PAD, y: (line += step), width: width - 2 * PAD }, font, style)
  }
  put(label, LINE, LABEL, quiet)
  put(names, LINE, FONTS.text, 'quiet')
  put(code, 14, FONTS.tag, 'bad')
  line += 4
  put(text, LINE, FONTS.text, quiet)
}

/** A tick, a bar, or nothing yet. */
function mark(paint: Canvas, { state }: GraphNode, x: number, y: number): void {
  if (state === 'passed') paint.line(`M${at(x + 1)} ${at(y + 6)}l3.5 4l6.5 -8`, 'wire-good')
  if (state === 'blocked') paint.line(`M${at(x + 2)} ${at(y + 2)}l8 8M${at(x + 10)} ${at(y + 2)}l-8 8`, 'wire-bad')
}
