/**
 * The heart: is there a request that all of some statements cover and none of others does? One action at a time; the
 * caller, the resource and each condition key by classes of values, so that a finite search speaks for all requests.
 */
import type { Variable } from '../pattern.ts'
import { atLeast, atMost } from './bounds.ts'
import { spend } from './budget.ts'
import type { Budget } from './budget.ts'
import { keyFacts } from './key-facts.ts'
import type { FactsOptions, KeyFacts } from './key-facts.ts'
import { classesOf } from './key-classes.ts'
import type { KeyClass, KeyClasses, Value } from './key-classes.ts'
import { named } from './principals.ts'
import type { Caller } from './principals.ts'
import { niceResources } from './nice-resources.ts'
import { resourceClasses } from './resource-classes.ts'
import type { ResourceQuestion } from './resource-classes.ts'
import { implies, isResolvable, resolvable } from './rules.ts'
import type { Literal, ResourceSet, Rule } from './rules.ts'
import type { Pins } from './tokens.ts'

/** A request in the making. `values` has every key that some statement looked at. */
export interface Model {
  readonly caller: Caller | undefined
  readonly action: string
  readonly resource: string
  readonly values: ReadonlyMap<string, Value>
}

export interface Search {
  readonly budget: Budget
  readonly facts: FactsOptions
  /** Undefined where no statement names principals: then the values of the keys tell who it is. */
  readonly callers: readonly Caller[] | undefined
  /** Takes a request; true when it is what was looked for. */
  readonly offer: (model: Model) => boolean
  /** Why "there is none" is not sure. */
  readonly doubts: Set<string>
  readonly memo: Map<string, KeyClasses>
}

export interface Case {
  readonly action: string
  readonly covered: readonly Rule[]
  readonly avoided: readonly Rule[]
}

const MOST_GROUNDINGS = 24
const MOST_MEMBERS = 16
const MOST_OFFERS = 64

/** True when a request was found and taken. False proves that there is none, unless a doubt was noted. */
export function settle(question: Case, pins: Pins, search: Search): boolean {
  for (const one of splitResources(question, pins)) if (settleOne(one, pins, search)) return true
  return false
}

/** Patterns with variables one by one: each requires that its variables have a value. */
function splitResources(question: Case, pins: Pins): Case[] {
  let cases: Rule[][] = [[]]
  for (const rule of question.covered) {
    const choices = choicesOf(rule, pins)
    cases = cases.flatMap((rules) => choices.map((choice) => [...rules, choice]))
  }
  return cases.map((covered) => ({ ...question, covered }))
}

function choicesOf(rule: Rule, pins: Pins): Rule[] {
  const { resource } = rule
  if (!resource || resource.negated) return [rule]
  const isOpen = (variables: readonly Variable[]) => variables.some(({ key }) => key !== '' && !pins.has(key))
  const open = resource.patterns.filter(({ variables }) => isOpen(variables))
  if (open.length === 0) return [rule]
  const closed = resource.patterns.filter((pattern) => !open.includes(pattern))
  return [
    ...(closed.length > 0 ? [{ ...rule, resource: { negated: false, patterns: closed } }] : []),
    ...open.map((pattern) => ({
      ...rule,
      resource: { negated: false, patterns: [pattern] },
      conditions: [
        ...rule.conditions,
        ...pattern.variables.filter(({ fallback }) => fallback === undefined).map(resolvable),
      ],
    })),
  ]
}

function settleOne(question: Case, pins: Pins, search: Search): boolean {
  const open = openKeys(question, pins)
  if (open.length === 0) return solve(question, pins, 'relaxed', search, search.offer)

  // A variable that can only have few values is replaced by each of them.
  const domains = domainsOf(question, pins, search)
  if (!domains) return false
  for (const key of open) {
    const members = membersOf(domains.get(key), search, key)
    if (members) return members.some((value) => settle(question, new Map([...pins, [key, value]]), search))
  }

  const modes: ResourceQuestion['open'][] = ['symbol', 'relaxed']
  if (!modes.every((mode) => solve(question, pins, mode, search, () => true))) return false
  for (const values of groundings(open, question, domains, search)) {
    if (settle(question, new Map([...pins, ...values]), search)) return true
  }
  search.doubts.add(`it depends on what ${open.map((key) => `\${${nameOf(key, question)}}`).join(' and ')} may be`)
  return false
}

