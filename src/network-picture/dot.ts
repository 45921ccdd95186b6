import { linesOf } from './mermaid.ts'
import { readable } from './names.ts'
import type { Graph, GraphNode } from './types.ts'

/** A directed graph in Graphviz's language, clusters for what lies in something. @see https://graphviz.org/doc/info/lang.html */
export function dot({ kind, title, nodes, edges }: Graph): string {
  const children = Map.groupBy(nodes, ({ parent }) => parent)
  const lines = [
    `digraph ${quoted([kind])} {`,
    `  graph [label=${quoted([title])}, labelloc=t, rankdir=${kind === 'vpc' ? 'LR' : 'TB'}, compound=true, fontname="Helvetica"]`,
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#7c8698", fontname="Helvetica", fontsize=11]',
    '  edge [color="#8b95a5", fontname="Helvetica", fontsize=10]',
  ]
  /** A cluster cannot be the end of an edge; something in it can, and the edge is cut at the border. */
  const anchors = new Map<string, string>()
  const put = (node: GraphNode, depth: number): string => {
    const indent = '  '.repeat(depth)
    const inside = children.get(node.id) ?? []
    if (inside.length === 0) {
      lines.push(`${indent}${quoted([node.id])} [label=${quoted(linesOf(node))}${colourOf(node)}]`)
      anchors.set(node.id, node.id)
      return node.id
    }
    lines.push(`${indent}subgraph ${quoted([`cluster_${node.id}`])} {`, `${indent}  label=${quoted(linesOf(node))}`)
    const colour = FILL[node.access ?? '']
    if (colour) lines.push(`${indent}  style=filled`, `${indent}  color="${colour}"`)
    const anchor = inside.map((child) => put(child, depth + 1))[0]!
    anchors.set(node.id, anchor)
    lines.push(`${indent}}`)
    return anchor
  }
  for (const node of children.get(undefined) ?? []) put(node, 1)
  for (const { from, to, label, state, kind } of edges) {
    const attributes = [
      ...(label === undefined ? [] : [`label=${quoted([label])}`]),
      ...(state === 'blocked' ? ['color="#c0272d"'] : []),
      ...(state === 'beyond' || kind === 'uses' || kind === 'opens' ? ['style=dashed'] : []),
      ...(children.has(from) ? [`ltail=${quoted([`cluster_${from}`])}`] : []),
    ]
    const ends = `${quoted([anchors.get(from) ?? from])} -> ${quoted([anchors.get(to) ?? to])}`
    lines.push(`  ${ends}${attributes.length > 0 ? ` [${attributes.join(', ')}]` : ''}`)
  }
  lines.push('}')
  return `${lines.join('\n')}\n`
}

const FILL: Readonly<Record<string, string>> = { public: '#eef7ee', private: '#eef4fc', isolated: '#f3f3f6' }

function colourOf({ state, access }: GraphNode): string {
  if (state === 'blocked') return ', fillcolor="#fdf0ef", color="#c0272d"'
  if (state === 'beyond') return ', style="rounded,filled,dashed", fontcolor="#5d6474"'
  return access ? `, fillcolor="${FILL[access]}"` : ''
}

/** Lines as one quoted string: in it a quotation mark and a backslash are escaped, and `\n` ends a line. */
const quoted = (lines: readonly string[]): string =>
  `"${lines.map((line) => readable(line).replaceAll(/["\\]/g, String.raw`\$&`)).join(String.raw`\n`)}"`
