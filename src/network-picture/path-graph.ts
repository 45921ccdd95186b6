import type { Connection, NetworkFix, Protocol } from '../network/types.ts'
import { contextKey, portText, spelled, SYMPTOMS } from './hops.ts'
import type { Step } from './hops.ts'
import { readable } from './names.ts'
import type { Names } from './names.ts'
import type { Graph, GraphEdge, GraphNode } from './types.ts'

/** A connection with where it was asked from and to, and what opens it. */
export interface Asked extends Connection {
  from: string
  to: { host: string; port: number; protocol: Protocol }
  fixes: readonly NetworkFix[]
}

/** A node for each hop, those of the way back apart; the destination where it arrives; a node for each fix. */
export function pathGraph(asked: Asked, steps: readonly Step[], names: Names): Graph {
  const { to, verdict, blockers, way, context, fixes } = asked
  const by = portText(to)
  const end = `${readable(to.host)} ${by}`
  const open = verdict === 'allowed'
  const codes = [...new Set(blockers.map(({ code }) => code))]
  const nodes: GraphNode[] = [{ id: 'from', kind: 'client', label: readable(asked.from), lines: [] }]
  const hops = steps.map(({ hop, state, reply }, at): GraphNode => {
    const name = names.get(hop.component)
    // Blockers stand in the order of their hops, except those that were found by looking back.
    const code = state === 'blocked' ? blockers.find(({ text }) => text === hop.text)?.code : undefined
    return {
      id: `hop-${at + 1}`,
      kind: 'hop',
      label: hop.component,
      lines: [spelled(hop.kind), ...(name === undefined ? [] : [name]), readable(hop.text)],
      state,
      ...(code !== undefined && { code }),
      ...(reply && { reply }),
    }
  })
  const [there, back] = [hops.filter(({ reply }) => !reply), hops.filter(({ reply }) => reply)]
  const seen = way ? [`by ${spelled(way.via)}`, `seen as ${way.sourceIp}`] : ['not reached']
  const keys = Object.entries(context).map(([key, value]) => `${contextKey(key)} = ${value}`)
  const destination: GraphNode = {
    id: 'to',
    kind: 'destination',
    label: readable(to.host),
    lines: [by, ...seen, ...keys],
    state: there.some(({ state }) => state === 'blocked') ? 'beyond' : 'passed',
  }
  nodes.push(...there, destination, ...back)
  const edges: GraphEdge[] = []
  let before = nodes[0]!
  for (const node of [...there, destination, ...back]) {
    const blocked = [before, node].find(({ state }) => state === 'blocked')
    const state = blocked === before ? 'beyond' : (before.state ?? 'passed')
    edges.push({
      from: before.id,
      to: node.id,
      kind: node.reply ? 'reply' : 'next',
      state: state === 'blocked' ? 'beyond' : state,
    })
    before = node
  }
  for (const [at, fix] of fixes.entries()) {
    const id = `fix-${at + 1}`
    nodes.push({ id, kind: 'fix', label: readable(fix.text), lines: [readable(fix.command)] })
    const opens = hops.find(({ state }) => state === 'blocked')
    if (opens) edges.push({ from: id, to: opens.id, kind: 'opens' })
  }
  // Obstacles that are on no hop: a name that resolved to what cannot be reached.
  const told = new Set(hops.map(({ lines }) => lines.at(-1)))
  for (const [at, { code, component, text }] of blockers.entries()) {
    if (told.has(readable(text))) continue
    nodes.push({
      id: `obstacle-${at + 1}`,
      kind: 'obstacle',
      label: component,
      lines: [readable(text)],
      code,
      state: 'blocked',
    })
  }
  return {
    kind: 'path',
    title: `${readable(asked.from)} → ${end}`,
    description: open
      ? `Arrives ${seen.join(', ')}.`
      : `Blocked: the client ${SYMPTOMS[verdict].sentence}. ${codes.join(', ')}.`,
    nodes,
    edges,
  }
}
