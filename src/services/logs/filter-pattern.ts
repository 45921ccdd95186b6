import { compileJsonFilter } from './filter-json.ts'
import { invalidParameter, patternNotBuilt } from './errors.ts'

/** Whether a message is wanted. */
export type Filter = (message: string) => boolean

const term = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y

/**
 * Compiles a filter pattern (CloudWatch Logs User Guide, "Filter pattern syntax"): terms, all of which must occur;
 * `-term` must not, one of the `?term`s must; `"quoted terms"`; `{ $.json = conditions }`.
 * inferred: terms are looked for as parts of words; beside terms that must occur, the optional ones do not count.
 * Not built: `[space, delimited]` and `%regular expressions%`.
 */
export function compileFilter(pattern: string): Filter {
  const text = pattern.trim()
  if (text.startsWith('{')) return compileJsonFilter(text)
  if (text.startsWith('[')) throw patternNotBuilt('space-delimited filter patterns')
  return compileTerms(text)
}

function compileTerms(text: string): Filter {
  const terms: Record<'' | '?' | '-', string[]> = { '': [], '?': [], '-': [] }
  term.lastIndex = 0
  while (term.lastIndex < text.length) {
    const [, sign, quoted, bare] = term.exec(text) ?? []
    if (sign === undefined) throw invalidParameter('Invalid filter pattern') // inferred: sentence
    if (bare?.startsWith('%')) throw patternNotBuilt('regular expressions')
    if (bare !== undefined && !/^\w+$/.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`)
    terms[sign as '' | '?' | '-'].push(bare ?? quoted!.replace(/\\(.)/g, '$1'))
  }
  const { '': required, '?': optional, '-': excluded } = terms
  return (message) =>
    required.every((word) => message.includes(word)) &&
    !excluded.some((word) => message.includes(word)) &&
    (required.length > 0 || optional.length === 0 || optional.some((word) => message.includes(word)))
}
