/**
 * The values of one condition key, sorted into classes that no condition at hand tells apart: one representative for
 * each. The conditions' own tests say which class a value is in; what is done here is to leave no class without a value.
 */
import { mayBeNoArn } from '../arn.ts'
import type { Condition } from '../conditions.ts'
import { parseDate } from '../date.ts'
import { parseIp } from '../ip.ts'
import { parseDecimal } from '../number.ts'
import { parseOperator } from '../operators.ts'
import { ANY, isVariable, ONE, parsePattern, resolve } from '../pattern.ts'
import type { Part } from '../pattern.ts'
import { spend } from './budget.ts'
import type { Budget } from './budget.ts'
import type { KeyFacts } from './key-facts.ts'
import { addPattern, newLanguage, ONE as ONE_UNIT, STAR, walk } from './language.ts'
import type { Language, Token } from './language.ts'
import type { Literal } from './rules.ts'
import { arnTokens, EVERY_ARN, globTokens, nothing, withPins } from './tokens.ts'
import type { Pins } from './tokens.ts'

export type Value = string | readonly string[] | undefined

export interface KeyClass {
  readonly value: Value
  /** Which of the literals hold, in their order. */
  readonly holds: readonly boolean[]
  /** All values of the class, where they can be counted. */
  readonly members: readonly Value[] | undefined
}

export interface KeyClasses {
  readonly classes: readonly KeyClass[]
  /** Why some class may be missing, if so. */
  readonly incomplete?: string
}

/** The classes of a key for literals about it whose variables, if any, are all pinned. */
export function classesOf(
  key: string,
  literals: readonly Literal[],
  facts: KeyFacts,
  pins: Pins,
  budget: Budget,
): KeyClasses {
  const holdsFor = (value: Value) => {
    spend(budget)
    return literals.map(({ condition }) => condition.test((asked) => (asked === key ? value : pins.get(asked))))
  }
  if (pins.has(key) || key === '') {
    const value = pins.get(key)
    return { classes: [{ value, holds: holdsFor(value), members: [value] }] }
  }

  const families = new Set(literals.map(({ condition }) => familyOf(condition)))
  families.delete('presence')
  const alone = new Set<Value>([undefined, ...literals.flatMap(({ condition }) => wholeTexts(condition))])
  if (facts.type === 'Bool') alone.add('true').add('false')

  const found = new Map<string, { value: Value; holds: boolean[]; members: Value[] | undefined }>()
  const add = (value: Value): void => {
    const holds = holdsFor(value)
    const name = signature(holds)
    const known = found.get(name)
    if (!known) found.set(name, { value, holds, members: alone.has(value) ? [value] : undefined })
    else if (!alone.has(value)) known.members = undefined
    else if (known.members && !known.members.includes(value)) known.members.push(value)
  }

  const texts = new Map<string, string>()
  const single = (text: string): void => {
    const name = signature(holdsFor(text))
    if (!texts.has(name)) texts.set(name, text)
    add(text)
  }
  if (!facts.always) add(undefined)
  for (const value of candidates(literals, facts, families, pins)) {
    if (value !== '' && possible(value, facts, families)) single(value)
  }
  if (families.has('text') && facts.type !== 'Bool') completeTexts(literals, facts, pins, budget, single)
  const mayBeEmpty = !facts.type || facts.type === 'String'
  if (mayBeEmpty) add('')
  if (!facts.single && literals.length > 0) {
    const elements = [...texts.values()].map((text) => [text])
    // Written twice, as a list of one empty string counts as no value.
    if (mayBeEmpty) elements.push(['', ''])
    for (const list of listClasses(elements, (value) => signature(holdsFor(value)))) add(list)
    if (mayBeEmpty) add([''])
  }
  const mixed = families.size > 1 && facts.type !== 'Bool'
  return {
    classes: [...found.values()],
    ...(mixed && {
      incomplete: `${literals[0]!.keyName} is compared as ${[...families].sort().join(' and as ')} at once`,
    }),
  }
}

function signature(holds: readonly boolean[]): string {
  return holds.map(Number).join('')
}

type Family = 'text' | 'number' | 'date' | 'address' | 'bytes' | 'presence'

export function familyOf({ operator }: Condition): Family {
  const { base } = parseOperator(operator)!
  if (base === 'Null') return 'presence'
  if (base.startsWith('Numeric')) return 'number'
  if (base.startsWith('Date')) return 'date'
  if (base.endsWith('IpAddress')) return 'address'
  return base === 'BinaryEquals' ? 'bytes' : 'text'
}

/** Values that a condition tells apart from all others but those that it lists with them. */
function wholeTexts({ operator, values }: Condition): string[] {
  return /String(?:Not)?Equals(?:IfExists)?$/.test(operator) ? values.filter((value) => !value.includes('$')) : []
}

