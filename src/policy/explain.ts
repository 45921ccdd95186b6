/** Why a denial: the statements that came nearest, and the first element by which each of them missed. */
import { inside } from './compile.ts'
import type { Policy, Statement } from './compile.ts'
import type { Condition } from './conditions.ts'
import type { PrincipalDocument } from './document.ts'
import { NOT_NAMED } from './match-principal.ts'
import type { AuthorizationRequest, CompiledPolicy, Decision, NearMiss, PolicySet, PolicyType } from './types.ts'

const LIMIT = 10

/**
 * Near misses of a denial, best first, at most ten.
 * Implicit deny: Allow statements of the layers that lack an allow (and of the resource's own policy, which could have
 * granted). Explicit deny: the denying statements, each with what would have avoided it.
 */
export function nearMisses(request: AuthorizationRequest, set: PolicySet, decision: Decision): NearMiss[] {
  if (decision.effect === 'allow') return []
  if (decision.effect === 'explicit-deny') return denials(request, set, decision)
  const layers = new Set<PolicyType>(decision.missing)
  if (layers.has('identity') && set.resource) layers.add(set.resourceType ?? 'resource')
  const ranked = [...layers].flatMap((type) =>
    policiesOf(type, set).flatMap((policy) =>
      policy.statements.flatMap((statement) => {
        if (statement.effect === 'Deny') return []
        const miss = missOf(policy, statement, type, request, set.boundary !== undefined)
        return miss ? [miss] : []
      }),
    ),
  )
  return ranked
    .sort((a, b) => a.distance - b.distance)
    .slice(0, LIMIT)
    .map(({ miss }) => miss())
}

/** The policies of a layer. */
function policiesOf(type: PolicyType, set: PolicySet): readonly Policy[] {
  const one = (policy: CompiledPolicy | undefined) => (policy ? [policy] : [])
  const byType: Record<PolicyType, readonly CompiledPolicy[]> = {
    identity: set.identity,
    boundary: one(set.boundary),
    session: set.session ?? [],
    resource: one(set.resource),
    trust: one(set.resource),
    endpoint: one(set.endpoint),
    scp: (set.scp ?? []).flat(),
    rcp: (set.rcp ?? []).flat(),
  }
  return byType[type].map(inside)
}

interface Ranked {
  /** Worded on demand: only the nearest are. */
  miss: () => NearMiss
  /** Smaller is nearer. */
  distance: number
}

interface Failure {
  element: NearMiss['element']
  detail?: string
  observed: () => string
  required: () => string
  cost: number
}

/** The first element that did not match, or undefined where all did, or nothing is near. */
function missOf(
  policy: Policy,
  statement: Statement,
  type: PolicyType,
  request: AuthorizationRequest,
  bounded: boolean,
): Ranked | undefined {
  const failures = [
    ...principalFailure(statement, type, request, bounded),
    ...actionFailure(statement, request),
    ...resourceFailure(statement, request),
    ...statement.conditions.filter((condition) => !condition.test(request.context)).map(conditionFailure(request)),
  ]
  const [first] = failures
  if (!first) return undefined
  const distance = failures.reduce((sum, { cost }) => sum + cost, 0)
  return distance > FAR ? undefined : { miss: () => missed(policy, statement, first), distance }
}

function missed(policy: Policy, { match }: Statement, failure: Failure): NearMiss {
  const { cost: _cost, observed: seen, required, ...named } = failure
  return { ...match, policy: policy.id, ...named, observed: seen(), required: required() }
}

/** Another service's action: that statement is about something else. */
const FAR = 20

function principalFailure(statement: Statement, type: PolicyType, request: AuthorizationRequest, bounded: boolean) {
  if (type !== 'resource' && type !== 'trust' && type !== 'endpoint' && type !== 'rcp') return []
  const { principal, context } = request
  if (statement.principal && statement.principal(principal, context, bounded) !== NOT_NAMED) return []
  const { Principal, NotPrincipal } = statement.document
  const required = () =>
    NotPrincipal ? `not ${principalText(NotPrincipal)}` : Principal ? principalText(Principal) : 'nobody'
  return [failure('Principal', 4, () => principal.arn || principal.service || 'anonymous', required)]
}

function principalText(element: PrincipalDocument): string {
  if (element === '*') return '*'
  return list(Object.values(element).flat(), '')
}

