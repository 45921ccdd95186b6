import type { CompiledPolicy, PolicySet, PolicyType } from '../policy/types.ts'
import type { Call, Need } from './call.ts'
import { type KnownContext, knownContext } from './known-context.ts'

/** What a refused call was decided with, as GetRequestAuthorizationDetails shows it: never a policy's text. */
export interface Snapshot {
  /** Keys of the request, shared by all its needs. */
  request: KnownContext
  /** Keys that each need adds, in the order of the needs. */
  needs: KnownContext[]
  policies: AskedPolicy[]
}

/** A policy that was asked, and what it hangs on. */
export interface AskedPolicy {
  type: PolicyType
  /** ARN, or `inline:NAME` and the like. */
  id: string
  managed: boolean
  /** ARN, where it is known. */
  attachedTo?: string
}

/** `sets` are the policies that applied to each need. */
export function snapshotOf(call: Call, needs: readonly Need[], sets: readonly PolicySet[]): Snapshot {
  const policies = new Map<string, AskedPolicy>()
  needs.forEach((need, at) => {
    for (const asked of askedPolicies(call, need, sets[at]!)) {
      policies.set(JSON.stringify([asked.type, asked.id, asked.attachedTo]), asked)
    }
  })
  return {
    request: knownContext(call, needs[0]!),
    needs: needs.map(({ context }) => ({ ...context })),
    policies: [...policies.values()],
  }
}

function askedPolicies({ caller, account, region, way }: Call, need: Need, set: PolicySet): AskedPolicy[] {
  const principal = caller.principalArn || undefined
  const endpoint = `arn:aws:ec2:${region}:${way.vpcEndpointAccount ?? account}:vpc-endpoint/${way.vpcEndpointId}`
  const asked = (type: PolicyType, policies: readonly CompiledPolicy[], hangsOn: string | undefined) =>
    policies.map(({ id, managed, attachedTo = hangsOn }): AskedPolicy => {
      return { type, id, managed, ...(attachedTo !== undefined && { attachedTo }) }
    })
  return [
    ...asked('identity', set.identity, principal),
    ...asked('boundary', one(set.boundary), principal),
    ...asked('session', set.session ?? [], principal),
    ...asked(set.resourceType ?? 'resource', [...one(set.resource), ...(set.grants ?? [])], need.resource),
    ...asked('endpoint', one(set.endpoint), endpoint),
    ...asked('scp', set.scp?.flat() ?? [], undefined),
    ...asked('rcp', set.rcp?.flat() ?? [], undefined),
  ]
}

function one(policy: CompiledPolicy | undefined): readonly CompiledPolicy[] {
  return policy ? [policy] : []
}
