/**
 * The decision about one request. IAM User Guide: "Policy evaluation logic", "How permissions are evaluated within a
 * single account", "Cross-account policy evaluation logic".
 *
 * Every layer is asked, also after the first deny: the record shall say all that stands in the way.
 */
import type { Candidate } from './compile.ts'
import { DIRECT, ENTITY, NOT_NAMED } from './match-principal.ts'
import type { Naming } from './match-principal.ts'
import type {
  AuthorizationRequest,
  CompiledPolicy,
  Decision,
  LayerDecision,
  MatchedStatement,
  PolicySet,
  PolicyType,
  Principal,
} from './types.ts'
import { COUNTED_BY_BITS, unionOf } from './union.ts'
import type { Layer } from './union.ts'

/** Decides. Never throws: what goes wrong is a deny, decided by `none`. */
export function evaluate(request: AuthorizationRequest, set: PolicySet): Decision {
  try {
    return decide(request, set)
  } catch {
    return { effect: 'implicit-deny', decidedBy: 'none', layers: [], missing: [] }
  }
}

const NOTHING: readonly PolicyType[] = Object.freeze([])

function decide(request: AuthorizationRequest, set: PolicySet): Decision {
  const { principal } = request
  const bounded = set.boundary !== undefined

  // The filters: each must allow, none of them grants.
  const rcp = set.rcp && !principal.serviceLinked ? levels('rcp', set.rcp, set.rcpTargets, request) : undefined
  const scp = set.scp && isBoundByScps(principal) ? levels('scp', set.scp, set.scpTargets, request) : undefined
  const endpoint = set.endpoint && askNamed('endpoint', set.endpoint, request, bounded).layer

  // The resource's own policy: how strongly does it name the caller?
  const resourceType = set.resourceType ?? 'resource'
  const named = askResource(resourceType, request, set, bounded)
  const resource = named?.layer
  const naming = named ? named.naming : NOT_NAMED

  // The caller's own policies.
  const identity = ownIdentity(principal) ? ask('identity', set.identity, request) : undefined
  const boundary = identity && set.boundary && ask('boundary', set.boundary, request)
  const session = askSession(request, set)

  const layers = present(rcp, scp, endpoint, resource, identity, boundary, session)
  let missing = lacking(lacking(lacking(NOTHING, rcp), scp), endpoint)
  const own = principal.account === request.resourceAccount
  let grantedBy: Decision['decidedBy'] = resourceType
  if (isNameless(principal)) {
    if (naming !== DIRECT) missing = and(missing, resourceType)
  } else if (own && naming >= ENTITY) {
    if (naming === ENTITY) missing = lacking(lacking(missing, boundary), session)
  } else {
    if (naming === NOT_NAMED && (!own || set.resourceRequired)) missing = and(missing, resourceType)
    missing = lacking(lacking(lacking(missing, identity), boundary), session)
    if (identity) grantedBy = 'identity'
    else if (own && naming === NOT_NAMED) grantedBy = 'root'
  }

  for (let at = 0; at < layers.length; at++) {
    const { effect, type } = layers[at]!
    if (effect === 'explicit-deny') return { effect, decidedBy: type, layers, missing }
  }
  if (missing.length > 0) return { effect: 'implicit-deny', decidedBy: missing[0]!, layers, missing }
  return { effect: 'allow', decidedBy: grantedBy, layers, missing }
}

type Maybe = LayerDecision | undefined

/** The layers that there are. */
function present(a: Maybe, b: Maybe, c: Maybe, d: Maybe, e: Maybe, f: Maybe, g: Maybe): LayerDecision[] {
  // Most decisions have no more than these three; a list that grows by and by takes more time, and three times the room.
  if (e && !a && !b && !c && !g) {
    if (!d) return f ? [e, f] : [e]
    return f ? [d, e, f] : [d, e]
  }
  return [a, b, c, d, e, f, g].filter((layer) => layer !== undefined)
}

/** What is missing, and the layer's type too where it lacks an allow. */
function lacking(missing: readonly PolicyType[], layer: Maybe): readonly PolicyType[] {
  return lacksAllow(layer) ? and(missing, layer!.type) : missing
}

/** Most often it is the first. */
function and(missing: readonly PolicyType[], type: PolicyType): readonly PolicyType[] {
  return missing === NOTHING ? [type] : [...missing, type]
}

/** Who has no policies of its own. */
function isNameless({ kind }: Principal): boolean {
  return kind === 'service' || kind === 'anonymous'
}

/** SCPs bind users, roles and root of their account; not services, not service-linked roles, not the nameless. */
function isBoundByScps(principal: Principal): boolean {
  return !principal.serviceLinked && !isNameless(principal)
}

/**
 * Whether identity-based policies and a boundary decide. Root has no need of them, it may do all; nor has the federated
 * session of a root, which its session policy alone limits (GetFederationToken: "we do not recommend" it, but it is so).
 */
function ownIdentity({ kind, parentArn }: Principal): boolean {
  if (kind === 'federated-user') return !parentArn?.endsWith(':root')
  return kind === 'user' || kind === 'role-session'
}

