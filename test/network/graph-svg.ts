/** What an SVG of ours says: its elements, and where its texts are. */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { widthOf } from '../../src/network-picture/text.ts'

interface Node {
  ':@'?: Record<string, string>
  '#text'?: string | number
  [name: string]: unknown
}

export interface TextBox {
  text: string
  left: number
  right: number
  top: number
  bottom: number
}

export interface Picture {
  width: number
  height: number
  elements: Set<string>
  texts: TextBox[]
  title: string
  description: string
}

/** Throws for what is not well-formed. */
export function readSvg(svg: string): Picture {
  const valid = XMLValidator.validate(svg)
  if (valid !== true) throw new Error(JSON.stringify(valid))
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
  })
  const root = (parser.parse(svg) as Node[]).find((node) => 'svg' in node)!
  const [, , width, height] = root[':@']!['viewBox']!.split(' ').map(Number)
  const elements = new Set<string>()
  const texts: TextBox[] = []
  const told: Record<string, string> = {}
  const own = (node: Node, name: string): string =>
    (node[name] as Node[]).map((child) => String(child['#text'] ?? '')).join('')
  const visit = (node: Node): void => {
    const name = Object.keys(node).find((key) => key !== ':@')!
    if (name === '#text') return
    elements.add(name)
    const at = node[':@'] ?? {}
    if (at['id']) told[at['id']] = own(node, name)
    if (name === 'text') {
      const text = own(node, name)
      const classes = (at['class'] ?? '').split(' ')
      const size = Number(at['font-size'])
      const wide = widthOf(text, { size, mono: classes.includes('m'), bold: classes.includes('b') })
      const x = Number(at['x'])
      const left = at['text-anchor'] === 'end' ? x - wide : at['text-anchor'] === 'middle' ? x - wide / 2 : x
      const y = Number(at['y'])
      texts.push({ text, left, right: left + wide, top: y - size * 0.75, bottom: y + size * 0.22 })
    }
    for (const child of node[name] as Node[]) visit(child)
  }
  visit(root)
  return { width: width!, height: height!, elements, texts, title: told['title']!, description: told['desc']! }
}

/** Pairs of texts that run into each other. */
export function overlaps(texts: readonly TextBox[]): [string, string][] {
  const sorted = [...texts].sort((one, other) => one.top - other.top)
  const found: [string, string][] = []
  for (const [at, one] of sorted.entries()) {
    for (let next = at + 1; next < sorted.length && sorted[next]!.top < one.bottom; next++) {
      const other = sorted[next]!
      if (one.left < other.right && other.left < one.right) found.push([one.text, other.text])
    }
  }
  return found
}
