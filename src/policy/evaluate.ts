/**
 * The decision about one request. IAM User Guide: "Policy evaluation logic", "How permissions are evaluated within a
 * single account", "Cross-account policy evaluation logic".
 *
 * Every layer is asked, also after the first deny: the record shall say all that stands in the way.
 */
import { inside } from './compile.ts'
import type { Statement } from './compile.ts'
import { DIRECT, ENTITY, NOT_NAMED } from './match-principal.ts'
import type { Naming } from './match-principal.ts'
import type {
  AuthorizationRequest,
  CompiledPolicy,
  Decision,
  Effect,
  LayerDecision,
  MatchedStatement,
  PolicySet,
  PolicyType,
} from './types.ts'

/** Decides. Never throws: what goes wrong is a deny, decided by `none`. */
export function evaluate(request: AuthorizationRequest, set: PolicySet): Decision {
  try {
    return decide(request, set)
  } catch {
    return { effect: 'implicit-deny', decidedBy: 'none', layers: [], missing: [] }
  }
}

function decide(request: AuthorizationRequest, set: PolicySet): Decision {
  const { principal } = request
  const layers: LayerDecision[] = []
  const missing: PolicyType[] = []
  const bounded = set.boundary !== undefined

  // The filters: each must allow, none of them grants.
  if (set.rcp && !principal.serviceLinked) filter(layers, missing, levels('rcp', set.rcp, request))
  if (set.scp && bindsByScp(request)) filter(layers, missing, levels('scp', set.scp, request))
  if (set.endpoint) filter(layers, missing, ask('endpoint', [set.endpoint], request, bounded))

  // The resource's own policy: how strongly does it name the caller?
  const resourceType = set.resourceType ?? 'resource'
  let naming: Naming = NOT_NAMED
  if (set.resource) {
    const layer = ask(resourceType, [set.resource], request, bounded)
    if (!lacksAllow(layer)) naming = strongestNaming(set.resource, request, bounded)
    layers.push(layer)
  } else if (set.resourceRequired)
    layers.push({ type: resourceType, effect: 'implicit-deny', policies: [], matched: [] })

  // The caller's own policies.
  const { identity, boundary, session } = askOwn(layers, request, set)

  const own = request.principal.account === request.resourceAccount
  const needs = (type: PolicyType, layer: LayerDecision | undefined) => {
    if (layer && lacksAllow(layer)) missing.push(type)
  }
  let grantedBy: Decision['decidedBy']
  if (principal.kind === 'service' || principal.kind === 'anonymous') {
    if (naming !== DIRECT) missing.push(resourceType)
    grantedBy = resourceType
  } else if (own && naming === DIRECT) grantedBy = resourceType
  else if (own && naming === ENTITY && !lacksAllow(boundary) && !lacksAllow(session)) grantedBy = resourceType
  else {
    if (naming === NOT_NAMED && (!own || set.resourceRequired)) missing.push(resourceType)
    if (!(own && naming === ENTITY)) needs('identity', identity)
    needs('boundary', boundary)
    needs('session', session)
    grantedBy = identity ? 'identity' : own && naming === NOT_NAMED ? 'root' : resourceType
  }

  for (const layer of layers) {
    if (layer.effect === 'explicit-deny') return { effect: 'explicit-deny', decidedBy: layer.type, layers, missing }
  }
  if (missing.length > 0) return { effect: 'implicit-deny', decidedBy: missing[0]!, layers, missing }
  return { effect: 'allow', decidedBy: grantedBy, layers, missing }
}

/** SCPs bind users, roles and root of their account; not services, not service-linked roles, not the nameless. */
function bindsByScp({ principal }: AuthorizationRequest): boolean {
  return !principal.serviceLinked && principal.kind !== 'service' && principal.kind !== 'anonymous'
}

function filter(layers: LayerDecision[], missing: PolicyType[], layer: LayerDecision): void {
  layers.push(layer)
  if (lacksAllow(layer)) missing.push(layer.type)
}