function actionFailure(statement: Statement, { action }: AuthorizationRequest): Failure[] {
  const asked = action.toLowerCase()
  if (statement.action(asked)) return []
  const { Action, NotAction } = statement.document
  const seen = () => action
  if (NotAction) return [failure('Action', 5, seen, () => `not ${list(NotAction, action)}`)]
  const service = `${asked.slice(0, asked.indexOf(':'))}:`
  const sameService = Action!.some((name) => name.trim().toLowerCase().startsWith(service))
  const nearest = Math.max(...Action!.map((name) => commonPrefix(name.trim().toLowerCase(), asked)))
  const cost = sameService ? 6 - nearest / asked.length : FAR + 1
  return [failure('Action', cost, seen, () => list(Action!, action))]
}

function resourceFailure(statement: Statement, { resource, context }: AuthorizationRequest): Failure[] {
  if (!statement.resource || statement.resource.test(resource, context)) return []
  const { Resource, NotResource } = statement.document
  const seen = () => resource
  if (NotResource) return [failure('Resource', 4, seen, () => `not ${list(NotResource, resource)}`)]
  const nearest = Math.max(...Resource!.map((pattern) => commonPrefix(pattern, resource)))
  return [failure('Resource', 4 - nearest / (resource.length + 1), seen, () => list(Resource!, resource))]
}

function conditionFailure({ context }: AuthorizationRequest) {
  return ({ operator, key, contextKey, values, negated }: Condition): Failure => ({
    ...failure(
      'Condition',
      2,
      () => observed(context(contextKey)),
      () => `${negated ? 'not ' : ''}${list(values, '')}`,
    ),
    detail: `${operator} ${key}`,
  })
}

function failure(element: NearMiss['element'], cost: number, seen: () => string, required: () => string): Failure {
  return { element, observed: seen, required, cost }
}

function observed(value: string | readonly string[] | undefined): string {
  if (value === undefined) return '(absent)'
  return typeof value === 'string' ? value : `[${value.join(', ')}]`
}

const SHOWN = 3

/** The values nearest to what was asked first, and how many more there are. */
function list(values: readonly string[], asked: string): string {
  const wanted = asked.toLowerCase()
  const nearest = values
    .map((value) => ({ value, near: commonPrefix(value.toLowerCase(), wanted) }))
    .sort((a, b) => b.near - a.near)
  const rest = values.length - SHOWN
  const shown = nearest.slice(0, SHOWN).map(({ value }) => value)
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function commonPrefix(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** Denying statements, those of the layer that AWS names first; at most as many as are shown. */
function denials(request: AuthorizationRequest, set: PolicySet, { layers, decidedBy }: Decision): NearMiss[] {
  const denying = layers
    .filter(({ effect }) => effect === 'explicit-deny')
    .sort((a, b) => Number(b.type === decidedBy) - Number(a.type === decidedBy))
  const found: NearMiss[] = []
  for (const { type, matched } of denying) {
    const policies = policiesOf(type, set)
    for (const match of matched) {
      if (found.length >= LIMIT) return found.slice(0, LIMIT)
      if (match.effect !== 'Deny') continue
      // By the match itself, as ids need not be unique; by id where the decision was read back from a record.
      const policy =
        policies.find(({ statements }) => statements[match.index]?.match === match) ??
        policies.find(({ id }) => id === match.policy)
      const statement = policy?.statements[match.index]
      if (policy && statement) found.push(...avoidances(policy, statement, request))
    }
  }
  return found.slice(0, LIMIT)
}

/** What would have avoided the deny: any one of its conditions, or else another resource, or no such statement. */
function avoidances(policy: Policy, statement: Statement, request: AuthorizationRequest): NearMiss[] {
  const { conditions, document } = statement
  const { context, action, resource } = request
  if (conditions.length > 0) {
    return conditions.map((condition) =>
      missed(policy, statement, {
        ...failure(
          'Condition',
          0,
          () => observed(context(condition.contextKey)),
          () => avoiding(condition),
        ),
        detail: `${condition.operator} ${condition.key}`,
      }),
    )
  }
  const { Resource, NotResource, Action, NotAction } = document
  const narrowed = Resource ? !Resource.includes('*') : NotResource !== undefined
  const miss = narrowed
    ? failure(
        'Resource',
        0,
        () => resource,
        () => (NotResource ? list(NotResource, resource) : `not ${list(Resource!, resource)}`),
      )
    : failure(
        'Action',
        0,
        () => action,
        () => (NotAction ? list(NotAction, action) : `not ${list(Action ?? [], action)}`),
      )
  return [missed(policy, statement, miss)]
}

/** The values of a key with which the condition would not have held. */
function avoiding({ operator, values, negated }: Condition): string {
  if (operator === 'Null') return values.some((value) => value.toLowerCase() === 'true') ? '(any value)' : '(absent)'
  return negated ? list(values, '') : `not ${list(values, '')}`
}
