import type { Call, Need } from './call.ts'
import { requestContext } from './context.ts'
import { globalKeys } from './global-keys.ts'

/** Condition keys with their values, as AWS spells them. */
export type KnownContext = Record<string, string | readonly string[]>

const requestKeys = Object.keys(globalKeys).map((name) => [name, name.toLowerCase()] as const)

/** All that is known of the request, without what the need itself adds. */
export function knownContext(call: Call, { action, resource, resourceAccount }: Need): KnownContext {
  const look = requestContext(call, { action, resource, ...(resourceAccount ? { resourceAccount } : {}) })
  const { tags, sessionContext = {} } = call.caller
  const own = [...Object.keys(sessionContext), ...Object.keys(tags).map((tag) => `aws:PrincipalTag/${tag}`)]
  const known: KnownContext = {}
  for (const [name, key] of [...requestKeys, ...own.map((name) => [name, name.toLowerCase()] as const)]) {
    const value = look(key)
    if (value !== undefined) known[name] = value
  }
  return known
}
