/** From a model of the search to a request, and the proof of it: the request is put to `evaluate`. */
import { compile } from '../compile.ts'
import { evaluate } from '../evaluate.ts'
import type { AuthorizationRequest, CompiledPolicy, ContextValues, Decision, PolicySet, Principal } from '../types.ts'
import type { Model } from './cases.ts'
import { EXAMPLE_ACCOUNT } from './key-facts.ts'
import type { Value } from './key-classes.ts'
import { named, roleSession, user } from './principals.ts'
import type { Caller } from './principals.ts'
import { contradiction } from './relations.ts'
import type { Layer, Rule } from './rules.ts'

/** A request that one side allows and the other does not. */
export interface Witness {
  readonly principal: Principal
  /** `s3:GetObject` */
  readonly action: string
  /** ARN or `*`. */
  readonly resource: string
  readonly resourceAccount: string
  /** Condition keys, in lower case, that the request has. */
  readonly context: ContextValues
  /** Condition keys, in lower case, that it must not have. */
  readonly absent: readonly string[]
}

/** The witness as `evaluate` takes it. */
export function requestOf(witness: Witness): AuthorizationRequest {
  const { principal, action, resource, resourceAccount, context } = witness
  return { principal, action, resource, resourceAccount, context: (key) => context[key] }
}

/** A request that AWS could make of the model, or why there is none. */
export function witnessOf(model: Model, rules: readonly Rule[], fixed: Principal | undefined): Witness | string {
  let reason: string | undefined
  for (const principal of principalsOf(model, rules, fixed)) {
    const draft = { principal, resource: model.resource, values: model.values }
    const found = contradiction(draft)
    if (found === undefined) return finished(draft, model)
    reason ??= found
  }
  return reason ?? 'no caller fits'
}

function finished(
  { principal, resource }: { principal: Principal; resource: string },
  { action, values }: Model,
): Witness {
  const context: Record<string, string | readonly string[]> = {}
  const absent: string[] = []
  for (const [key, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === '') continue
    if (value === undefined) absent.push(key)
    else context[key] = value
  }
  const resourceAccount = [values.get('aws:resourceaccount'), resource.split(':', 5)[4], principal.account].find(
    (account) => typeof account === 'string' && /^\d{12}$/.test(account),
  )
  return { principal, action, resource, resourceAccount: String(resourceAccount ?? EXAMPLE_ACCOUNT), context, absent }
}

/** Callers of the model's naming: the one it found, and those that the context's own keys speak of. */
function* principalsOf(
  { caller, values }: Model,
  rules: readonly Rule[],
  fixed: Principal | undefined,
): Iterable<Principal> {
  if (fixed) {
    yield fixed
    return
  }
  const account = values.get('aws:principalaccount')
  const owner = { account: typeof account === 'string' ? account : EXAMPLE_ACCOUNT, partition: 'aws' }
  const name = values.get('aws:username')
  const derived = [
    ...fromArn(values.get('aws:principalarn')),
    ...(typeof name === 'string' ? [user(owner, name)] : []),
    roleSession(owner),
    user(owner),
  ]
  if (!caller) {
    yield* derived
    return
  }
  yield caller.principal
  const pinned = (principal: Principal): Caller => ({ principal, pins: caller.pins })
  for (const principal of derived) {
    if (rules.every((rule) => named(rule, pinned(principal)) === named(rule, caller))) yield principal
  }
}

const ENTITY = /^arn:([^:]+):iam::(\d{12}):(user|role)(\/(?:.*\/)?)([^/]+)$/

function fromArn(arn: Value): Principal[] {
  const [, partition = '', account = '', kind, path, name] = typeof arn === 'string' ? (ENTITY.exec(arn) ?? []) : []
  if (!kind) return []
  const owner = { account, partition }
  return [kind === 'user' ? user(owner, name, path) : roleSession(owner, name, 'session', path)]
}

// --- replay

const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
const ALLOW_ALL = compile(everything, { id: 'inline:everything' })
const ANYONE = compile(
  { ...everything, Statement: { ...everything.Statement, Principal: '*' } },
  { id: 'inline:anyone', grammar: 'resource' },
)

/** What else stands around a policy of the layer, allowing all, so that the layer alone decides. */
function setsOf({ grammar, policies }: Layer): PolicySet[] {
  const each = (set: (policy: CompiledPolicy) => PolicySet) => policies.map(set)
  // Federated users have no permissions without a session policy.
  const caller = { identity: [ALLOW_ALL], session: [ALLOW_ALL] }
  const open = { ...caller, resource: ANYONE }
  switch (grammar) {
    case 'identity':
      return [{ ...caller, identity: policies }]
    case 'scp':
      return [{ ...caller, scp: [policies] }]
    case 'rcp':
      return [{ ...open, rcp: [policies] }]
    case 'endpoint':
      return each((endpoint) => ({ ...open, endpoint }))
    default:
      return each((resource) => ({ ...caller, resource, resourceType: grammar, resourceRequired: true }))
  }
}

/** What the evaluator says about a witness. */
export interface Replay {
  readonly request: AuthorizationRequest
  readonly set: PolicySet
  readonly decision: Decision
}

/** The decisions of a layer's policies about a request; one, where the evaluator unites them itself. */
function decisionsOf(layer: Layer, request: AuthorizationRequest): Replay[] {
  // An identity-based policy is asked in the caller's own account; no other could add anything.
  const own = layer.grammar === 'identity' || layer.grammar === 'scp'
  const asked = own ? { ...request, resourceAccount: request.principal.account } : request
  return setsOf(layer).map((set) => ({ request: asked, set, decision: evaluate(asked, set) }))
}

export function passes(layers: readonly Layer[], request: AuthorizationRequest): boolean {
  return layers.every((layer) => {
    const effects = decisionsOf(layer, request).map(({ decision }) => decision.effect)
    return effects.includes('allow') && !effects.includes('explicit-deny')
  })
}

/** The evaluator's decisions about a witness, one for each policy that decides by itself: for `nearMisses` and the like. */
export function replayLayers(layers: readonly Layer[], witness: Witness): Replay[] {
  return layers.flatMap((layer) => decisionsOf(layer, requestOf(witness)))
}