/** Whether a value can occur, given the key's type. */
function possible(value: string, { type }: KeyFacts, families: ReadonlySet<Family>): boolean {
  switch (type) {
    case 'Bool':
      return value === 'true' || value === 'false'
    case 'Account':
      return /^\d{12}$/.test(value)
    case 'ARN':
      return /^arn:(?:[^:]*:){4}/.test(value)
    case 'IPAddress':
      return parseIp(value) !== undefined
    case 'Date':
    case 'Numeric':
      return families.has('text') || parseDate(value) !== undefined || parseDecimal(value) !== undefined
    default:
      return true
  }
}

/** Values that people would try, then the ends of all ranges. */
function* candidates(
  literals: readonly Literal[],
  facts: KeyFacts,
  families: ReadonlySet<Family>,
  pins: Pins,
): Iterable<string> {
  if (facts.type === 'Bool') yield* ['true', 'false']
  yield* facts.examples
  const of = (family: Family) =>
    literals.filter(({ condition }) => familyOf(condition) === family).flatMap(({ condition }) => condition.values)
  for (const literal of literals) {
    if (familyOf(literal.condition) === 'text')
      for (const value of literal.condition.values) yield exampleText(value, literal, pins)
  }
  if (families.has('number')) yield* numbersAround(of('number'))
  if (families.has('date')) yield* datesAround(of('date'))
  if (families.has('address')) yield* addressesAround(of('address'))
  if (families.has('bytes')) yield* [...of('bytes'), ...otherBytes(of('bytes'))]
  // What is no number, no date and no address at all.
  if (!families.has('text')) yield '!'
}

/** A text that the pattern matches, as people would write it. */
function exampleText(value: string, { takesVariables, condition }: Literal, pins: Pins): string {
  const wildcards = /Like|Arn/.test(condition.operator)
  return parsePattern(value, { variables: takesVariables, wildcards })
    .map((part) => {
      if (part === ANY) return 'example'
      if (part === ONE) return 'x'
      if (!isVariable(part)) return part
      const text = pins.get(part.key) ?? part.fallback
      return typeof text === 'string' ? text : ''
    })
    .join('')
}

/** A text for every combination of patterns that a text can match. */
function completeTexts(
  literals: readonly Literal[],
  facts: KeyFacts,
  pins: Pins,
  budget: Budget,
  found: (text: string) => void,
): void {
  const observed = newLanguage()
  for (const [name, literal] of literals.entries()) {
    for (const tokens of textTokens(literal, pins)) addPattern(observed, tokens, name)
  }
  // Of what is no ARN, no operator of ARNs holds, negated or not.
  if (literals.some(({ condition }) => /Arn/.test(condition.operator))) addPattern(observed, EVERY_ARN, literals.length)
  const combinations = new Set<string>()
  walk({ required: [everyText(facts)], observed, ...fillers(facts) }, budget, (visit) => {
    const name = [...visit.observed].sort((a, b) => a - b).join(',')
    if (combinations.has(name)) return false
    combinations.add(name)
    found(visit.text())
    return false
  })
}

function fillers({ type }: KeyFacts) {
  const digits = '1234567890'
  return type === 'Account' ? { filler: digits, alphabet: new Set(digits) } : {}
}

/** All texts that a key of this type can have, the empty one aside. */
function everyText({ type }: KeyFacts): Language {
  const language = newLanguage()
  // Of an account's digits the alphabet takes care.
  const digits = Array.from({ length: 12 }, (): Token => ONE_UNIT)
  addPattern(language, type === 'Account' ? digits : type === 'ARN' ? EVERY_ARN : [ONE_UNIT, STAR], 0)
  return language
}

/** The texts that a literal's values match, whatever its operator then makes of that. */
function textTokens({ condition, takesVariables }: Literal, pins: Pins): Token[][] {
  const { base } = parseOperator(condition.operator)!
  if (familyOf(condition) !== 'text') return []
  if (base === 'Bool') return [globTokens(['true'], nothing)!.map(inAnyCase)]
  const unknown = withPins(pins, nothing)
  return condition.values.flatMap((value) => {
    const wildcards = base.endsWith('Like') || base.startsWith('Arn')
    const parts = parsePattern(value, { variables: takesVariables, wildcards })
    const tokens = base.startsWith('Arn') ? operandTokens(parts, pins) : globTokens(parts, unknown)
    if (!tokens) return []
    return [base.endsWith('IgnoreCase') ? tokens.map(inAnyCase) : tokens]
  })
}

