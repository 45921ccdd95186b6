/** The resources that satisfy some statements, sorted by which of other statements they fall under. */
import { spend } from './budget.ts'
import type { Budget } from './budget.ts'
import { addPattern, newLanguage, spell, symbol, walk } from './language.ts'
import type { Language } from './language.ts'
import type { ResourcePattern, ResourceSet } from './rules.ts'
import { anything, arnTokens, EVERY_ARN, nothing, withPins } from './tokens.ts'
import type { Pins, Unknown } from './tokens.ts'

export interface ResourceClass {
  /** A resource of the class. With variables left open: of a shape that only some of their values give. */
  readonly resource: string
  /** Places in `avoided` of the sets that it is in. */
  readonly within: ReadonlySet<number>
}

export interface ResourceQuestion {
  /** The resource is in all of these. */
  readonly required: readonly (ResourceSet | undefined)[]
  readonly avoided: readonly (ResourceSet | undefined)[]
  readonly pins: Pins
  /**
   * How variables without a value are taken. `symbol`: a variable of a required pattern is a letter of its own, so that
   * the same variable elsewhere is seen to be the same; only with one required set, and no NotResource to avoid.
   * `relaxed`: a required pattern may be any text there, an avoided one is never met for sure.
   */
  readonly open: 'symbol' | 'relaxed'
  /** Keys that have a value in all requests at hand: their variables' defaults do not count. */
  readonly resolved: ReadonlySet<string>
  /** Resources to prefer as representatives. */
  readonly nice: readonly string[]
}

/**
 * The classes that fall under the fewest avoided sets; of two, one of which falls under more, the other is enough.
 * When variables are open this errs on the side of too many resources and too few sets: no class means that there is
 * none in truth either.
 */
export function resourceClasses(question: ResourceQuestion, budget: Budget): ResourceClass[] {
  const found: ResourceClass[] = []
  const { required, avoided, pins, nice } = question
  const offer = (resource: string, within: ReadonlySet<number>): boolean => {
    if (found.some((known) => isSubset(known.within, within))) return false
    for (let at = found.length - 1; at >= 0; at--) if (isSubset(within, found[at]!.within)) found.splice(at, 1)
    found.push({ resource, within })
    return within.size === 0
  }

  // Patterns are counted through; even numbers are where they match at least, odd ones where they match at most.
  const observed = newLanguage()
  const symbols = new Map<string, string>()
  const least = withPins(pins, question.open === 'symbol' ? bySymbol(symbols, question.resolved) : nothing)
  const most = withPins(pins, anything)
  let count = 0
  const observe = (set: ResourceSet | undefined): Test => {
    if (!set) return () => true
    if (set.patterns.some(({ all }) => all)) return () => !set.negated
    const first = count
    for (const pattern of set.patterns) {
      addTokens(observed, pattern, least, 2 * count)
      addTokens(observed, pattern, most, 2 * count + 1)
      count++
    }
    const last = count
    const some = (names: ReadonlySet<number>, odd: number) => {
      for (let at = first; at < last; at++) if (names.has(2 * at + odd)) return true
      return false
    }
    return set.negated
      ? (names, surely) => !some(names, surely ? 1 : 0)
      : (names, surely) => some(names, surely ? 0 : 1)
  }
  const needs = required.filter((set) => set?.negated).map(observe)
  const avoids = avoided.map(observe)
  const judge = (names: ReadonlySet<number>): ReadonlySet<number> | undefined => {
    spend(budget)
    if (needs.some((test) => !test(names, false))) return undefined
    return new Set(avoids.flatMap((test, at) => (test(names, true) ? [at] : [])))
  }

  const languages: Language[] = []
  for (const set of required) {
    if (!set || set.negated || set.patterns.some(({ all }) => all)) continue
    const language = newLanguage()
    const unknown = withPins(pins, question.open === 'symbol' ? bySymbol(symbols, question.resolved) : anything)
    for (const pattern of set.patterns) addTokens(language, pattern, unknown, 0)
    languages.push(language)
  }
  const universal = languages.length === 0
  if (universal) {
    const language = newLanguage()
    addPattern(language, EVERY_ARN, 0)
    languages.push(language)
  }

  // What people would write comes first, and is held against the very same patterns.
  for (const resource of nice) {
    const names = spell([...languages, observed], resource)
    if (!names) continue
    const within = judge(names)
    if (within && offer(resource, within)) return found
  }
  // `*`, the resource of actions that have none, falls only under what covers everything.
  if (universal) {
    const within = judge(new Set())
    if (within && offer('*', within)) return found
  }
  walk({ required: languages, observed, filler: 'x1' }, budget, (visit) => {
    const within = judge(visit.observed)
    return within !== undefined && offer(visit.text(), within)
  })
  return found
}

/** `surely`: matches whatever the open variables are; else: may match. */
type Test = (names: ReadonlySet<number>, surely: boolean) => boolean

function isSubset(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  if (a.size > b.size) return false
  for (const one of a) if (!b.has(one)) return false
  return true
}

function bySymbol(symbols: Map<string, string>, resolved: ReadonlySet<string>): Unknown {
  return ({ key, fallback }) => {
    const name = resolved.has(key) ? key : `${key} ${fallback}`
    let char = symbols.get(name)
    if (!char) symbols.set(name, (char = symbol(symbols.size)))
    return [char]
  }
}

function addTokens(language: Language, { parts, pads }: ResourcePattern, unknown: Unknown, name: number): void {
  const tokens = arnTokens(parts, unknown, pads)
  if (tokens) addPattern(language, tokens, name)
}
