import { comparison } from './compare-value.ts'
import { invalidPattern as malformed } from './errors.ts'
import type { Filter } from './filter-pattern.ts'

/**
 * JSON filter patterns: `{ ($.level = "ERR*") && ($.code >= 500 || $.user.name NOT EXISTS) }`
 * (CloudWatch Logs User Guide, "Filter pattern syntax for metric filters", JSON log events).
 * inferred: a comparison with a property that is not there does not match.
 */

type Condition = (event: unknown) => boolean
type Selector = readonly (string | number)[]

const tokens =
  /\s*(?:(?<selector>\$(?:\.[\w$@#-]+|\[\d+\]|\["[^"]*"\]|\['[^']*'\])+)|(?<operator>&&|\|\||!=|<=|>=|[=<>()])|%(?<regex>(?:[^%\\]|\\.)*)%|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()"=<>!&|]+))/y

interface Token {
  kind: 'selector' | 'operator' | 'quoted' | 'word' | 'regex'
  text: string
}

export function compileJsonFilter(pattern: string): Filter {
  const [, inside] = /^\{(.*)\}$/s.exec(pattern) ?? []
  if (inside === undefined) throw malformed()
  const list = tokenize(inside.trim())
  const condition = parse(list)
  const selectors = list.filter(({ kind }) => kind === 'selector').map(({ text }) => [text, selectorOf(text)] as const)
  return {
    test: (message) => {
      const event = parsed(message)
      return event !== undefined && condition(event)
    },
    value: (message, name) => printed(select(parsed(message), selectorOf(name))),
    extracted(message) {
      const event = parsed(message)
      const values = selectors.map(([text, selector]) => [text, printed(select(event, selector))])
      return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, string>
    },
    regexes: list.filter(({ kind }) => kind === 'regex').length,
  }
}

function printed(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

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
  const { kind, text } = next()
  if (kind !== 'quoted' && kind !== 'word' && kind !== 'regex') throw malformed()
  const test = comparison(operator.text, { kind, text: kind === 'quoted' ? text.replace(/\\(.)/g, '$1') : text })
  return (event) => test(select(event, selector))
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
