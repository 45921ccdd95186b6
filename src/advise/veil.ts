import type { AskedPolicy, Snapshot } from '../door/snapshot.ts'
import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import type { PolicyType } from '../policy/types.ts'
import { sameOrganization } from '../services/organizations/membership.ts'
import type { Store } from '../store/store.ts'

/** Policies that are the resource's or its account's, not the caller's. */
const OWNERS: ReadonlySet<PolicyType> = new Set<PolicyType>(['resource', 'trust', 'rcp'])

/** Whether a need is about a resource of strangers: neither of the account that reads, nor of its organization. */
function isStrangers(store: Store, { account }: DecisionTrace, { resourceAccount: owner }: NeedTrace): boolean {
  return owner !== undefined && (account === undefined || !sameOrganization(store, account, owner))
}

/** Whether strangers refused it. */
export function isTheirRefusal(store: Store, trace: DecisionTrace, one: NeedTrace): boolean {
  return one.decision.effect !== 'allow' && isOwners(one.decision.decidedBy) && isStrangers(store, trace, one)
}

/**
 * What strangers guard their resources with is theirs to know: an external id, say, or that there is such a role at all.
 * AWS's sentences keep it to themselves by the same rule (door/denied.ts; facts: errors.md A2).
 */
export function veiled(store: Store, trace: DecisionTrace): DecisionTrace {
  return { ...trace, needs: trace.needs.map((one) => (isStrangers(store, trace, one) ? veiledNeed(one) : one)) }
}

/** What was asked, without what hangs on strangers' resources. */
export function veiledPolicies(
  store: Store,
  { trace, snapshot }: { trace: DecisionTrace; snapshot: Snapshot },
): AskedPolicy[] {
  const strangers = new Set(trace.needs.flatMap((one) => (isStrangers(store, trace, one) ? one.resource : [])))
  const isTheirs = ({ type, attachedTo = '' }: AskedPolicy) =>
    type === 'rcp' ? strangers.size > 0 : OWNERS.has(type) && strangers.has(attachedTo)
  return snapshot.policies.filter((policy) => !isTheirs(policy))
}

function veiledNeed(one: NeedTrace): NeedTrace {
  const { decision, nearMisses = [], suggestions = [], ...rest } = one
  const theirs = decision.layers.filter(({ type }) => OWNERS.has(type))
  const ids = new Set(theirs.flatMap(({ policies }) => policies))
  // Their deny and their silence look alike; that they allowed is plain.
  const effect = decision.effect === 'allow' ? 'allow' : 'implicit-deny'
  return {
    ...rest,
    decision: {
      ...decision,
      ...(effect !== 'allow' &&
        isOwners(decision.decidedBy) && { effect, missing: [...new Set([...decision.missing, decision.decidedBy])] }),
      layers: decision.layers.map((layer) =>
        OWNERS.has(layer.type) ? { type: layer.type, effect, policies: [], matched: [] } : layer,
      ),
    },
    nearMisses: nearMisses.filter(({ policy }) => !ids.has(policy)),
    suggestions: suggestions.filter(({ layer }) => !OWNERS.has(layer)),
  }
}

function isOwners(decidedBy: PolicyType | 'root' | 'none'): decidedBy is PolicyType {
  return OWNERS.has(decidedBy as PolicyType)
}