const NO_POLICIES: readonly CompiledPolicy[] = Object.freeze([])

/** GetFederationToken gives no permissions but those of the session policy, so a federated user needs one. */
function askSession(request: AuthorizationRequest, { session }: PolicySet): LayerDecision | undefined {
  const { principal } = request
  if (isNameless(principal)) return undefined
  const layer = session ?? (principal.kind === 'federated-user' ? NO_POLICIES : undefined)
  return layer && ask('session', layer, request)
}

/** Whether an Allow is missing here, were there no Deny. A layer that does not exist lacks nothing. */
function lacksAllow(layer: Maybe): boolean {
  if (!layer || layer.effect === 'allow') return false
  return layer.effect === 'implicit-deny' || !layer.matched.some(({ effect }) => effect === 'Allow')
}

/** A layer that is the union of its policies, and that asks nobody's name. */
function ask(type: PolicyType, policies: Layer, request: AuthorizationRequest): LayerDecision {
  const union = unionOf(type, policies)
  const question = union.question(request.action)
  const { candidates } = question
  const { resource, context } = request
  if (candidates.length > COUNTED_BY_BITS) {
    const matched = candidates.filter((candidate) => candidate.applies(resource, context))
    return union.record(matched.map(({ match }) => match))
  }
  let bits = question.always
  const { conditional } = question
  for (let at = 0; at < conditional.length; at++) {
    const candidate = conditional[at]!
    if (candidate.applies(resource, context)) bits |= question.bits[at]!
  }
  return question.recordOf(bits)
}

interface Named {
  layer: LayerDecision
  /** The strongest naming by an Allow. */
  naming: Naming
}

/** A layer whose statements say whom they are about. */
function askNamed(type: PolicyType, policies: Layer, request: AuthorizationRequest, bounded: boolean): Named {
  const union = unionOf(type, policies)
  const question = union.question(request.action)
  const { candidates } = question
  let naming: Naming = NOT_NAMED
  let bits = 0
  const many: MatchedStatement[] | undefined = candidates.length > COUNTED_BY_BITS ? [] : undefined
  for (let at = 0; at < candidates.length; at++) {
    const candidate = candidates[at]!
    if (!candidate.applies(request.resource, request.context)) continue
    const by = namingOf(candidate, request, bounded)
    if (by === NOT_NAMED) continue
    if (by > naming && candidate.effect === 'Allow') naming = by
    if (many) many.push(candidate.match)
    else bits |= 1 << at
  }
  return { naming, layer: many ? union.record(many) : question.recordOf(bits) }
}

/** A statement that has no Principal where one belongs allows nobody and denies everybody. */
function namingOf(candidate: Candidate, { principal, context }: AuthorizationRequest, bounded: boolean): Naming {
  if (candidate.principal) return candidate.principal(principal, context, bounded)
  return candidate.effect === 'Deny' ? DIRECT : NOT_NAMED
}

/** The resource's own policy and the grants beside it; undefined where there is neither, and need not be. */
function askResource(
  type: 'resource' | 'trust',
  request: AuthorizationRequest,
  { resource, grants, resourceRequired }: PolicySet,
  bounded: boolean,
): Named | undefined {
  if (!grants) {
    if (resource) return askNamed(type, resource, request, bounded)
    return resourceRequired ? askNamed(type, NO_POLICIES, request, bounded) : undefined
  }
  const granted = askNamed(type, grants, request, bounded)
  if (!resource) return granted
  const written = askNamed(type, resource, request, bounded)
  return { naming: Math.max(written.naming, granted.naming), layer: joined(type, [written.layer, granted.layer]) }
}

function joined(type: PolicyType, layers: readonly LayerDecision[]): LayerDecision {
  const effects = layers.map(({ effect }) => effect)
  return {
    type,
    effect:
      effects.find((effect) => effect === 'explicit-deny') ?? effects.find((e) => e === 'allow') ?? 'implicit-deny',
    policies: layers.flatMap(({ policies }) => policies),
    matched: layers.flatMap(({ matched }) => matched),
  }
}

/** SCPs and RCPs hang on the root, on units and on the account: every level must allow, any may deny. */
function levels(
  type: 'scp' | 'rcp',
  all: readonly (readonly CompiledPolicy[])[],
  targets: readonly string[] | undefined,
  request: AuthorizationRequest,
): LayerDecision {
  const asked = all.map((policies) =>
    type === 'scp' ? ask(type, policies, request) : askNamed(type, policies, request, false).layer,
  )
  const denying = asked.findIndex(({ effect }) => effect === 'explicit-deny')
  const lacking = asked.findIndex(lacksAllow)
  const level = denying === -1 ? lacking : denying
  const target = targets?.[level]
  return {
    type,
    effect: denying !== -1 ? 'explicit-deny' : lacking !== -1 ? 'implicit-deny' : 'allow',
    policies: asked.flatMap(({ policies }) => policies),
    matched: asked.flatMap(({ matched }) => matched),
    ...(level !== -1 && { level }),
    ...(target !== undefined && { target }),
  }
}
