/** A layer of policies as one: which statements an action concerns, and the records that its answers share. */
import { inside } from './compile.ts'
import type { Candidate, Policy } from './compile.ts'
import type { CompiledPolicy, Effect, LayerDecision, MatchedStatement, PolicyType } from './types.ts'

/** More candidates than this are recorded one by one: bits would not do. */
export const COUNTED_BY_BITS = 30

/** What a layer consists of: one policy, or a list that is kept by whoever asks. */
export type Layer = CompiledPolicy | readonly CompiledPolicy[]

/** Actions that a union remembers. Lists of a few policies are as many as roles; single policies and long lists are fewer. */
function rememberedActions(policies: readonly unknown[]): number {
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
  return (alone.union = new Union(type, [policy]))
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
  const union = new Union(type, policies)
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

/** What a layer has to say about one action. */
export class Question {
  /** Statements of all the policies whose Action or NotAction covers the action, in their order. */
  readonly candidates: readonly Candidate[]
  /** The bits of those that ask for neither resource nor condition. */
  readonly always: number
  /** The others, and the bit of each. */
  readonly conditional: readonly Candidate[]
  readonly bits: readonly number[]
  readonly #union: Union
  readonly #records: (LayerDecision | undefined)[]

  constructor(union: Union, candidates: readonly Candidate[]) {
    this.candidates = candidates
    const bit = (candidate: Candidate) => 1 << candidates.indexOf(candidate)
    this.conditional = candidates.filter(({ resource, conditions }) => resource !== undefined || conditions.length > 0)
    this.bits = this.conditional.map(bit)
    this.always = candidates
      .filter((candidate) => !this.conditional.includes(candidate))
      .reduce((bits, candidate) => bits | bit(candidate), 0)
    this.#union = union
    this.#records = [union.silent]
  }

  /**
   * The record of the layer when those matched whose bits are set: bit n for candidate n. The same statements match time
   * and again, so it is made once for each set of them, and a decision makes little that is thrown away with it.
   */
  recordOf(bits: number): LayerDecision {
    // Of few candidates there are few sets; of many, most are never met.
    const known = bits < REMEMBERED_RECORDS ? this.#records[bits] : undefined
    if (known) return known
    const made = this.#union.record(this.candidates.filter((_, at) => bits & (1 << at)).map(({ match }) => match))
    if (bits < REMEMBERED_RECORDS) this.#records[bits] = made
    return made
  }
}

const REMEMBERED_RECORDS = 256

export class Union {
  readonly type: PolicyType
  /** The record of the layer when no statement matched. */
  readonly silent: LayerDecision
  readonly #policies: readonly Policy[]
  readonly #ids: readonly string[]
  readonly #questions = new Map<string, Question>()

  constructor(type: PolicyType, policies: readonly CompiledPolicy[]) {
    this.type = type
    this.#policies = policies.map(inside)
    this.#ids = Object.freeze(policies.map(({ id }) => id))
    this.silent = this.record([])
  }

  question(action: string): Question {
    return this.#questions.get(action) ?? this.#firstQuestion(action)
  }

  #firstQuestion(action: string): Question {
    const question = new Question(this, candidatesOf(this.#policies, action))
    if (this.#questions.size >= rememberedActions(this.#policies)) this.#questions.clear()
    this.#questions.set(action, question)
    return question
  }

  /** The record of the layer when these matched. */
  record(matched: readonly MatchedStatement[]): LayerDecision {
    const { type } = this
    return Object.freeze({ type, effect: effectOf(matched), policies: this.#ids, matched: Object.freeze(matched) })
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
