import { evaluate } from '../policy/evaluate.ts'
import { nearMisses } from '../policy/explain.ts'
import { suggest } from '../policy/suggest.ts'
import type { AuthorizationRequest, Decision, PolicySet, Principal } from '../policy/types.ts'
import { endpointPolicy } from '../services/ec2/endpoint-policy.ts'
import { rcps, scps } from '../services/organizations/control-policies.ts'
import { isSuspended, membership } from '../services/organizations/membership.ts'
import { policiesOf } from '../services/iam/policies-of.ts'
import { owner } from '../services/s3/owner.ts'
import type { Store } from '../store/store.ts'
import type { AwsError } from '../wire/aws-error.ts'
import type { Call, Caller, Need, Permit } from './call.ts'
import { requestContext } from './context.ts'
import { resourceAccount } from './global-keys.ts'
import { denied } from './denied.ts'
import { snapshotOf } from './snapshot.ts'
import type { NeedTrace } from './trace.ts'

/**
 * Stage 4: every need of the operation against every policy that applies. All needs are decided, so that the record
 * is whole; the first that is refused becomes AWS's answer. The Permit is minted here and nowhere else.
 */
export function authorize(call: Call, needs: readonly Need[], trace: NeedTrace[]): Permit {
  const policies = applicablePolicies(call)
  let refusal: AwsError | undefined
  for (const need of needs) {
    const error = decide(call, need, policies, trace)
    refusal ??= error
  }
  if (refusal) {
    trace[0]!.snapshot = snapshotOf(
      call,
      needs,
      needs.map((need) => policySet(call, policies, need)),
    )
    throw refusal
  }
  return mint(call, trace)
}

/** For calls that answer per item (s3:DeleteObjects): one verdict for each need, undefined where it is allowed. */
export function authorizeEach(permit: Permit, needs: readonly Need[]): (AwsError | undefined)[] {
  const { call } = permit
  const policies = applicablePolicies(call)
  return needs.map((need) => decide(call, need, policies, (permit as Minted)[needTraces]))
}

/** Where a permit keeps its call's record, so that later checks (authorizeEach) land in it. */
const needTraces = Symbol('needs')

interface Minted extends Permit {
  readonly [needTraces]: NeedTrace[]
}

function mint(call: Call, trace: NeedTrace[]): Permit {
  return Object.freeze({ call, world: call.world, [needTraces]: trace }) as unknown as Permit
}

type CallPolicies = Pick<PolicySet, 'identity' | 'boundary' | 'session' | 'endpoint' | 'scp' | 'scpTargets'>

/** What applies to the whole call, whatever the need: the principal's policies and those of the endpoint it came through. */
function applicablePolicies(call: Call): CallPolicies {
  const { caller, way, world } = call
  const { identity, boundary } = policiesOf(world.store, caller)
  const session = caller.sessionPolicies
  const endpoint =
    way.vpcEndpointId &&
    endpointPolicy(world.store, way.vpcEndpointAccount ?? call.account, call.region, way.vpcEndpointId)
  const scp = scps(world.store, caller.account)
  return {
    identity,
    ...(scp && { scp, ...levelsOf(world.store, 'scpTargets', caller.account) }),
    ...(boundary && { boundary }),
    ...(session && { session }),
    ...(endpoint && { endpoint }),
  }
}

function decide(call: Call, need: Need, policies: CallPolicies, trace: NeedTrace[]): AwsError | undefined {
  const request = requestOf(call, need)
  const set = policySet(call, policies, need)
  const decision = evaluate(request, set)
  if (decision.effect === 'allow') {
    const { resourceAccount: owner } = request
    const { action, resource } = need
    // Whose the policies are that allowed it: strangers keep them to themselves (advise/veil.ts).
    trace.push({ action, resource, decision, ...(owner !== call.caller.account && { resourceAccount: owner }) })
    return undefined
  }
  const explained = explainDenial(request, set)
  trace.push(explained)
  return denied({ call, need, request, decision: explained.decision, set })
}

