import type { Context, ContextValues } from '../policy/types.ts'
import type { Call, Caller, Need } from './call.ts'
import { globalKeys } from './global-keys.ts'

/**
 * The request context of one need: global condition keys from the call, service keys from the need.
 * Lazily, key by key, because most policies ask for none (facts: iam.md §0.2 and §3.10).
 */
export function requestContext(call: Call, need: Need): Context {
  let own: ContextValues | undefined
  return (key) => {
    if (need.context) {
      own ??= lowerKeys(need.context)
      const value = own[key]
      if (value === TWO_SPELLINGS) throw new TwoSpellings(key)
      if (value !== undefined) return value
    }
    const value = key.startsWith('aws:') ? globalKey(call, need, key) : undefined
    return value ?? ofSession(call.caller, key)
  }
}

const byLowerName = new Map(Object.entries(globalKeys).map(([name, value]) => [name.toLowerCase(), value]))

const sessionContexts = new WeakMap<Caller, ContextValues>()

/** What the session carries on from the identity provider that vouched for it. */
function ofSession(caller: Caller, key: string): string | readonly string[] | undefined {
  if (!caller.sessionContext) return undefined
  let values = sessionContexts.get(caller)
  if (!values) sessionContexts.set(caller, (values = lowerKeys(caller.sessionContext)))
  return values[key]
}

/** Where a key came in two spellings with two values. */
const TWO_SPELLINGS: readonly string[] = Object.freeze([])

/**
 * Some services tell `Team` from `team` where condition keys cannot: of a thing with both tags, or a request that brings
 * both, "the condition matches […] either, but not both" (IAM User Guide, "aws:RequestTag"). Whoever asks gets no answer,
 * and so no allow: else one tag would hide the other from the policy that forbids it.
 */
class TwoSpellings extends Error {
  constructor(key: string) {
    super(`${key} has two spellings`)
  }
}

/** Lower-cases the keys of a context. */
function lowerKeys(values: ContextValues): ContextValues {
  const lower: Record<string, string | readonly string[]> = Object.create(null)
  for (const [key, value] of Object.entries(values)) {
    const name = key.toLowerCase()
    const before = lower[name]
    lower[name] = before === undefined || before === value ? value : TWO_SPELLINGS
  }
  return lower
}

function globalKey(call: Call, need: Need, key: string): string | readonly string[] | undefined {
  if (key.startsWith(PRINCIPAL_TAG)) return tagValue(call.caller.tags, key.slice(PRINCIPAL_TAG.length))
  return byLowerName.get(key)?.(call, need)
}

const PRINCIPAL_TAG = 'aws:principaltag/'

/** Tag keys in condition keys are matched without case (facts: iam.md §3.8). */
function tagValue(tags: Readonly<Record<string, string>>, lowerKey: string): string | undefined {
  for (const [key, value] of Object.entries(tags)) if (key.toLowerCase() === lowerKey) return value
  return undefined
}
