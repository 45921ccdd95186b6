import type { CompiledPolicy, MatchedStatement, PolicySet, PolicyType } from '../policy/types.ts'
import type { Call, Caller, Need } from './call.ts'
import type { Refused } from './denied.ts'
import { knownContext } from './known-context.ts'

/**
 * The JSON text that sts:DecodeAuthorizationMessage gives (facts: errors.md A2.2; the members of a statement as users
 * have pasted them): who was refused what, by which statements, under which conditions.
 */
export function failureDocument(refused: Refused, withStatements: boolean): string {
  const { call, need, request, decision } = refused
  const { caller } = call
  return JSON.stringify({
    allowed: false,
    explicitDeny: decision.effect === 'explicit-deny',
    matchedStatements: { items: denyingStatements(refused, withStatements) },
    // Policies that could not be evaluated; here such a one ends in another error.
    failures: { items: [] },
    context: {
      principal: {
        id: caller.userId,
        ...(caller.kind === 'user' && caller.name !== undefined && { name: caller.name }),
        arn: caller.arn,
      },
      action: request.action,
      resource: request.resource,
      conditions: items(conditions(call, need)),
    },
  })
}

function denyingStatements({ call, decision, set }: Refused, withStatements: boolean): object[] {
  return decision.layers.flatMap(({ type, matched }) =>
    matched
      .filter(({ effect }) => effect === 'Deny')
      .map((match) => ({
        statementId: match.sid ?? '',
        effect: 'DENY',
        ...(withStatements && parts(statementOf(policiesOf(type, set), match), call.caller)),
      })),
  )
}

interface Statement {
  Action?: string | string[]
  Resource?: string | string[]
  Condition?: Record<string, Record<string, Values>>
}

function parts({ Action, Resource, Condition = {} }: Statement, { entityId, userId }: Caller): object {
  const keys = Object.values(Condition).flatMap((block) => Object.entries(block))
  return {
    principals: values(entityId ?? userId),
    principalGroups: { items: [] },
    actions: values(Action),
    resources: values(Resource),
    conditions: items(keys),
  }
}

function statementOf(policies: readonly CompiledPolicy[], { policy, index }: MatchedStatement): Statement {
  const text = policies.find(({ id, statements }) => id === policy && index < statements.length)?.text ?? '{}'
  const { Statement } = JSON.parse(text) as { Statement?: Statement | Statement[] }
  return [Statement ?? []].flat()[index] ?? {}
}

/** One policy, a list of them, or the levels of an organization. */
type Nested = CompiledPolicy | readonly CompiledPolicy[] | readonly (readonly CompiledPolicy[])[]

function policiesOf(type: PolicyType, set: PolicySet): readonly CompiledPolicy[] {
  const found: Nested | undefined = type === 'trust' ? set.resource : set[type]
  return found === undefined ? [] : [found].flat(2)
}

/** What the resource's ARN says, what the need adds, and what is known of the request. */
function conditions(call: Call, need: Need): [string, Values][] {
  const [, , service = '', , account = '', ...rest] = need.resource.split(':')
  const name = rest.join(':')
  const [, type = '', id = ''] = /^([^/:]+)[/:](.+)$/.exec(name) ?? []
  const ofArn = {
    'aws:Region': call.region,
    'aws:Service': service,
    'aws:Resource': name,
    'aws:Type': type,
    'aws:ID': id,
    'aws:Account': account,
    'aws:ARN': need.resource,
  }
  const told = Object.entries(ofArn).filter(([, value]) => value !== '')
  return [...told, ...Object.entries({ ...knownContext(call, need), ...need.context })]
}

/** Policies may have truth values and numbers without quotation marks. */
type Value = string | number | boolean
type Values = Value | readonly Value[]

function items(pairs: readonly (readonly [string, Values])[]): object {
  return { items: pairs.map(([key, value]) => ({ key, values: values(value) })) }
}

function values(value: Values | undefined): { items: { value: string }[] } {
  return { items: [value ?? []].flat().map((one) => ({ value: String(one) })) }
}
