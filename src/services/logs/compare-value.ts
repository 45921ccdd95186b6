import { invalidPattern } from './errors.ts'
import { filterRegex } from './linear-regex.ts'

/** What a filter pattern compares a field with. */
export interface Operand {
  kind: 'quoted' | 'word' | 'regex'
  text: string
}

type Value = string | number | boolean | null

/** Scientific notation, signs and decimals (CloudWatch Logs User Guide, "Numeric comparisons"). */
const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

const orders: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

/**
 * The test of `field OPERATOR operand`; `undefined` and what has parts (arrays, objects) never match. Where all fields are
 * text, one that reads as a number is one; in JSON "500" is none (inferred).
 */
export function comparison(operator: string, { kind, text }: Operand, allText = false): (actual: unknown) => boolean {
  const order = orders[operator]
  if (order) {
    if (kind !== 'word' || !numeric.test(text)) throw invalidPattern()
    const bound = Number(text)
    return (actual) => {
      const number = numberOf(actual, allText)
      return number !== undefined && order(number, bound)
    }
  }
  if (operator !== '=' && operator !== '!=') throw invalidPattern()
  const equal = equality(kind, text, allText)
  const wanted = operator === '='
  return (actual) => isValue(actual) && equal(actual) === wanted
}

function equality(kind: Operand['kind'], text: string, allText: boolean): (actual: Value) => boolean {
  if (kind === 'regex') {
    const regex = filterRegex(text)
    if (!regex) throw invalidPattern()
    return (actual) => regex.test(String(actual))
  }
  if (kind === 'word' && numeric.test(text)) {
    const number = Number(text)
    return (actual) => actual === text || numberOf(actual, allText) === number
  }
  return (actual) => actual !== null && like(String(actual), text)
}

function isValue(actual: unknown): actual is Value {
  return actual === null ? false : actual !== undefined && typeof actual !== 'object'
}

function numberOf(actual: unknown, allText: boolean): number | undefined {
  if (typeof actual === 'number') return actual
  return allText && typeof actual === 'string' && numeric.test(actual) ? Number(actual) : undefined
}

/** `*` stands for any run of characters. */
function like(actual: string, pattern: string): boolean {
  const parts = pattern.split('*')
  const [first, last] = [parts[0]!, parts.at(-1)!]
  if (parts.length === 1) return actual === pattern
  if (!actual.startsWith(first) || !actual.endsWith(last) || actual.length < first.length + last.length) return false
  const end = actual.length - last.length
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = actual.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
