import { portText, spelled } from '../network-picture/hops.ts'
import type { Step } from '../network-picture/hops.ts'
import { readable } from '../network-picture/names.ts'
import type { Names } from '../network-picture/names.ts'
import { colour } from './colour.ts'
import type { TraceAnswer } from './trace.ts'

interface Told {
  answer: TraceAnswer
  steps: readonly Step[]
  names: Names
  keyOf: (key: string) => string
}

const MARKS: Readonly<Record<Step['state'], string>> = {
  passed: colour.green('✔'),
  blocked: colour.red('|'),
  beyond: colour.dim('·'),
}

/** The answer for people: a line for each hop with a `|` where the packets stop, then why, what it looks like, what to do. */
export function pretty({ answer, steps, names, keyOf }: Told): string {
  const { from, to, verdict, blockers, way, context, client, fixes } = answer
  const open = verdict === 'allowed'
  const head = `${readable(from)} → ${to.host} ${portText(to)}`
  const outcome = open
    ? colour.green(colour.bold('ARRIVES'))
    : `${colour.red(colour.bold('BLOCKED'))}: the client ${client.sentence}`
  const there = steps.filter(({ reply }) => !reply)
  const back = steps.filter(({ reply }) => reply)
  const lines = [colour.bold(head), outcome, '', ...section('There', there, steps, names)]
  if (back.length > 0) lines.push(...section('And back', back, steps, names))
  if (way) {
    lines.push('', `${colour.bold('By')} ${[spelled(way.via), way.vpcEndpointId].filter(Boolean).join(' ')}`)
    lines.push(`  the other side sees ${way.sourceIp}`)
    const keys = Object.entries(context)
    if (keys.length > 0)
      lines.push('', colour.bold('Policies see'), ...columns(keys.map(([key, value]) => [keyOf(key), value])))
  }
  if (!open) {
    lines.push('', colour.bold(`Why (${many(blockers.length, 'obstacle')}, the first decides)`))
    for (const [at, { code, component, text }] of blockers.entries()) {
      lines.push(`  ${at + 1}. ${colour.red(code)}  ${titled(component, names)}`, `     ${text}`)
    }
    const programs = Object.entries(client.programs)
    if (programs.length > 0) lines.push('', colour.bold('The client sees'), ...columns(programs))
    lines.push('', ...remedy(fixes))
  }
  return `${lines.join('\n')}\n`
}

function section(title: string, rows: readonly Step[], all: readonly Step[], names: Names): string[] {
  const width = (of: (step: Step) => string): number => Math.max(0, ...all.map((step) => of(step).length))
  const kind = ({ hop }: Step): string => spelled(hop.kind)
  const component = ({ hop }: Step): string => titled(hop.component, names)
  const [kinds, components] = [width(kind), width(component)]
  return [
    colour.bold(title),
    ...rows.map((step) => {
      const line = `${kind(step).padEnd(kinds)}  ${component(step).padEnd(components)}  ${step.hop.text}`
      return `  ${MARKS[step.state]} ${step.state === 'beyond' ? colour.dim(line) : line}`
    }),
  ]
}

function remedy(fixes: TraceAnswer['fixes']): string[] {
  if (fixes.length === 0) return [colour.bold('No change was found that would open it')]
  const title =
    fixes.length === 1
      ? 'This opens it (tried on a copy)'
      : `These ${fixes.length} together open it, least exposure first (tried on a copy)`
  return [
    colour.bold(title),
    ...fixes.flatMap((fix, at) => [`  ${at + 1}. ${fix.text}`, `     ${colour.cyan(fix.command)}`]),
  ]
}

function titled(component: string, names: Names): string {
  const name = names.get(component)
  return name === undefined ? component : `${component} (${name.length > 32 ? `${name.slice(0, 31)}…` : name})`
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `  ${colour.dim(name.padEnd(width))}  ${text}`)
}

const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
