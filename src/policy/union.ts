/** A layer of policies as one: who is asked about an action, and the records that its answers share. */
import { inside } from './compile.ts'
import type { Candidate, Policy } from './compile.ts'
import { remembering } from './memo.ts'
import type { CompiledPolicy, Effect, LayerDecision, MatchedStatement, PolicyType } from './types.ts'

export interface Union {
  /** The record of the layer when no statement matched. */
  readonly silent: LayerDecision
  /** Statements of all the policies whose Action or NotAction covers the action, in their order. */
  candidates(action: string): readonly Candidate[]
  /** The record of the layer when these matched. */
  record(matched: readonly MatchedStatement[]): LayerDecision
}

/** What a layer consists of: one policy, or a list that is kept by whoever asks. */
export type Layer = CompiledPolicy | readonly CompiledPolicy[]

interface Remembered {
  readonly union: Union
  readonly policies: readonly CompiledPolicy[]
}

/** By union: there may be one for each of many thousand roles, and what it remembers are mostly its policies' own lists. */
const REMEMBERED_ACTIONS = 64
/** Of a long list it is worth more, and there are fewer of them. */
const REMEMBERED_OF_MANY = 512
const MANY = 8

/** By the policy or the list, for as long as it lives. */
const unions: Readonly<Record<PolicyType, WeakMap<Layer, Remembered>>> = {
  identity: new WeakMap(),
  boundary: new WeakMap(),
  session: new WeakMap(),
  resource: new WeakMap(),
  trust: new WeakMap(),
  endpoint: new WeakMap(),
  scp: new WeakMap(),
  rcp: new WeakMap(),
}

/** The union of a layer, made anew when its list was changed. */
export function unionOf(type: PolicyType, layer: Layer): Union {
  const remembered = unions[type]
  const known = remembered.get(layer)
  if (known && isSame(known.policies, layer)) return known.union
  const policies = isList(layer) ? [...layer] : [layer]
  const union = unite(type, policies)
  remembered.set(layer, { union, policies })
  return union
}

function isList(layer: Layer): layer is readonly CompiledPolicy[] {
  return Array.isArray(layer)
}

function isSame(policies: readonly CompiledPolicy[], layer: Layer): boolean {
  if (!isList(layer)) return true
  if (policies.length !== layer.length) return false
  for (let at = 0; at < layer.length; at++) if (policies[at] !== layer[at]) return false
  return true
}

function unite(type: PolicyType, policies: readonly CompiledPolicy[]): Union {
  const ids = Object.freeze(policies.map(({ id }) => id))
  const record = (matched: readonly MatchedStatement[]): LayerDecision => ({
    type,
    effect: effectOf(matched),
    policies: ids,
    matched,
  })
  const asked = policies.map(inside)
  const limit = policies.length > MANY ? REMEMBERED_OF_MANY : REMEMBERED_ACTIONS
  const candidates = (action: string) => candidatesOf(asked, action)
  return {
    silent: Object.freeze(record(NONE)),
    record,
    candidates: policies.length > 1 ? remembering(limit, candidates) : candidates,
  }
}

const NONE: readonly never[] = Object.freeze([])

function candidatesOf(policies: readonly Policy[], action: string): readonly Candidate[] {
  let found: readonly Candidate[] = NONE
  for (const policy of policies) {
    const more = policy.candidates(action)
    if (more.length > 0) found = found.length > 0 ? [...found, ...more] : more
  }
  return found
}

function effectOf(matched: readonly MatchedStatement[]): Effect {
  for (const { effect } of matched) if (effect === 'Deny') return 'explicit-deny'
  return matched.length > 0 ? 'allow' : 'implicit-deny'
}
