/**
 * The condition operators, each as the test of one request value against one policy value.
 * IAM User Guide: "IAM JSON policy elements: Condition operators". What it leaves open was observed on AWS: radkawar/stackd,
 * testdata/aws/iam/condition_{values,strings,ip}.json.
 */
import { compileArnOperand, isArn } from './arn.ts'
import { parseDate } from './date.ts'
import { compileCidr, parseAddress } from './ip.ts'
import { compilePattern } from './glob.ts'
import { compareDecimals, parseDecimal } from './number.ts'
import type { Decimal } from './number.ts'
import { parsePattern, resolve } from './pattern.ts'
import type { Part, Variable } from './pattern.ts'
import type { Context } from './types.ts'

/** Whether a value of the request matches; undefined where the policy's own value cannot be compared with any. */
export type ValueTest = (actual: string, context: Context) => boolean | undefined

export interface Operator {
  /** `Not…`: holds when no policy value matches. */
  readonly negated: boolean
  /** Compiles one policy value. What cannot be read matches nothing, or is undefined where that makes a difference. */
  readonly compile: (value: string, variables: boolean) => ValueTest
  /** Which values of a request it can compare at all, if not all: of others it does not hold, negated or not. */
  readonly reads?: (actual: string) => boolean
}

const never: ValueTest = () => false

function stringEquals(value: string, variables: boolean): ValueTest {
  return compilePattern(value, { variables, wildcards: false })
}

function stringLike(value: string, variables: boolean): ValueTest {
  return compilePattern(value, { variables, wildcards: true })
}

function equalsIgnoreCase(value: string, variables: boolean): ValueTest {
  const wanted = textOf(value, variables)
  if (typeof wanted === 'string') {
    const lower = lowerCase(wanted)
    return (actual) => lowerCase(actual) === lower
  }
  return (actual, context) => {
    const text = wanted(context)
    return text !== undefined && lowerCase(actual) === lowerCase(text)
  }
}

const BEYOND_BMP = /[\u{10000}-\u{10ffff}]/gu

/** As AWS compares: lowered, not folded (`s` is not `ſ`), and characters beyond U+FFFF stay as they are. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  const kept = text.match(BEYOND_BMP)
  if (!kept) return lower
  let at = 0
  return lower.replace(BEYOND_BMP, () => kept[at++]!)
}

/** A value without wildcards: its text, or, with variables, the way to it; undefined while one of them has no value. */
function textOf(value: string, variables: boolean): string | ((context: Context) => string | undefined) {
  const parts = parsePattern(value, { variables, wildcards: false }) as (string | Variable)[]
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  return (context) => {
    let text = ''
    for (const part of parts) {
      const next = typeof part === 'string' ? part : resolve(part, context)
      if (next === undefined) return undefined
      text += next
    }
    return text
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

/**
 * What is not `true`, in whatever case, is false, on both sides. The operator page lets Bool take variables, the variables
 * page does not; a policy that uses one means it.
 */
function bool(value: string, variables: boolean): ValueTest {
  const wanted = textOf(value, variables)
  if (typeof wanted === 'string') return isTrue(wanted) ? isTrue : (actual) => !isTrue(actual)
  return (actual, context) => {
    const text = wanted(context)
    return text !== undefined && isTrue(actual) === isTrue(text)
  }
}

/** How AWS reads a boolean. */
export function isTrue(text: string): boolean {
  // As it is most often written; the long way is for others.
  return text === 'true' || (text.length === 4 && text.toLowerCase() === 'true')
}

/** Both sides are base64, padded, and no bit is set that counts for nothing: so equal bytes are equal texts. */
function binary(value: string): ValueTest {
  return isCanonicalBase64(value) ? (actual) => actual === value : never
}

/** `YQ==`, neither `YQ` nor `YR==`, which would be the same byte. */
export function isCanonicalBase64(text: string): boolean {
  try {
    return btoa(atob(text)) === text
  } catch {
    return false
  }
}

function ip(value: string): ValueTest {
  return compileCidr(value) ?? never
}

/** ArnEquals and ArnLike behave identically. inferred: a lone `*` is every ARN. */
function arn(value: string, variables: boolean): ValueTest {
  const parts: Part[] = parsePattern(value, { variables, wildcards: true })
  return compileArnOperand(parts)
}

function pair(
  positive: string,
  negative: string,
  compile: Operator['compile'],
  reads?: Operator['reads'],
): [string, Operator][] {
  const common = { compile, ...(reads && { reads }) }
  return [
    [positive, { negated: false, ...common }],
    [negative, { negated: true, ...common }],
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
  ...pair('IpAddress', 'NotIpAddress', ip, (actual) => parseAddress(actual) !== undefined),
  ...pair('ArnEquals', 'ArnNotEquals', arn, isArn),
  ...pair('ArnLike', 'ArnNotLike', arn, isArn),
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
