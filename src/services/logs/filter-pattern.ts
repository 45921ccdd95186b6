import { compileJsonFilter } from './filter-json.ts'
import { compileSpaceFilter } from './filter-space.ts'
import { invalidParameter, invalidPattern } from './errors.ts'
import { filterRegex } from './linear-regex.ts'

/** A compiled filter pattern. */
export interface Filter {
  /** Whether a message is wanted. */
  test(message: string): boolean
  /** A part of a message that matched, as metric values and dimensions name it: `$.latency`, `$bytes`, `$7`. */
  value(message: string, name: string): string | undefined
  /** What TestMetricFilter shows of a message that matched. */
  extracted(message: string): Record<string, string>
  /** How many regular expressions are in it. */
  regexes: number
}

const term = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|(%(?:[^%\\]|\\.)*%)|([^\s"]+))(?=\s|$)/y

/** Two a pattern of JSON or fields (CloudWatch Logs User Guide, "Supported regular expressions (regex) syntax"). */
const REGEXES_MAX = 2

/**
 * Compiles a filter pattern (CloudWatch Logs User Guide, "Filter pattern syntax"): terms, all of which must occur;
 * `-term` must not, one of the `?term`s must; `"quoted terms"`; `%regular expressions%`; `[space, delimited]` fields;
 * `{ $.json = conditions }`.
 * inferred: beside terms that must occur, the optional ones do not count.
 */
export function compileFilter(pattern: string): Filter {
  const text = pattern.trim()
  if (!text.startsWith('{') && !text.startsWith('[')) return compileTerms(text)
  const filter = text.startsWith('{') ? compileJsonFilter(text) : compileSpaceFilter(text)
  if (filter.regexes > REGEXES_MAX) throw invalidPattern()
  return filter
}

type Test = (message: string) => boolean

function compileTerms(text: string): Filter {
  const terms: Record<'' | '?' | '-', Test[]> = { '': [], '?': [], '-': [] }
  let regexes = 0
  term.lastIndex = 0
  while (term.lastIndex < text.length) {
    const [, sign, quoted, expression, bare] = term.exec(text) ?? []
    if (sign === undefined) throw invalidPattern()
    if (expression !== undefined) regexes++
    terms[sign as '' | '?' | '-'].push(expression === undefined ? word(quoted, bare) : regex(expression))
  }
  const { '': required, '?': optional, '-': excluded } = terms
  return {
    test: (message) =>
      required.every((wanted) => wanted(message)) &&
      !excluded.some((unwanted) => unwanted(message)) &&
      (required.length > 0 || optional.length === 0 || optional.some((wanted) => wanted(message))),
    value: () => undefined,
    extracted: () => ({}),
    regexes,
  }
}

function word(quoted: string | undefined, bare: string | undefined): Test {
  if (bare !== undefined && !/^\w+$/.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`)
  const text = bare ?? quoted!.replace(/\\(.)/g, '$1')
  return (message) => message.includes(text)
}

function regex(expression: string): Test {
  const compiled = filterRegex(expression.slice(1, -1))
  if (!compiled) throw invalidPattern()
  return (message) => compiled.test(message)
}
