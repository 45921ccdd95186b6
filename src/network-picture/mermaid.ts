import { readable } from './names.ts'
import { wrap } from './text.ts'
import type { Graph, GraphNode } from './types.ts'

/**
 * A Mermaid flowchart. Ids are numbered, because AWS's may hold what Mermaid reads as syntax; labels are quoted, and in
 * them everything that is not plain text is written as an entity.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaid({ kind, title, nodes, edges }: Graph): string {
  const ids = new Map(nodes.map(({ id }, at) => [id, `n${at}`]))
  const children = Map.groupBy(nodes, ({ parent }) => parent)
  const lines: string[] = [
    `%% ${title.replaceAll(/[^\p{L}\p{N} ._:→-]/gu, ' ')}`,
    `flowchart ${kind === 'vpc' ? 'LR' : 'TB'}`,
  ]
  const put = (node: GraphNode, depth: number): void => {
    const indent = '  '.repeat(depth)
    const id = ids.get(node.id)!
    const inside = children.get(node.id) ?? []
    if (inside.length === 0) {
      lines.push(`${indent}${id}["${labelOf(node)}"]${styleOf(node)}`)
      return
    }
    lines.push(`${indent}subgraph ${id}["${labelOf(node)}"]`)
    for (const child of inside) put(child, depth + 1)
    lines.push(`${indent}end`)
  }
  for (const node of children.get(undefined) ?? []) put(node, 1)
  for (const { from, to, label, state, kind } of edges) {
    const dotted = state === 'beyond' || kind === 'uses' || kind === 'opens'
    const arrow = state === 'blocked' ? '--x' : dotted ? '-.->' : '-->'
    lines.push(`  ${ids.get(from)} ${arrow}${label === undefined ? '' : `|"${escape(label)}"|`} ${ids.get(to)}`)
  }
  lines.push(
    '  classDef blocked fill:#fdf0ef,stroke:#c0272d,color:#7a1519',
    '  classDef beyond fill:#f3f3f6,stroke:#b9bcc8,color:#5d6474,stroke-dasharray:4',
    '  classDef public fill:#eef7ee,stroke:#9ccaa0,color:#1f2937',
    '  classDef private fill:#eef4fc,stroke:#9dbde8,color:#1f2937',
    '  classDef isolated fill:#f3f3f6,stroke:#b9bcc8,color:#1f2937',
  )
  for (const node of nodes) {
    const name = node.access
    if (name && children.has(node.id)) lines.push(`  class ${ids.get(node.id)} ${name}`)
  }
  return `${lines.join('\n')}\n`
}

function styleOf({ state, access }: GraphNode): string {
  const name = state === 'blocked' || state === 'beyond' ? state : access
  return name ? `:::${name}` : ''
}

/** What a node says, in lines of a length that may be looked at. */
export function linesOf({ label, lines, badges = [], routes = [], code }: GraphNode): string[] {
  const told = [
    label,
    ...(code === undefined ? [] : [code]),
    ...lines,
    ...(badges.length > 0 ? [badges.join(', ')] : []),
    ...routes.map(({ destination, target, state }) =>
      [destination, target && `→ ${target}`, state === 'blackhole' && '(blackhole)'].filter(Boolean).join(' '),
    ),
  ]
  return told.flatMap((line) => wrap(line, 360, { size: 11 }))
}

const labelOf = (node: GraphNode): string => linesOf(node).map(escape).join('<br/>')

/** Entities by number are the only escape that Mermaid's quoted labels know. */
function escape(text: string): string {
  return readable(text).replaceAll(/[^\p{L}\p{M}\p{N} ,.:/()=+→…·-]/gu, (char) => `#${char.codePointAt(0)!};`)
}
