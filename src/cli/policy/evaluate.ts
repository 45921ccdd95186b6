import { colour } from '../colour.ts'
import { denialSentence, evaluate, nearMisses, statementSpan, suggest } from '../../policy/policy.ts'
import type { AuthorizationRequest, CompiledPolicy, Decision, PolicySet } from '../../policy/policy.ts'
import { exitCode } from '../exit-code.ts'
import { UsageError } from '../failure.ts'
import { compiled } from './compiled.ts'
import { contextOf } from './context.ts'
import { principalOf } from './principal.ts'

export interface EvaluateOptions {
  action?: string
  resource: string
  principal: string
  policy?: string[]
  boundary?: string
  session?: string[]
  resourcePolicy?: string
  resourceAccount?: string
  endpointPolicy?: string
  scp?: string[]
  rcp?: string[]
  context?: string[]
  case?: string
  format: 'pretty' | 'json'
}

/** `policy evaluate`: exit code 0 for allowed, 2 for denied. */
export async function evaluateCommand(options: EvaluateOptions): Promise<number> {
  if (options.case !== undefined) return (await import('./cases.ts')).casesCommand(options.case, options.format)
  if (!options.action) throw new UsageError('--action is missing')
  const request = requestOf(options.action, options)
  const set = policySet(request, options)
  const decision = evaluate(request, set)
  const verdict = verdictOf(request, set, decision)
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(verdict, null, 2)}\n` : pretty(verdict))
  return decision.effect === 'allow' ? exitCode.ok : exitCode.denied
}

function requestOf(action: string, { resource, principal: name, resourceAccount, context = [] }: EvaluateOptions) {
  const principal = principalOf(name)
  const account = resourceAccount ?? (/^\d{12}$/.exec(resource.split(':')[4] ?? '')?.[0] || principal.account)
  const values = contextOf(principal, { resource, account, now: Date.now() }, context)
  const request: AuthorizationRequest = {
    principal,
    action,
    resource,
    resourceAccount: account,
    context: (key) => values[key],
  }
  return request
}

function policySet({ action, resource }: AuthorizationRequest, options: EvaluateOptions): PolicySet {
  const { policy = [], boundary, session, resourcePolicy, endpointPolicy, scp, rcp } = options
  const assumesRole = /^sts:(?:assumerole|tagsession|setsourceidentity|setcontext)/i.test(action)
  const ofKey = /^kms:/i.test(action) && resource.includes(':key/')
  return {
    identity: policy.map((name) => compiled(name, 'identity')),
    ...(boundary && { boundary: compiled(boundary, 'identity') }),
    ...(session && { session: session.map((name) => compiled(name, 'identity')) }),
    ...(resourcePolicy && { resource: compiled(resourcePolicy, assumesRole ? 'trust' : 'resource') }),
    ...(assumesRole && { resourceType: 'trust' }),
    // Nobody comes to a role or a key but by its own policy.
    ...((assumesRole || ofKey) && { resourceRequired: true }),
    ...(endpointPolicy && { endpoint: compiled(endpointPolicy, 'endpoint') }),
    ...(scp && { scp: [scp.map((name) => compiled(name, 'scp'))] }),
    ...(rcp && { rcp: [rcp.map((name) => compiled(name, 'rcp'))] }),
  }
}

type Verdict = ReturnType<typeof verdictOf>

/** The whole decision, each statement with the line of its file. */
function verdictOf(request: AuthorizationRequest, set: PolicySet, decision: Decision) {
  const lineOf = lineFinder(set)
  const { effect, decidedBy, layers, missing } = decision
  const allowed = effect === 'allow'
  return {
    decision: allowed ? 'allowed' : 'denied',
    effect,
    decidedBy,
    principal: request.principal.arn || request.principal.service || 'anonymous',
    action: request.action,
    resource: request.resource,
    ...(!allowed && { sentence: denialSentence(request, decision) }),
    layers: layers.map(({ matched, ...layer }) => ({
      ...layer,
      statements: matched.map((match) => ({ ...match, line: lineOf(match) })),
    })),
    missing,
    nearMisses: nearMisses(request, set, decision).map((miss) => ({ ...miss, line: lineOf(miss) })),
    suggestions: suggest(request, decision),
  }
}

function lineFinder(set: PolicySet) {
  const { identity, boundary, session = [], resource, endpoint, scp = [], rcp = [] } = set
  const all = [...identity, boundary, ...session, resource, endpoint, ...scp.flat(), ...rcp.flat()]
  const byId = new Map(all.flatMap((policy) => (policy ? [[policy.id, policy] as const] : [])))
  return ({ policy, index }: { policy: string; index: number }): number | undefined => {
    const found = byId.get(policy)
    return found && statementLine(found, index)
  }
}

/** The line on which the statement's own brace stands; spans begin where the one before it ended. */
function statementLine(policy: CompiledPolicy, index: number): number {
  const { start } = statementSpan(policy, index)
  const lines = policy.text.split('\n')
  let { line, column } = start
  while (!/[{"]/.test((lines[line - 1] ?? '{').slice(column - 1))) {
    line++
    column = 1
  }
  return line
}

const marks = { allow: colour.green('✔'), 'explicit-deny': colour.red('✘'), 'implicit-deny': colour.yellow('–') }

function pretty(verdict: Verdict): string {
  const { decision, principal, action, resource, sentence, layers, missing, nearMisses: misses, suggestions } = verdict
  const lines: string[] = []
  const say = (text = '') => lines.push(text)
  const place = ({ policy, line }: { policy: string; line: number | undefined }) =>
    line ? `${policy}:${line}` : policy
  say(
    `${decision === 'allowed' ? colour.green('ALLOWED') : colour.red('DENIED')}  ${action} on ${resource} by ${principal}`,
  )
  if (sentence) say(`  ${sentence}`)
  say()
  for (const { type, effect, policies, statements } of layers) {
    say(`  ${marks[effect]} ${type.padEnd(9)} ${effect}${policies.length === 0 ? colour.dim('  (no policy)') : ''}`)
    for (const match of statements)
      say(colour.dim(`      ${match.effect} ${match.sid ?? `statement ${match.index}`}  ${place(match)}`))
  }
  if (layers.length === 0) say(`  ${decision === 'allowed' ? 'root needs no policy' : 'no policy applies'}`)
  if (missing.length > 0) say(`\n  missing an allow in: ${missing.join(', ')}`)
  if (misses.length > 0) {
    say()
    say(decision === 'denied' && missing.length > 0 ? '  nearly' : '  denied by')
    for (const miss of misses) {
      say(`    ${miss.effect} ${miss.sid ?? `statement ${miss.index}`}  ${colour.dim(place(miss))}`)
      say(`      ${miss.element}${miss.detail ? ` ${miss.detail}` : ''}: is ${miss.observed}, must be ${miss.required}`)
    }
  }
  for (const { layer, statement } of suggestions) {
    say()
    say(`  ${colour.green('→')} this would allow it, in the ${layer} policy:`)
    for (const line of JSON.stringify(statement, null, 2).split('\n')) say(`    ${line}`)
  }
  return `${lines.join('\n')}\n`
}
