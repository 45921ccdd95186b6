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

export function actionClasses(rules: readonly Rule[], reference: ServiceReference | undefined, budget: Budget): ActionClass[] {
  const patterns = new Map<string, { name: number; listedBy: Rule[] }>()
  const language = newLanguage()
  const exact: string[] = []
  for (const rule of rules) {
    const written = rule.document.Action ?? rule.document.NotAction ?? []
    for (const [at, pattern] of rule.actions.entries()) {
      const known = patterns.get(pattern)
      if (known) {
        known.listedBy.push(rule)
        continue
      }
      const name = patterns.size
      patterns.set(pattern, { name, listedBy: [rule] })
      if (!/[*?]/.test(pattern)) exact.push(written[at]!.trim())
      addPattern(language, globTokens(parsePattern(pattern, { variables: false, wildcards: true }), nothing)!, name)
    }
  }
  const listedBy = [...patterns.values()].map((one) => one.listedBy)
  const complements = rules.filter(({ document }) => document.NotAction)

  const found = new Map<string, ActionClass>()
  const ids = new Map(rules.map((rule, at) => [rule, at]))
  const offer = (action: string | (() => string), names: ReadonlySet<number>): void => {
    spend(budget)
    const listing = new Set<Rule>()
    for (const name of names) for (const rule of listedBy[name]!) listing.add(rule)
    const covering = new Set([...listing].filter(({ document }) => !document.NotAction))
    for (const rule of complements) if (!listing.has(rule)) covering.add(rule)
    const key = [...covering].map((rule) => ids.get(rule)!).sort((a, b) => a - b).join(',')
    if (!found.has(key)) found.set(key, { action: typeof action === 'string' ? action : action(), rules: covering })
  }
  const everyAction = newLanguage()
  addPattern(everyAction, [ONE_IN_COMPONENT, STAR_IN_COMPONENT, ':', ONE_IN_COMPONENT, STAR_IN_COMPONENT], 0)
  const known = (action: string) => {
    const names = spell([everyAction, language], action.toLowerCase())
    if (names) offer(action, names)
  }
  for (const action of exact) known(action)
  for (const prefix of reference ? prefixesOf(patterns.keys()) : []) {
    for (const { name } of reference?.service(prefix)?.actions ?? []) known(name)
  }
  for (const action of WELL_KNOWN) known(action)
  walk({ required: [everyAction], observed: language, filler: 'x', alphabet: ALPHABET }, budget, (visit) => {
    offer(() => visit.text(), visit.observed)
    return false
  })
  return [...found.values()]
}

function prefixesOf(patterns: Iterable<string>): Set<string> {
  const prefixes = new Set<string>()
  for (const pattern of patterns) {
    const prefix = pattern.slice(0, pattern.indexOf(':'))
    if (pattern.includes(':') && !/[*?]/.test(prefix)) prefixes.add(prefix)
  }
  return prefixes
}
