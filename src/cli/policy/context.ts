import type { ContextValues, Principal } from '../../policy/policy.ts'
import { globalKey } from '../../policy/global-keys.ts'
import { serviceReference } from '../../services/iam/service-reference.ts'
import { UsageError } from '../failure.ts'

const types: Readonly<Record<Principal['kind'], string | undefined>> = {
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
  service: undefined,
  anonymous: 'Anonymous',
}

/**
 * Condition keys: what follows from caller and resource by itself, and over that what the user gave as `key=value`.
 * A key that AWS knows as multi-valued, or that is given more than once, has a list.
 */
export function contextOf(
  principal: Principal,
  { resource, account, now }: { resource: string; account: string; now: number },
  given: readonly string[],
): ContextValues {
  const { kind, principalArn, service } = principal
  const region = resource.split(':')[3]
  const values: Record<string, string | string[]> = {
    'aws:currenttime': new Date(now).toISOString(),
    'aws:epochtime': String(Math.floor(now / 1000)),
    'aws:securetransport': 'true',
    'aws:viaawsservice': 'false',
    'aws:principalisawsservice': String(kind === 'service'),
    'aws:resourceaccount': account,
    ...(region && { 'aws:requestedregion': region }),
    ...(principalArn && { 'aws:principalarn': principalArn, 'aws:principalaccount': principal.account }),
    ...(types[kind] && { 'aws:principaltype': types[kind] }),
    ...(kind === 'user' && { 'aws:username': principalArn.slice(principalArn.lastIndexOf('/') + 1) }),
    ...(service && { 'aws:principalservicename': service }),
  }
  const named = new Map<string, string[]>()
  for (const pair of given) {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`--context wants key=value, not ${pair}`)
    const key = pair.slice(0, at).toLowerCase()
    named.set(key, [...(named.get(key) ?? []), pair.slice(at + 1)])
  }
  for (const [key, list] of named) values[key] = list.length > 1 || isMultiValued(key) ? list : list[0]!
  return values
}

function isMultiValued(key: string): boolean {
  return (
    (globalKey(key) ?? (key.startsWith('aws:') ? undefined : serviceReference().conditionKey(key)))?.multiValued ??
    false
  )
}
