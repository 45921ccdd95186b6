import { colour } from '../colour.ts'
import { compare, nearMisses, replay } from '../../policy/policy.ts'
import type { Comparison, Grammar, NearMiss, Replay, Side, Witness } from '../../policy/policy.ts'
import { exitCode } from '../exit-code.ts'
import { UsageError } from '../failure.ts'
import { serviceReference } from '../../services/iam/service-reference.ts'
import { compiled } from './compiled.ts'
import { principalOf } from './principal.ts'

interface Options {
  type: Grammar
  format: 'pretty' | 'json'
  /** In steps; the engine's own default unless given. */
  budget?: number
  /** Only requests of this caller. */
  principal?: string
}

/**
 * `policy compare A B`: is A at most as permissive as B? Offline. A policy is a file, `-` for standard input, or an
 * AWS-managed policy's ARN or name. Exit codes: 0 it is, 2 A allows more, 3 unknown.
 */
export function comparePolicies(nameA: string, nameB: string, options: Options): number {
  const { type: grammar, format, budget, principal } = options
  if (nameA === '-' && nameB === '-') throw new UsageError('only one of the two policies can come from standard input.')
  const side = (name: string): Side => ({ grammar, policies: [compiled(name, grammar)] })
  const [a, b] = [side(nameA), side(nameB)]
  const comparison = compare(a, b, {
    reference: serviceReference(),
    ...(budget !== undefined && { budget }),
    ...(principal !== undefined && { principal: principalOf(principal) }),
  })
  const replays = comparison.witness && {
    a: replay(a, comparison.witness),
    b: replay(b, comparison.witness),
  }
  const out = format === 'json' ? json(comparison, replays) : pretty(shown(nameA), shown(nameB), comparison, replays)
  process.stdout.write(out)
  return codes[comparison.verdict]
}

function shown(name: string): string {
  return name === '-' ? 'stdin' : name
}

const codes = {
  equal: exitCode.ok,
  subset: exitCode.ok,
  'not-subset': exitCode.denied,
  unknown: exitCode.findings,
} as const

interface Replays {
  a: readonly Replay[]
  b: readonly Replay[]
}

function json({ verdict, witness, reason, steps }: Comparison, replays: Replays | undefined): string {
  const whole = {
    verdict,
    ...(reason !== undefined && { reason }),
    ...(witness && { witness }),
    ...(replays && { allowedBy: allowing(replays.a), lacking: lacking(replays.b) }),
    steps,
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

function allowing(replays: readonly Replay[]) {
  return replays.flatMap(({ decision }) =>
    decision.layers
      .flatMap(({ matched }) => matched)
      // What stands around the policy for the replay is the engine's own.
      .filter(({ effect, policy }) => effect === 'Allow' && !policy.startsWith('inline:')),
  )
}

function lacking(replays: readonly Replay[]): NearMiss[] {
  return replays.flatMap(({ request, set, decision }) => nearMisses(request, set, decision))
}

const headlines = {
  equal: (a: string, b: string) => colour.green(`${a} and ${b} allow exactly the same.`),
  subset: (a: string, b: string) =>
    colour.green(`${a} allows less than ${b}: everything that it allows, ${b} allows, too.`),
  'not-subset': (a: string, b: string) => colour.red(`${a} allows something that ${b} does not.`),
  unknown: (a: string, b: string) => colour.yellow(`Unknown whether ${b} allows everything that ${a} allows.`),
} as const

function pretty(a: string, b: string, comparison: Comparison, replays: Replays | undefined): string {
  const { verdict, witness, reason, steps } = comparison
  const lines = [headlines[verdict](a, b)]
  if (reason !== undefined) {
    lines.push('', `  ${reason}`)
    if (reason.includes('budget')) lines.push(`  next: the same with --budget ${steps * 10}`)
  }
  if (witness && replays) {
    lines.push('', ...requestLines(witness))
    const statements = allowing(replays.a).map(({ sid, index }) => sid ?? `statement ${index}`)
    lines.push('', `  ${a}`, `    ${colour.green('✔')} allowed by ${statements.join(', ') || 'its policies'}`)
    lines.push(`  ${b}`, ...missLines(lacking(replays.b)))
  }
  return `${lines.join('\n')}\n`
}

function requestLines({ principal, action, resource, context, absent }: Witness): string[] {
  const caller = principal.arn || principal.service || 'nobody (unsigned)'
  const values = Object.entries(context).map(
    ([key, value]) => `${key} = ${typeof value === 'string' ? value || '(empty)' : `[${value.join(', ')}]`}`,
  )
  return [
    `  ${colour.bold(action)} on ${resource}`,
    `    caller   ${caller}`,
    ...values.map((line, at) => `    ${at === 0 ? 'with   ' : '       '}  ${line}`),
    ...(absent.length > 0 ? [`    without  ${absent.join(', ')}`] : []),
  ]
}

function missLines(misses: readonly NearMiss[]): string[] {
  if (misses.length === 0) return [`    ${colour.red('✘')} no statement comes near`]
  return misses.slice(0, 3).map(({ sid, index, effect, element, detail, observed, required }) => {
    const name = sid ?? `statement ${index}`
    const what = detail ? `${element} ${detail}` : element
    const verb = effect === 'Deny' ? 'denies, unless it is' : 'wants'
    return `    ${colour.red('✘')} ${name} (${effect}): ${what} is ${observed}; it ${verb} ${required}`
  })
}