interface OwnLayers {
  identity?: LayerDecision
  boundary?: LayerDecision
  session?: LayerDecision
}

/** Identity-based policies, boundary and session policies. Root has no need of the first two: it may do all. */
function askOwn(layers: LayerDecision[], request: AuthorizationRequest, set: PolicySet): OwnLayers {
  const { kind } = request.principal
  const own: OwnLayers = {}
  if (kind === 'service' || kind === 'anonymous') return own
  if (kind !== 'root') {
    layers.push((own.identity = ask('identity', set.identity, request, false)))
    if (set.boundary) layers.push((own.boundary = ask('boundary', [set.boundary], request, false)))
  }
  // GetFederationToken gives no permissions but those of the session policy, so a federated user needs one.
  const session = set.session ?? (kind === 'federated-user' ? [] : undefined)
  if (session) layers.push((own.session = ask('session', session, request, false)))
  return own
}

/** Whether an Allow is missing here, were there no Deny. A layer that does not exist lacks nothing. */
function lacksAllow(layer: LayerDecision | undefined): boolean {
  if (!layer || layer.effect === 'allow') return false
  return layer.effect === 'implicit-deny' || !layer.matched.some(({ effect }) => effect === 'Allow')
}

const NOTHING: readonly MatchedStatement[] = []

/** A layer that is the union of its policies. */
function ask(
  type: PolicyType,
  policies: readonly CompiledPolicy[],
  request: AuthorizationRequest,
  bounded: boolean,
): LayerDecision {
  const named = type === 'resource' || type === 'trust' || type === 'endpoint' || type === 'rcp'
  let effect: Effect = 'implicit-deny'
  let matched: MatchedStatement[] | undefined
  for (const policy of policies) {
    for (const statement of inside(policy).candidates(request.action)) {
      if (!applies(statement, request)) continue
      if (named && namingOf(statement, request, bounded) === NOT_NAMED) continue
      if (statement.effect === 'Deny') effect = 'explicit-deny'
      else if (effect === 'implicit-deny') effect = 'allow'
      if (matched) matched.push(statement.match)
      else matched = [statement.match]
    }
  }
  return { type, effect, policies: policies.map(({ id }) => id), matched: matched ?? NOTHING }
}

function applies({ resource, conditions }: Statement, { resource: asked, context }: AuthorizationRequest): boolean {
  if (resource && !resource(asked, context)) return false
  for (const condition of conditions) if (!condition.test(context)) return false
  return true
}

/** A statement that has no Principal where one belongs allows nobody and denies everybody. */
function namingOf(statement: Statement, { principal, context }: AuthorizationRequest, bounded: boolean): Naming {
  if (statement.principal) return statement.principal(principal, context, bounded)
  return statement.effect === 'Deny' ? DIRECT : NOT_NAMED
}

function strongestNaming(policy: CompiledPolicy, request: AuthorizationRequest, bounded: boolean): Naming {
  let strongest: Naming = NOT_NAMED
  for (const statement of inside(policy).candidates(request.action)) {
    if (statement.effect === 'Deny' || !applies(statement, request)) continue
    strongest = Math.max(strongest, namingOf(statement, request, bounded))
  }
  return strongest
}

/** SCPs and RCPs hang on the root, on units and on the account: every level must allow, any may deny. */
function levels(
  type: PolicyType,
  all: readonly (readonly CompiledPolicy[])[],
  request: AuthorizationRequest,
): LayerDecision {
  const asked = all.map((policies) => ask(type, policies, request, false))
  if (asked.length === 1) return asked[0]!
  const denied = asked.some(({ effect }) => effect === 'explicit-deny')
  const allowed = asked.every(({ effect }) => effect === 'allow')
  return {
    type,
    effect: denied ? 'explicit-deny' : allowed ? 'allow' : 'implicit-deny',
    policies: asked.flatMap(({ policies }) => policies),
    matched: asked.flatMap(({ matched }) => matched),
  }
}
