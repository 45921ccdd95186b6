import { compile } from '../../policy/compile.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { boundText, type BoundPolicy } from '../iam/bound-principals.ts'

/**
 * Document `logs/resource-policy`, keyed `account/region/name`, the name percent-encoded: a policy of the account in a
 * Region, which says in its statements which groups it is about (CloudWatch Logs User Guide, "Identity and access
 * management: resource-based policies").
 */
export interface LogsResourcePolicy extends BoundPolicy {
  name: string
  lastUpdatedTime: number
}

export function policyKey({ account, region }: { account: string; region: string }, name: string): string {
  return `${account}/${region}/${encodeURIComponent(name)}`
}

export function policiesOf(
  store: Store,
  { account, region }: { account: string; region: string },
): LogsResourcePolicy[] {
  return store
    .list<LogsResourcePolicy>('logs/resource-policy', { prefix: `${account}/${region}/` })
    .map(({ value }) => value)
}

interface Cached {
  epoch: number
  policies: Map<string, CompiledPolicy | undefined>
}

const cache = new WeakMap<Store, Cached>()

/** All policies of an account in a Region as one, or undefined where there is none. */
export function resourcePolicyOf(store: Store, place: { account: string; region: string }): CompiledPolicy | undefined {
  const epoch = store.epoch('logs/resource-policy')
  let cached = cache.get(store)
  if (cached?.epoch !== epoch) cache.set(store, (cached = { epoch, policies: new Map() }))
  const key = `${place.account}/${place.region}`
  if (!cached.policies.has(key)) cached.policies.set(key, merged(policiesOf(store, place)))
  return cached.policies.get(key)
}

function merged(policies: readonly LogsResourcePolicy[]): CompiledPolicy | undefined {
  if (policies.length === 0) return undefined
  const statements = policies.flatMap((policy) => {
    const { Statement } = JSON.parse(boundText(policy)) as { Statement: object | object[] }
    return Array.isArray(Statement) ? Statement : [Statement]
  })
  // A Sid is its own policy's.
  const Statement = statements.map(({ Sid: _, ...statement }: { Sid?: string }) => statement)
  return compile(
    { Version: '2012-10-17', Statement },
    { id: 'logs-resource-policy', managed: false, grammar: 'resource' },
  )
}
