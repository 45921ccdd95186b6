/**
 * Is policy A at most as permissive as policy B? Over all requests: a proof, a request that tells them apart, or an honest
 * "unknown". What AWS's Access Analyzer does with an SMT solver (Backes et al., "Semantic-based Automated Reasoning for AWS
 * Access Policies using SMT", FMCAD 2018), here by automata over the patterns and finite classes of condition values.
 *
 * "All requests" are those that AWS makes: actions are `service:Name`, resources are ARNs or `*`, keys that AWS always sends
 * are there, typed keys have values of their type. A resource-based policy is asked whether it names the caller at all:
 * whatever its own account's policies then add is the same on both sides.
 */
import type { ServiceReference } from '../reference.ts'
import type { CompiledPolicy, Grammar, Principal } from '../types.ts'
import { actionClasses } from './action-classes.ts'
import { BudgetExhausted } from './budget.ts'
import type { Budget } from './budget.ts'
import { settle } from './cases.ts'
import type { Case, Search } from './cases.ts'
import type { FactsOptions } from './key-facts.ts'
import { callersOf } from './principals.ts'
import type { Caller } from './principals.ts'
import { pinsOf } from './pins.ts'
import { covers, namesPrincipals, readLayer } from './rules.ts'
import type { Layer, Rule } from './rules.ts'
import { passes, replayLayers, requestOf, witnessOf } from './witness.ts'
import type { Replay, Witness } from './witness.ts'

/** What is compared: the union of some policies of one grammar, and the intersection with others. */
export interface Side {
  /** How the policies are read; an identity-based policy's unless given. They were compiled for the same grammar. */
  readonly grammar?: Grammar
  readonly policies: readonly CompiledPolicy[]
  /** Further layers that must allow, too: a permissions boundary, an SCP. */
  readonly within?: readonly Side[]
}

export interface CompareOptions {
  /** The most steps, about a microsecond or two each. */
  budget?: number
  /** Real actions and resources for the witness, and the types of services' condition keys. */
  reference?: ServiceReference
  /** Only requests of this caller. */
  principal?: Principal
}

export type Verdict = 'equal' | 'subset' | 'not-subset' | 'unknown'

export interface Comparison {
  /** `subset`: A allows less; `not-subset`: A allows something that B does not. */
  readonly verdict: Verdict
  /** With `not-subset`: a request that A allows and B does not, as `evaluate` has confirmed. */
  readonly witness?: Witness
  /** With `unknown`: why. */
  readonly reason?: string
  readonly steps: number
}

export const DEFAULT_BUDGET = 2_000_000

/** Never throws for what a policy says; the policies were compiled, so they can be read. */
export function compare(a: Side, b: Side, options: CompareOptions = {}): Comparison {
  const there = contains(a, b, options)
  if (there.verdict !== 'subset') return there
  const back = contains(b, a, { ...options, budget: Math.max(0, (options.budget ?? DEFAULT_BUDGET) - there.steps) })
  const steps = there.steps + back.steps
  return { verdict: back.verdict === 'subset' ? 'equal' : 'subset', steps }
}

export type Relation = 'equal' | 'narrower' | 'broader' | 'incomparable' | 'unknown'

export interface Related {
  readonly relation: Relation
  /** A request that only A allows. */
  readonly onlyA?: Witness
  /** A request that only B allows. */
  readonly onlyB?: Witness
  readonly reason?: string
  readonly steps: number
}

/** Both questions at once: `narrower` says that B allows all that A does, and more. */
export function relate(a: Side, b: Side, options: CompareOptions = {}): Related {
  const there = contains(a, b, options)
  const back = contains(b, a, options)
  const known = {
    ...(there.witness && { onlyA: there.witness }),
    ...(back.witness && { onlyB: back.witness }),
    steps: there.steps + back.steps,
  }
  const reason = there.reason ?? back.reason
  if (reason !== undefined) return { relation: 'unknown', reason, ...known }
  const relation = there.witness ? (back.witness ? 'incomparable' : 'broader') : back.witness ? 'narrower' : 'equal'
  return { relation, ...known }
}