/** The decision alone, for what-if questions on an overlay: it mints nothing and records nothing. */
export function verdict(call: Call, need: Need): Decision {
  return evaluate(requestOf(call, need), policySet(call, applicablePolicies(call), need))
}

/** The same with its reasons: a denial as it would be recorded. */
export function judged(call: Call, need: Need): NeedTrace {
  return explainDenial(requestOf(call, need), policySet(call, applicablePolicies(call), need))
}

function requestOf(call: Call, need: Need): AuthorizationRequest {
  return {
    principal: principalOf(call.caller),
    action: need.action,
    resource: need.resource,
    resourceAccount: resourceAccount(call, need),
    context: requestContext(call, need),
  }
}

/** The caller's side, and what hangs on the resource or its account. */
function policySet(call: Call, policies: CallPolicies, need: Need): PolicySet {
  const { store } = call.world
  const owner = resourceAccount(call, need)
  const rcp = rcps(store, owner, need.action)
  if (!rcp && !need.resourcePolicyRequired && !need.resourcePolicy && !need.grants?.length) return policies
  return {
    ...policies,
    ...resourceSide(need, isSuspended(store, owner)),
    ...(rcp && { rcp, ...levelsOf(store, 'rcpTargets', owner) }),
  }
}

/** What the levels of an account's SCPs or RCPs hang on. */
function levelsOf(store: Store, name: 'scpTargets' | 'rcpTargets', account: string): Partial<PolicySet> {
  const targets = membership(store, account)?.targets
  return targets ? { [name]: targets } : {}
}

/** Nothing of a closed account is reached any more: what its policies granted, they grant to nobody. */
function resourceSide(need: Need, closed: boolean): Partial<PolicySet> {
  return {
    ...(need.resourcePolicy && !closed ? { resource: need.resourcePolicy } : {}),
    ...(need.resourcePolicyRequired ? { resourceRequired: true } : {}),
    ...(need.grants?.length && !closed ? { grants: need.grants } : {}),
    resourceType: need.action.startsWith('sts:') ? 'trust' : 'resource',
  }
}

/**
 * A denial is rarer than an allow and worth the time: it is decided again with every condition key noted that a statement
 * looks at (what-if questions are put with those same values), and with the statements that nearly decided.
 */
function explainDenial(request: AuthorizationRequest, set: PolicySet): NeedTrace {
  const context: Record<string, string | readonly string[]> = {}
  const watched: AuthorizationRequest = {
    ...request,
    context: (key) => {
      const value = request.context(key)
      context[key] = value ?? '(absent)'
      return value
    },
  }
  const decision = evaluate(watched, set)
  // A key of which there is no telling denies; to whoever explains that, it is one that is not there.
  const told: AuthorizationRequest = { ...request, context: (key) => attempt(() => watched.context(key)) }
  return {
    action: request.action,
    resource: request.resource,
    decision,
    nearMisses: nearMisses(told, set, decision),
    suggestions: suggest(told, decision),
    resourceAccount: request.resourceAccount,
    context,
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** From the beginning: paths may hold colons, so that ARNs of anybody's may hold these words further on. */
const serviceLinked = /^arn:[^:]+:iam::\d{12}:role\/aws-service-role\//

const principals = new WeakMap<Caller, Principal>()

/** Whose account S3 has a name for. */
const isNamed = ({ kind }: Caller): boolean => kind !== 'service' && kind !== 'anonymous'

/** The caller as the policy engine knows it. */
export function principalOf(caller: Caller): Principal {
  let principal = principals.get(caller)
  if (!principal) {
    principal = {
      kind: caller.kind,
      account: caller.account,
      arn: caller.arn,
      principalArn: caller.principalArn,
      ...(caller.entityId ? { entityId: caller.entityId } : {}),
      ...(caller.service ? { service: caller.service } : {}),
      ...(caller.parentArn ? { parentArn: caller.parentArn } : {}),
      ...(serviceLinked.test(caller.principalArn) ? { serviceLinked: true } : {}),
      ...(isNamed(caller) ? { canonicalId: owner(caller.account).ID } : {}),
    }
    principals.set(caller, principal)
  }
  return principal
}