function variablesOf(rules: readonly Rule[]): Variable[] {
  return rules.flatMap(({ resource, conditions }) => [
    ...(resource?.patterns.flatMap(({ variables }) => variables) ?? []),
    ...conditions.flatMap(({ variables }) => variables),
  ])
}

function openKeys({ covered, avoided }: Case, pins: Pins): string[] {
  const keys = new Set(variablesOf([...covered, ...avoided]).map(({ key }) => key))
  return [...keys].filter((key) => key !== '' && !pins.has(key))
}

function nameOf(key: string, { covered, avoided }: Case): string {
  return variablesOf([...covered, ...avoided]).find((variable) => variable.key === key)?.name ?? key
}

// --- condition keys

interface Domain {
  readonly classes: readonly KeyClass[]
  /** Literal name -> place in `holds`. */
  readonly places: ReadonlyMap<string, number>
  readonly incomplete: string | undefined
}
type Domains = ReadonlyMap<string, Domain>

/** The values that each key may have where all covered statements hold; undefined where one may have none. */
function domainsOf({ covered, avoided }: Case, pins: Pins, search: Search): Domains | undefined {
  const required = covered.flatMap(({ conditions }) => conditions.flatMap((one) => atMost(one, pins) ?? []))
  const others = avoided.flatMap(({ conditions }) => conditions.flatMap((one) => atLeast(one, pins) ?? []))
  const byKey = new Map<string, Map<string, Literal>>()
  for (const key of openKeys({ covered, avoided, action: '' }, pins)) byKey.set(key, new Map())
  for (const one of [...required, ...others]) {
    const literals = byKey.get(one.key)
    if (literals) literals.set(one.name, one)
    else byKey.set(one.key, new Map([[one.name, one]]))
  }
  const domains = new Map<string, Domain>()
  for (const [key, literals] of byKey) {
    const { classes, incomplete } = keyClasses(key, [...literals.values()], pins, search)
    const places = new Map([...literals.keys()].map((name, at) => [name, at]))
    const wanted = required.filter((one) => one.key === key).map(({ name }) => places.get(name)!)
    const left = classes.filter(({ holds }) => wanted.every((at) => holds[at]))
    if (left.length === 0) {
      if (incomplete) search.doubts.add(incomplete)
      return undefined
    }
    domains.set(key, { classes: left, places, incomplete })
  }
  return domains
}

function keyClasses(
  key: string,
  literals: readonly Literal[],
  pins: Pins,
  { memo, facts, budget }: Search,
): KeyClasses {
  const known: Pins = new Map(
    literals.flatMap(({ variables }) => variables.map((one) => [one.key, pins.get(one.key)] as const)),
  )
  const here: Pins = pins.has(key) ? new Map([...known, [key, pins.get(key)]]) : known
  const name = JSON.stringify([key, literals.map((one) => one.name), [...here].map(([k, v]) => [k, v ?? null])])
  let classes = memo.get(name)
  if (!classes) memo.set(name, (classes = classesOf(key, literals, keyFacts(key, facts), here, budget)))
  return classes
}

function membersOf(domain: Domain | undefined, { facts }: Search, key: string): Value[] | undefined {
  if (!domain || domain.incomplete || !keyFacts(key, facts).single) return undefined
  const members: Value[] = []
  for (const one of domain.classes) {
    if (!one.members) return undefined
    members.push(...one.members)
  }
  return members.length <= MOST_MEMBERS ? members : undefined
}

