import { invalidParameter, patternNotBuilt } from './errors.ts'
import type { Filter } from './filter-pattern.ts'

/**
 * JSON filter patterns: `{ ($.level = "ERR*") && ($.code >= 500 || $.user.name NOT EXISTS) }`
 * (CloudWatch Logs User Guide, "Filter pattern syntax for metric filters", JSON log events).
 * inferred: a comparison with a property that is not there does not match.
 */

type Condition = (event: unknown) => boolean
type Selector = readonly (string | number)[]

const tokens =
  /\s*(?:(?<selector>\$(?:\.[\w$@#-]+|\[\d+\]|\["[^"]*"\]|\['[^']*'\])+)|(?<operator>&&|\|\||!=|<=|>=|[=<>()])|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()"=<>!&|]+))/y

interface Token {
  kind: 'selector' | 'operator' | 'quoted' | 'word'
  text: string
}

export function compileJsonFilter(pattern: string): Filter {
  const [, inside] = /^\{(.*)\}$/s.exec(pattern) ?? []
  if (inside === undefined) throw malformed()
  const condition = parse(tokenize(inside.trim()))
  return (message) => {
    const event = parsed(message)
    return event !== undefined && condition(event)
  }
}

// inferred: sentence
const malformed = () => invalidParameter('Invalid filter pattern')

function parsed(message: string): unknown {
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}

function tokenize(text: string): Token[] {
  const found: Token[] = []
  tokens.lastIndex = 0
  while (tokens.lastIndex < text.length) {
    const groups = tokens.exec(text)?.groups
    const entry = Object.entries(groups ?? {}).find(([, value]) => value !== undefined)
    if (!entry) throw malformed()
    found.push({ kind: entry[0] as Token['kind'], text: entry[1] })
  }
  return found
}

/** How deep parentheses may be nested, so that a pattern cannot exhaust the stack. */
const depthMax = 50

function parse(list: Token[]): Condition {
  let at = 0
  const next = (): Token => {
    const token = list[at++]
    if (!token) throw malformed()
    return token
  }
  const accept = (text: string): boolean => {
    const matches = list[at]?.kind === 'operator' && list[at]?.text === text
    if (matches) at++
    return matches
  }
  const chain = (operator: '&&' | '||', part: () => Condition): Condition => {
    const parts = [part()]
    while (accept(operator)) parts.push(part())
    return operator === '&&'
      ? (event) => parts.every((condition) => condition(event))
      : (event) => parts.some((condition) => condition(event))
  }
  const any = (depth: number): Condition => {
    if (depth > depthMax) throw malformed()
    return chain('||', () => chain('&&', () => one(depth)))
  }
  const one = (depth: number): Condition => {
    if (!accept('(')) return condition(next, next())
    const inner = any(depth + 1)
    if (!accept(')')) throw malformed()
    return inner
  }
  const whole = any(0)
  if (at !== list.length) throw malformed()
  return whole
}

function condition(next: () => Token, first: Token): Condition {
  if (first.kind !== 'selector') throw malformed()
  const selector = selectorOf(first.text)
  const operator = next()
  const word = operator.text.toUpperCase()
  if (operator.kind === 'word' && word === 'EXISTS') return (event) => select(event, selector) !== undefined
  if (operator.kind === 'word' && (word === 'IS' || word === 'NOT')) {
    const rest = `${word} ${next().text.toUpperCase()}`
    if (rest === 'NOT EXISTS') return (event) => select(event, selector) === undefined
    const constants: Record<string, unknown> = { 'IS NULL': null, 'IS TRUE': true, 'IS FALSE': false }
    if (!Object.hasOwn(constants, rest)) throw malformed()
    return (event) => select(event, selector) === constants[rest]
  }
  if (operator.kind !== 'operator') throw malformed()
  return comparison(selector, operator.text, next())
}

function comparison(selector: Selector, operator: string, value: Token): Condition {
  if (value.kind !== 'quoted' && value.kind !== 'word') throw malformed()
  if (value.kind === 'word' && value.text.startsWith('%')) throw patternNotBuilt('regular expressions')
  const text = value.kind === 'quoted' ? value.text.replace(/\\(.)/g, '$1') : value.text
  const number = value.kind === 'word' && text !== '' ? Number(text) : Number.NaN
  const equal = (actual: unknown) =>
    typeof actual === 'number' ? actual === number : typeof actual === 'string' && like(actual, text)
  const ordered: Record<string, (actual: number) => boolean> = {
    '<': (actual) => actual < number,
    '>': (actual) => actual > number,
    '<=': (actual) => actual <= number,
    '>=': (actual) => actual >= number,
  }
  if (operator === '=') return (event) => equal(select(event, selector))
  if (operator === '!=') {
    return (event) => {
      const actual = select(event, selector)
      return actual !== undefined && !equal(actual)
    }
  }
  const test = ordered[operator]
  if (!test || Number.isNaN(number)) throw malformed()
  return (event) => {
    const actual = select(event, selector)
    return typeof actual === 'number' && test(actual)
  }
}

/** `$.a["b c"][0]` as a list of steps. */
function selectorOf(text: string): Selector {
  return Array.from(text.matchAll(/\.([\w$@#-]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/g), ([, name, index, a, b]) =>
    index === undefined ? (name ?? a ?? b)! : Number(index),
  )
}

function select(event: unknown, selector: Selector): unknown {
  let value = event
  for (const step of selector) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
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
