/** A layer of policies as one: which statements an action concerns, and the records that its answers share. */
import { inside } from './compile.ts'
import type { Candidate, Policy } from './compile.ts'
import { remembering } from './memo.ts'
import type { CompiledPolicy, Effect, LayerDecision, MatchedStatement, PolicyType } from './types.ts'

/** What a layer has to say about one action. */
export interface Question {
  /** Statements of all the policies whose Action or NotAction covers the action, in their order. */
  readonly candidates: readonly Candidate[]
  /** The record of the layer when those matched whose bits are set: bit n for candidate n. Few candidates only. */
  recordOf(bits: number): LayerDecision
}

/** More candidates than this are recorded one by one: bits would not do. */
export const COUNTED_BY_BITS = 30

/** What a layer consists of: one policy, or a list that is kept by whoever asks. */
export type Layer = CompiledPolicy | readonly CompiledPolicy[]

export interface Union {
  readonly type: PolicyType
  question(action: string): Question
  record(matched: readonly MatchedStatement[]): LayerDecision
}

/** Actions that a union remembers. Lists of a few policies are as many as roles; single policies and long lists are fewer. */
function rememberedActions(policies: readonly CompiledPolicy[]): number {
  return policies.length > 1 && policies.length <= 8 ? 64 : 512
}

interface Remembered {
  readonly union: Union
  readonly policies: readonly CompiledPolicy[]
  /** A frozen list need not be looked over again. */
  readonly fixed: boolean
}

type Remembering = WeakMap<readonly CompiledPolicy[], Remembered>

/** By the list, for as long as it lives; of identity-based policies apart, as they are asked on every call. */
const identityLists: Remembering = new WeakMap()
const otherLists = new Map<PolicyType, Remembering>()

/** The union of a layer, made anew when its list was changed. */
export function unionOf(type: PolicyType, layer: Layer): Union {
  return isList(layer) ? unionOfList(type, layer) : unionOfOne(type, inside(layer))
}

/** A policy serves in one kind of layer, as a rule, and keeps its union itself. */
function unionOfOne(type: PolicyType, policy: Policy): Union {
  const { alone } = policy
  if (alone.union?.type === type) return alone.union
  return (alone.union = unite(type, [policy]))
}

/** A caller asks time and again; its list, once frozen, is known at a glance. */
let last: { list: readonly CompiledPolicy[]; union: Union } | undefined

function unionOfList(type: PolicyType, list: readonly CompiledPolicy[]): Union {
  if (last?.list === list && last.union.type === type) return last.union
  const remembered = type === 'identity' ? identityLists : listsOf(type)
  const known = remembered.get(list)
  if (known && (known.fixed || isSame(known.policies, list))) {
    if (known.fixed && type === 'identity') last = { list, union: known.union }
    return known.union
  }
  const policies = [...list]
  const union = unite(type, policies)
  remembered.set(list, { union, policies, fixed: Object.isFrozen(list) })
  return union
}

function listsOf(type: PolicyType): Remembering {
  let lists = otherLists.get(type)
  if (!lists) otherLists.set(type, (lists = new WeakMap()))
  return lists
}

function isList(layer: Layer): layer is readonly CompiledPolicy[] {
  return Array.isArray(layer)
}

function isSame(policies: readonly CompiledPolicy[], layer: readonly CompiledPolicy[]): boolean {
  if (policies.length !== layer.length) return false
  for (let at = 0; at < layer.length; at++) if (policies[at] !== layer[at]) return false
  return true
}

function unite(type: PolicyType, policies: readonly CompiledPolicy[]): Union {
  const ids = Object.freeze(policies.map(({ id }) => id))
  const record = (matched: readonly MatchedStatement[]): LayerDecision =>
    Object.freeze({ type, effect: effectOf(matched), policies: ids, matched: Object.freeze(matched) })
  const asked = policies.map(inside)
  const silent = record([])
  return {
    type,
    record,
    question: remembering(rememberedActions(policies), (action) =>
      questionAbout(candidatesOf(asked, action), silent, record),
    ),
  }
}

/**
 * The same statements match time and again, so a record is made once for each set of them: a decision then makes nothing
 * that is thrown away with it.
 */
function questionAbout(candidates: readonly Candidate[], silent: LayerDecision, record: Union['record']): Question {
  // Of few candidates there are few sets; of many, most are never met.
  const records: (LayerDecision | undefined)[] = [silent]
  return {
    candidates,
    recordOf(bits) {
      const known = bits < REMEMBERED_RECORDS ? records[bits] : undefined
      if (known) return known
      const made = record(candidates.filter((_, at) => bits & (1 << at)).map(({ match }) => match))
      if (bits < REMEMBERED_RECORDS) records[bits] = made
      return made
    },
  }
}

const REMEMBERED_RECORDS = 256

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
