/** All actions there could be, sorted by which statements name them. */
import type { ServiceReference } from '../reference.ts'
import { spend } from './budget.ts'
import type { Budget } from './budget.ts'
import { addPattern, newLanguage, ONE_IN_COMPONENT, spell, STAR_IN_COMPONENT, walk } from './language.ts'
import type { Rule } from './rules.ts'
import { globTokens, nothing } from './tokens.ts'
import { parsePattern } from '../pattern.ts'

export interface ActionClass {
  /** `s3:GetObject`; a made-up name only where no policy and no reference has a real one. */
  readonly action: string
  readonly rules: ReadonlySet<Rule>
}

/** Actions of AWS are `service:Name` of these; the evaluator does not see the case. */
const ALPHABET = new Set('abcdefghijklmnopqrstuvwxyz0123456789-_.:')

/** Where policies speak of all actions, these stand for them. */
const WELL_KNOWN = ['s3:GetObject', 'ec2:DescribeInstances', 'iam:CreateUser', 'sts:AssumeRole']

/** Classes of actions, each with one of its own; those that no statement names are one of them. */
export function actionClasses(
  rules: readonly Rule[],
  reference: ServiceReference | undefined,
  budget: Budget,
): ActionClass[] {
  const { exact, wild, listedBy } = namesIn(rules)
  const complements = rules.filter(({ document }) => document.NotAction)
  const ids = new Map(rules.map((rule, at) => [rule, at]))
  const found = new Map<string, ActionClass>()

  const offer = (action: string, patterns: ReadonlySet<number>): void => {
    spend(budget)
    const name = exact.get(action.toLowerCase())
    const listing = new Set<Rule>(name === undefined ? [] : listedBy[name])
    for (const pattern of patterns) for (const rule of listedBy[pattern]!) listing.add(rule)
    const covering = new Set([...listing].filter(({ document }) => !document.NotAction))
    for (const rule of complements) if (!listing.has(rule)) covering.add(rule)
    const key = [...covering]
      .map((rule) => ids.get(rule)!)
      .sort((x, y) => x - y)
      .join(',')
    if (!found.has(key)) found.set(key, { action, rules: covering })
  }

  const everyAction = newLanguage()
  addPattern(everyAction, [ONE_IN_COMPONENT, STAR_IN_COMPONENT, ':', ONE_IN_COMPONENT, STAR_IN_COMPONENT], 0)
  const spelled = (action: string) => spell([everyAction, wild], action.toLowerCase())
  const known = (action: string) => {
    const patterns = spelled(action)
    if (patterns) offer(action, patterns)
  }
  for (const rule of rules) {
    for (const name of rule.document.Action ?? rule.document.NotAction ?? []) if (!/[*?]/.test(name)) known(name.trim())
  }
  for (const prefix of reference ? prefixesOf(rules) : []) {
    for (const { name } of reference?.service(prefix)?.actions ?? []) known(name)
  }
  for (const action of WELL_KNOWN) known(action)

  // Names without wildcards are done; the walk is over the others' combinations, by actions that are none of those names.
  // Where it comes upon such a name instead, it is to tell that name from its neighbours, and walks again.
  const combinations = new Set<string>()
  const told = new Set<string>()
  for (;;) {
    const missed = new Map<string, string>()
    walk({ required: [everyAction], observed: wild, filler: 'x', alphabet: ALPHABET }, budget, (visit) => {
      const combination = [...visit.observed].sort((x, y) => x - y).join(',')
      if (combinations.has(combination)) return false
      const text = visit.text()
      if (told.has(text)) return false
      if (exact.has(text)) missed.set(combination, text)
      else {
        combinations.add(combination)
        offer(text, visit.observed)
      }
      return false
    })
    const names = [...missed].flatMap(([combination, text]) => (combinations.has(combination) ? [] : [text]))
    if (names.length === 0) break
    for (const text of names) {
      // Under a number of its own, which no statement goes by.
      addPattern(wild, text.split(''), listedBy.push(new Set()) - 1)
      told.add(text)
    }
  }
  return [...found.values()]
}

/**
 * Patterns by the statements that list them: those without wildcards by their text, the others as a language. Patterns of the
 * very same statements share a number, as nobody needs to tell them apart.
 */
function namesIn(rules: readonly Rule[]) {
  const listed = new Map<string, Set<Rule>>()
  for (const rule of rules) {
    for (const pattern of rule.actions) {
      const known = listed.get(pattern)
      if (known) known.add(rule)
      else listed.set(pattern, new Set([rule]))
    }
  }
  const ids = new Map(rules.map((rule, at) => [rule, at]))
  const numbers = new Map<string, number>()
  const listedBy: ReadonlySet<Rule>[] = []
  const exact = new Map<string, number>()
  const wild = newLanguage()
  for (const [pattern, listing] of listed) {
    const key = [...listing].map((rule) => ids.get(rule)!).join(',')
    const number = numbers.get(key) ?? listedBy.push(listing) - 1
    numbers.set(key, number)
    if (/[*?]/.test(pattern)) addPattern(wild, globTokens(parsePattern(pattern, GLOB), nothing)!, number)
    else exact.set(pattern, number)
  }
  return { exact, wild, listedBy }
}

const GLOB = { variables: false, wildcards: true }

function prefixesOf(rules: readonly Rule[]): Set<string> {
  const prefixes = new Set<string>()
  for (const pattern of rules.flatMap(({ actions }) => actions)) {
    const prefix = pattern.slice(0, pattern.indexOf(':'))
    if (pattern.includes(':') && !/[*?]/.test(prefix)) prefixes.add(prefix)
  }
  return prefixes
}