/** Values to try for variables whose values are without number. */
function groundings(
  open: readonly string[],
  question: Case,
  domains: Domains,
  { facts }: Search,
): Map<string, Value>[] {
  const literals = [...question.covered, ...question.avoided].flatMap(({ conditions }) => conditions)
  const choices = open.map((key) => {
    const { examples }: KeyFacts = keyFacts(key, facts)
    const inDomain = domains.get(key)?.classes.map(({ value }) => value) ?? []
    const compared = literals.filter(({ variables }) => variables.some((one) => one.key === key)).map((one) => one.key)
    const constants = literals
      .filter((one) => compared.includes(one.key) && one.variables.length === 0)
      .flatMap(({ condition }) => condition.values.filter((value) => !/[*?$]/.test(value)))
    const texts = inDomain.filter((value) => typeof value === 'string' && value !== '')
    const preferred = examples.filter((example) => texts.length === 0 || texts.includes(example))
    return [...new Set<Value>([...preferred, ...texts, 'example', ...constants, ...inDomain])].slice(0, 8)
  })
  let found: Map<string, Value>[] = [new Map()]
  for (const [at, key] of open.entries()) {
    found = found.flatMap((values) => choices[at]!.map((value) => new Map([...values, [key, value]])))
    if (found.length > 4096) break
  }
  return found.filter((values) => values.size === open.length).slice(0, MOST_GROUNDINGS)
}

// --- the search

/** Searches with the open variables bounded; without any, exactly. */
function solve(
  question: Case,
  pins: Pins,
  open: ResourceQuestion['open'],
  search: Search,
  offer: Search['offer'],
): boolean {
  let offers = 0
  const limited: Search['offer'] = (model) => {
    if (offer(model)) return true
    if (++offers < MOST_OFFERS) return false
    throw new TooManyOffers()
  }
  try {
    for (const caller of callersFor(question, search)) {
      const here = withCaller(pins, caller)
      if (here && solveFor(caller, question, here, open, search, limited)) return true
    }
  } catch (error) {
    if (!(error instanceof TooManyOffers)) throw error
  }
  return false
}

/** With the keys that the caller's name depends on; undefined where they are something else already. */
function withCaller(pins: Pins, caller: Caller | undefined): Pins | undefined {
  if (!caller || caller.pins.size === 0) return pins
  for (const [key, value] of caller.pins) if (pins.has(key) && pins.get(key) !== value) return undefined
  return new Map([...pins, ...caller.pins])
}

function solveFor(
  caller: Caller | undefined,
  question: Case,
  pins: Pins,
  open: ResourceQuestion['open'],
  search: Search,
  offer: Search['offer'],
): boolean {
  const avoided = caller ? question.avoided.filter((rule) => named(rule, caller)) : question.avoided
  const here: Case = { ...question, avoided }
  const domains = domainsOf(here, pins, search)
  if (!domains) return false
  const given = question.covered.flatMap(({ conditions }) => conditions)
  const clauses = avoided.flatMap((rule) => clauseOf(rule, given, domains, pins) ?? [])
  return solveResources(here, clauses, domains, pins, open, search, (resource, values) =>
    offer({ caller, action: question.action, resource, values: new Map([...pins, ...values]) }),
  )
}

/** Requests were refused again and again; each refusal noted a doubt. */
class TooManyOffers extends Error {}

interface Clause {
  readonly rule: Rule
  /** Conditions of which one must fail. */
  readonly literals: readonly Literal[]
}

/** How a statement is to be avoided by its conditions; undefined where that is so already. */
function clauseOf(rule: Rule, given: readonly Literal[], domains: Domains, pins: Pins): Clause | undefined {
  const literals: Literal[] = []
  for (const written of rule.conditions) {
    if (given.some((one) => implies(one, written))) continue
    const one = atLeast(written, pins)
    // Perhaps it never holds: nothing that needs avoiding for sure.
    if (!one) return undefined
    const { classes, places } = domains.get(one.key)!
    const at = places.get(one.name)!
    if (classes.every(({ holds }) => !holds[at])) return undefined
    if (classes.some(({ holds }) => !holds[at])) literals.push(one)
  }
  return { rule, literals }
}

/** The callers whom all covered statements name, those first whom fewest of the others name. */
function callersFor({ covered, avoided }: Case, { callers, budget }: Search): readonly (Caller | undefined)[] {
  if (!callers) return [undefined]
  const seen = new Set<string>()
  const found: { caller: Caller; size: number }[] = []
  for (const caller of callers) {
    spend(budget)
    if (!covered.every((rule) => named(rule, caller))) continue
    const against = avoided.map((rule) => Number(named(rule, caller)))
    const name = JSON.stringify([caller.principal.kind, against, [...caller.pins]])
    if (seen.has(name)) continue
    seen.add(name)
    found.push({ caller, size: against.reduce((sum, one) => sum + one, 0) })
  }
  return found.sort((a, b) => a.size - b.size).map(({ caller }) => caller)
}