/** One direction only: `subset` stands for "at most as permissive". */
export function contains(a: Side, b: Side, options: CompareOptions = {}): Comparison {
  const { budget: limit = DEFAULT_BUDGET, reference, principal } = options
  const budget: Budget = { limit, steps: 0 }
  const inA = layersOf(a)
  const inB = layersOf(b)
  const all = [...inA, ...inB]
  const rules = all.flatMap(({ allows, denies }) => [...allows, ...denies])
  const identities = all.some(({ grammar }) => grammar === 'identity' || grammar === 'scp')
  const facts: FactsOptions = { reference, identities: identities && !principal }
  const doubts = new Set<string>()
  let witness: Witness | undefined
  try {
    const search: Search = {
      budget,
      facts,
      callers: callersOfLayers(all, rules, identities, principal, budget),
      doubts,
      memo: new Map(),
      offer: (model) => {
        const found = witnessOf(model, rules, principal)
        if (typeof found === 'string') {
          doubts.add(`a request was found that AWS would not make: ${found}`)
          return false
        }
        const request = requestOf(found)
        if (!passes(inA, request) || passes(inB, request)) {
          doubts.add('a request was found that the evaluator decides otherwise: please report it')
          return false
        }
        witness = found
        return true
      },
    }
    const pins = principal ? pinsOf(principal) : new Map()
    for (const layer of inB) {
      for (const question of questions(inA, layer, reference, budget)) {
        if (settle(question, pins, search)) return { verdict: 'not-subset', witness: witness!, steps: budget.steps }
      }
    }
  } catch (error) {
    if (!(error instanceof BudgetExhausted)) throw error
    doubts.add(`the budget is used up: ${error.message}`)
  }
  if (doubts.size > 0) return { verdict: 'unknown', reason: [...doubts].at(-1)!, steps: budget.steps }
  return { verdict: 'subset', steps: budget.steps }
}

/** What the evaluator says about a witness, of each policy of a side that decides by itself: for `nearMisses`. */
export function replay(side: Side, witness: Witness): Replay[] {
  return replayLayers(layersOf(side), witness)
}

export function layersOf({ policies, grammar = 'identity', within = [] }: Side): Layer[] {
  return [readLayer(policies, grammar), ...within.flatMap(layersOf)]
}

function callersOfLayers(
  layers: readonly Layer[],
  rules: readonly Rule[],
  identities: boolean,
  principal: Principal | undefined,
  budget: Budget,
): readonly Caller[] | undefined {
  if (!layers.some(({ grammar }) => namesPrincipals(grammar))) return undefined
  if (principal) return [{ principal, pins: new Map() }]
  const callers = callersOf(rules, budget)
  // Only users and sessions of roles have policies of their own; federated users need a session policy, too.
  return identities ? callers.filter(({ principal: { kind } }) => kind === 'user' || kind === 'role-session') : callers
}

/**
 * "Every layer of A allows and this layer of B does not", as cases that are conjunctions: for each action, one Allow of each
 * layer of A, no Deny of A; and of B either no Allow, or some Deny.
 */
function* questions(
  inA: readonly Layer[],
  layer: Layer,
  reference: ServiceReference | undefined,
  budget: Budget,
): Iterable<Case> {
  const rules = [...inA, layer].flatMap(({ allows, denies }) => [...allows, ...denies])
  for (const { action, rules: named } of actionClasses(rules, reference, budget)) {
    const here = (list: readonly Rule[]) => list.filter((rule) => named.has(rule))
    const denies = inA.flatMap((one) => here(one.denies))
    for (const allows of combinations(inA.map((one) => here(one.allows)))) {
      yield* unlessCovered({ action, covered: allows, avoided: [...denies, ...here(layer.allows)] })
      for (const deny of here(layer.denies)) {
        yield* unlessCovered({ action, covered: [...allows, deny], avoided: denies })
      }
    }
  }
}

/** Most cases are settled by the texts: something to be avoided covers all that is asked for. */
function* unlessCovered(question: Case): Iterable<Case> {
  const { covered, avoided } = question
  if (!avoided.some((wide) => covered.some((narrow) => covers(wide, narrow)))) yield question
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  let found: T[][] = [[]]
  for (const list of lists) found = found.flatMap((chosen) => list.map((one) => [...chosen, one]))
  return found
}
