/**
 * The condition operators, each as the test of one request value against one policy value.
 * IAM User Guide: "IAM JSON policy elements: Condition operators".
 */
import { compileArnPattern } from './arn.ts'
import { parseDate } from './date.ts'
import { compileCidr } from './ip.ts'
import { compilePattern } from './glob.ts'
import type { Pattern } from './glob.ts'
import { compareDecimals, parseDecimal } from './number.ts'
import type { Decimal } from './number.ts'
import { ANY, parsePattern, resolve } from './pattern.ts'
import type { Part, Variable } from './pattern.ts'

export type ValueTest = Pattern

export interface Operator {
  /** `Not…`: holds when no policy value matches. */
  readonly negated: boolean
  /** Compiles one policy value. What cannot be read matches nothing. */
  readonly compile: (value: string, variables: boolean) => ValueTest
}

const never: ValueTest = () => false

function stringEquals(value: string, variables: boolean): ValueTest {
  return compilePattern(value, { variables, wildcards: false })
}

function stringLike(value: string, variables: boolean): ValueTest {
  return compilePattern(value, { variables, wildcards: true })
}

function equalsIgnoreCase(value: string, variables: boolean): ValueTest {
  const parts = parsePattern(value, { variables, wildcards: false }) as (string | Variable)[]
  if (parts.every((part) => typeof part === 'string')) {
    const wanted = parts.join('').toLowerCase()
    return (actual) => actual.toLowerCase() === wanted
  }
  return (actual, context) => {
    let wanted = ''
    for (const part of parts) {
      const text = typeof part === 'string' ? part : resolve(part, context)
      if (text === undefined) return false
      wanted += text
    }
    return actual.toLowerCase() === wanted.toLowerCase()
  }
}

/** Values that have an order: how they are read, and how two of them compare. */
interface Ordered<T> {
  readonly parse: (text: string) => T | undefined
  readonly compare: (a: T, b: T) => number
}

const numbers: Ordered<Decimal> = { parse: parseDecimal, compare: compareDecimals }
const dates: Ordered<number> = { parse: parseDate, compare: (a, b) => a - b }

type Holds = (order: number) => boolean

/** The request's value stands on the left: NumericLessThan means that it is less than the policy's. */
function comparing<T>({ parse, compare }: Ordered<T>, holds: Holds): Operator['compile'] {
  return (value) => {
    const wanted = parse(value)
    if (wanted === undefined) return never
    return (text) => {
      const actual = parse(text)
      return actual !== undefined && holds(compare(actual, wanted))
    }
  }
}

/** The operator page lets Bool take variables, the variables page does not; a policy that uses one means it. */
function bool(value: string, variables: boolean): ValueTest {
  const same = equalsIgnoreCase(value, variables)
  // As requests write them; the long way is for those that write them otherwise.
  if (value === 'true' || value === 'false') return (actual, context) => actual === value || same(actual, context)
  return (actual, context) => isBoolean(actual) && same(actual, context)
}

function isBoolean(text: string): boolean {
  const lower = text.toLowerCase()
  return lower === 'true' || lower === 'false'
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Both sides are base64 text, padded or not. */
function binary(value: string): ValueTest {
  const wanted = bytes(value)
  return wanted === undefined ? never : (actual) => bytes(actual) === wanted
}

/** As a string of one character a byte; undefined where the text is no base64. */
function bytes(base64: string): string | undefined {
  try {
    return BASE64.test(base64) ? atob(base64) : undefined
  } catch {
    return undefined
  }
}

function ip(value: string): ValueTest {
  return compileCidr(value) ?? never
}

/** ArnEquals and ArnLike behave identically. inferred: a lone `*` is every ARN. */
function arn(value: string, variables: boolean): ValueTest {
  const parts: Part[] = parsePattern(value, { variables, wildcards: true })
  return compileArnPattern(parts, { pad: parts.length === 1 && parts[0] === ANY })
}

function pair(positive: string, negative: string, compile: Operator['compile']): [string, Operator][] {
  return [
    [positive, { negated: false, compile }],
    [negative, { negated: true, compile }],
  ]
}

function comparisons<T>(family: string, values: Ordered<T>): [string, Operator][] {
  const one = (name: string, holds: Holds): [string, Operator] => [
    family + name,
    { negated: false, compile: comparing(values, holds) },
  ]
  return [
    ...pair(
      `${family}Equals`,
      `${family}NotEquals`,
      comparing(values, (order) => order === 0),
    ),
    one('LessThan', (order) => order < 0),
    one('LessThanEquals', (order) => order <= 0),
    one('GreaterThan', (order) => order > 0),
    one('GreaterThanEquals', (order) => order >= 0),
  ]
}

/** Every operator but `Null`, by its name without set qualifier and `IfExists`. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ...pair('StringEquals', 'StringNotEquals', stringEquals),
  ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', equalsIgnoreCase),
  ...pair('StringLike', 'StringNotLike', stringLike),
  ...comparisons('Numeric', numbers),
  ...comparisons('Date', dates),
  ['Bool', { negated: false, compile: bool }],
  ['BinaryEquals', { negated: false, compile: binary }],
  ...pair('IpAddress', 'NotIpAddress', ip),
  ...pair('ArnEquals', 'ArnNotEquals', arn),
  ...pair('ArnLike', 'ArnNotLike', arn),
])

export interface OperatorName {
  readonly base: string
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined
  readonly ifExists: boolean
}

/** Takes `ForAnyValue:StringLikeIfExists` apart; undefined where there is no such operator. */
export function parseOperator(name: string): OperatorName | undefined {
  const colon = name.indexOf(':')
  const qualifier = colon === -1 ? undefined : name.slice(0, colon)
  if (qualifier !== undefined && qualifier !== 'ForAllValues' && qualifier !== 'ForAnyValue') return undefined
  const rest = name.slice(colon + 1)
  if (rest === 'Null') return qualifier ? undefined : { base: rest, set: undefined, ifExists: false }
  const ifExists = rest.endsWith('IfExists')
  const base = ifExists ? rest.slice(0, -'IfExists'.length) : rest
  return operators.has(base) ? { base, set: qualifier, ifExists } : undefined
}