function solveResources(
  { covered, action }: Case,
  clauses: readonly Clause[],
  domains: Domains,
  pins: Pins,
  open: ResourceQuestion['open'],
  search: Search,
  offer: (resource: string, values: ReadonlyMap<string, Value>) => boolean,
): boolean {
  let required: (ResourceSet | undefined)[] = covered.map(({ resource }) => resource)
  let against = clauses
  if (open === 'symbol') {
    // A symbol speaks for one pattern only; leaving out the rest allows more, which is the safe side.
    const withVariables = required.findIndex(
      (set) => set && !set.negated && set.patterns.some(({ variables }) => variables.length > 0),
    )
    required = [required[withVariables === -1 ? 0 : withVariables]]
    against = clauses.filter(({ rule }) => !rule.resource?.negated)
  }
  const resolved = new Set(
    covered.flatMap(({ conditions }) => conditions.flatMap((one) => (isResolvable(one) ? one.key : []))),
  )
  const nice = niceResources(action, required, pins, search.facts.reference)
  const classes = resourceClasses(
    { required, avoided: against.map(({ rule }) => rule.resource), pins, open, resolved, nice },
    search.budget,
  )
  for (const { resource, within } of classes) {
    const toAvoid = against.filter((_, at) => within.has(at)).map(({ literals }) => literals)
    if (avoidAll(toAvoid, domains, search, (values) => offer(resource, values))) return true
  }
  return false
}

/** Finds values under which of each list some literal fails: the classic search, the shortest list first. */
function avoidAll(
  lists: readonly (readonly Literal[])[],
  domains: Domains,
  search: Search,
  offer: (values: ReadonlyMap<string, Value>) => boolean,
): boolean {
  spend(search.budget)
  let next: readonly Literal[] | undefined
  let rest: (readonly Literal[])[] = []
  for (const list of lists) {
    const state = list.map((one) => truth(one, domains))
    if (state.includes(false)) continue
    const open = list.filter((_, at) => state[at] === undefined)
    if (open.length === 0) {
      for (const { key } of list) noteIncomplete(domains.get(key)!, search)
      return false
    }
    rest.push(open)
    if (!next || open.length < next.length) next = open
  }
  if (!next) return everyValue(domains, offer)
  rest = rest.filter((list) => list !== next)
  let here = domains
  for (const one of next) {
    if (avoidAll(rest, restrict(here, one, false), search, offer)) return true
    // Any further solution has this one hold.
    here = restrict(here, one, true)
    noteIncomplete(here.get(one.key)!, search)
    if (here.get(one.key)!.classes.length === 0) return false
  }
  return false
}

function noteIncomplete({ incomplete }: Domain, { doubts }: Search): void {
  if (incomplete) doubts.add(incomplete)
}

function truth({ key, name }: Literal, domains: Domains): boolean | undefined {
  const { classes, places } = domains.get(key)!
  const at = places.get(name)!
  const first = classes[0]?.holds[at]
  return classes.every(({ holds }) => holds[at] === first) ? first : undefined
}

function restrict(domains: Domains, { key, name }: Literal, holding: boolean): Domains {
  const domain = domains.get(key)!
  const at = domain.places.get(name)!
  return new Map([
    ...domains,
    [key, { ...domain, classes: domain.classes.filter(({ holds }) => holds[at] === holding) }],
  ])
}

/** The first values of every key, then others, until they are taken or enough were refused. */
function everyValue(domains: Domains, offer: (values: ReadonlyMap<string, Value>) => boolean): boolean {
  const keys = [...domains]
  const values = new Map<string, Value>()
  const choose = (at: number): boolean => {
    if (at === keys.length) return offer(values)
    const [key, { classes }] = keys[at]!
    for (const { value } of classes) {
      values.set(key, value)
      if (choose(at + 1)) return true
    }
    return false
  }
  return choose(0)
}