/** Of a value of an ARN operator; one that its variables make an ARN is read with them in their places. */
function operandTokens(parts: readonly Part[], pins: Pins): Token[] | undefined {
  if (!mayBeNoArn(parts)) return arnTokens(parts, withPins(pins, nothing), parts.length === 1 && parts[0] === ANY)
  const written = parts.map((part) => (isVariable(part) ? resolve(part, (key) => pins.get(key)) : part))
  return written.includes(undefined) ? undefined : arnTokens(written as Part[], nothing, false)
}

function inAnyCase(token: Token): Token {
  return typeof token === 'string' ? { anyCase: token.toLowerCase() } : token
}

/**
 * Lists, too, fall into classes: what the operators see of a list grows by union, so adding one value at a time to a
 * representative of each class finds them all.
 */
function listClasses(elements: readonly string[][], nameOf: (list: string[]) => string): string[][] {
  const seen = new Set<string>()
  const found: string[][] = []
  const enter = (list: string[]) => {
    const name = nameOf(list)
    if (seen.has(name)) return
    seen.add(name)
    found.push(list)
  }
  for (const element of elements) enter(element)
  for (const list of found)
    for (const element of elements) if (!list.includes(element[0]!)) enter([...list, ...element])
  return found
}

/** Every number that is named, one between each two neighbours, one below and one above. */
function numbersAround(values: readonly string[]): string[] {
  const named = values.flatMap((value) => parseDecimal(value) ?? [])
  // In units so small that there is room between any two of them.
  const places = Math.max(0, ...named.map(({ digits, exponent }) => digits.length - exponent)) + 1
  const one = 10n ** BigInt(places)
  const units = named.map(({ negative, digits, exponent }) => {
    const size = BigInt(digits || '0') * 10n ** BigInt(places - digits.length + exponent)
    return negative ? -size : size
  })
  return between(
    [...new Set(units)].sort((a, b) => (a < b ? -1 : 1)),
    one,
  ).map((unit) => decimalText(unit, places))
}

/** Also what lies between, a step above the lower one where there is room, and at both ends. */
function between(named: readonly bigint[], step: bigint): bigint[] {
  if (named.length === 0) return [0n]
  const inner = named.flatMap((number, at) => {
    const next = named[at + 1]
    if (next === undefined) return [number]
    return [number, number + step < next ? number + step : (number + next) / 2n]
  })
  return [...inner, named.at(-1)! + step, named[0]! - step]
}

function decimalText(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0')
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`
  return (units < 0n ? '-' : '') + text.replace(/\.?0+$/, '')
}

const NANOSECONDS = 1_000_000

/** Dates have up to nine digits behind the second; a millisecond has room for six of them. */
function datesAround(values: readonly string[]): string[] {
  const named = values.flatMap((value) => {
    const date = parseDate(value)
    return date === undefined
      ? []
      : [BigInt(Math.trunc(date)) * BigInt(NANOSECONDS) + BigInt(Math.round((date % 1) * NANOSECONDS))]
  })
  const units = [...new Set(named)].sort((a, b) => (a < b ? -1 : 1))
  return between(units, 1000n * BigInt(NANOSECONDS)).map((unit) => {
    const milliseconds = Number(unit / BigInt(NANOSECONDS))
    const whole = unit % BigInt(NANOSECONDS) === 0n && Math.abs(milliseconds) < 8.64e15
    const text = whole ? new Date(milliseconds).toISOString().replace('.000Z', 'Z') : ''
    return parseDate(text) === milliseconds ? text : decimalText(unit, 9)
  })
}

/** The first address of each range, and the first one behind it, of both families. */
function addressesAround(values: readonly string[]): string[] {
  const found = ['198.51.100.7', '10.0.0.10', '2001:db8::10', '0.0.0.0', '::']
  for (const value of values) {
    const [text = '', length] = value.split('/')
    const words = parseIp(text)
    if (!words) continue
    const bits = BigInt(words.length * 32)
    const size = bits - BigInt(length === undefined ? bits : length)
    if (size < 0n || size > bits) continue
    const address = words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n)
    const first = (address >> size) << size
    const behind = first + (1n << size)
    found.push(addressText(first, bits))
    if (behind < 1n << bits) found.push(addressText(behind, bits))
  }
  return found
}

function addressText(address: bigint, bits: bigint): string {
  const width = bits === 32n ? 8n : 16n
  const groups: string[] = []
  for (let shift = bits - width; shift >= 0n; shift -= width) {
    groups.push(((address >> shift) & ((1n << width) - 1n)).toString(width === 8n ? 10 : 16))
  }
  return groups.join(width === 8n ? '.' : ':')
}

function otherBytes(values: readonly string[]): string[] {
  const named = new Set(values.map((value) => value.replace(/=+$/, '')))
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  for (let length = 1; ; length++) {
    for (const letter of letters) {
      const bytes = letter.repeat(length * 4)
      if (!named.has(bytes)) return [bytes]
    }
  }
}
