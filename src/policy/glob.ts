/**
 * Wildcard matching without regular expressions; newlines are characters like any other. The shape of a pattern is looked
 * at once, when the policy is compiled. Callers write patterns and texts of any length: nothing here takes their product.
 */
import { compileSegment, SHORT } from './glob-segment.ts'
import { remembering } from './memo.ts'
import { ANY, isVariable, ONE, parsePattern, resolve } from './pattern.ts'
import type { FixedPart, Part, PatternOptions } from './pattern.ts'
import type { Context } from './types.ts'

export type Glob = (text: string) => boolean

/** A pattern that may hold variables; false where one of them cannot be resolved. */
export type Pattern = (text: string, context: Context) => boolean

/** Compiles parts without variables. */
export function compileGlob(parts: readonly FixedPart[]): Glob {
  if (parts.includes(ONE)) return segmented(parts)
  const literals = parts.filter((part) => typeof part === 'string')
  if (!parts.includes(ANY)) {
    const whole = literals.join('')
    return (text) => text === whole
  }
  const head = typeof parts[0] === 'string' ? literals.shift()! : ''
  const tail = typeof parts.at(-1) === 'string' ? literals.pop()! : ''
  if (literals.some(({ length }) => length > SHORT)) return segmented(parts)
  if (literals.length > 0) return inOrder(head, literals, tail)
  if (head === '' && tail === '') return () => true
  if (tail === '') return startingWith(head)
  const ends = endingWith(tail)
  if (head === '') return ends
  const starts = startingWith(head)
  const least = head.length + tail.length
  return (text) => text.length >= least && starts(text) && ends(text)
}

/** ARNs begin alike: most misses show in the last character of the head, where a look costs nothing. */
export function startingWith(head: string): Glob {
  const at = head.length - 1
  const code = head.charCodeAt(at)
  return (text) => text.charCodeAt(at) === code && begins(text, head)
}

/** V8's startsWith goes character by character; looking for the last place not after the first takes a quarter of that. */
export function begins(text: string, head: string): boolean {
  return text.lastIndexOf(head, 0) === 0
}

function endingWith(tail: string): Glob {
  const code = tail.charCodeAt(tail.length - 1)
  return (text) => text.charCodeAt(text.length - 1) === code && text.endsWith(tail)
}

/** `head*middle*middle*tail`: the leftmost place of each middle is as good as any. */
function inOrder(head: string, middles: readonly string[], tail: string): Glob {
  const starts = head === '' ? undefined : startingWith(head)
  const ends = tail === '' ? undefined : endingWith(tail)
  return (text) => {
    if ((starts && !starts(text)) || (ends && !ends(text))) return false
    let at = head.length
    for (const middle of middles) {
      const found = text.indexOf(middle, at)
      if (found === -1) return false
      at = found + middle.length
    }
    return at <= text.length - tail.length
  }
}

/** What stands between stars: the first at the beginning, the last at the end, the others each at its leftmost place. */
function segmented(parts: readonly FixedPart[]): Glob {
  const cut: FixedPart[][] = [[]]
  for (const part of parts) {
    if (part === ANY) cut.push([])
    else cut.at(-1)!.push(part)
  }
  const [head, ...middles] = cut.map(compileSegment)
  const tail = middles.pop()
  if (!tail) return (text) => text.length === head!.length && head!.at(text, 0)
  return (text) => {
    const last = text.length - tail.length
    if (last < head!.length || !head!.at(text, 0) || !tail.at(text, last)) return false
    let at = head!.length
    for (const middle of middles) {
      const end = middle.endIn(text, at, last)
      if (end === -1) return false
      at = end
    }
    return true
  }
}

const MEMO_LIMIT = 256

/**
 * Compiles parts with variables: what they resolve to is text, never wildcards (inferred; the secure choice).
 * A matcher is kept for each resolved tuple, as callers come back.
 */
export function compileParts(parts: readonly Part[]): Pattern {
  const variables = parts.filter(isVariable)
  const [first, ...others] = variables
  if (!first) return compileGlob(parts as FixedPart[])
  const globOf = remembering(MEMO_LIMIT, (tuple) => ({ matches: fill(parts, JSON.parse(tuple) as string[]) }))
  let lastTuple = ''
  let last: { matches: Glob } | undefined
  return (text, context) => {
    const value = resolve(first, context)
    if (value === undefined) return false
    let tuple = value
    if (others.length > 0) {
      const values = [value]
      for (const variable of others) {
        const other = resolve(variable, context)
        if (other === undefined) return false
        values.push(other)
      }
      tuple = JSON.stringify(values)
    }
    // The same session asks many times in a row.
    if (!last || tuple !== lastTuple) {
      last = globOf(others.length > 0 ? tuple : JSON.stringify([tuple]))
      lastTuple = tuple
    }
    return last.matches(text)
  }
}

function fill(parts: readonly Part[], values: readonly string[]): Glob {
  let next = 0
  return compileGlob(joinLiterals(parts.map((part) => (isVariable(part) ? values[next++]! : part))))
}

/** compileGlob wants adjacent literals in one piece. */
function joinLiterals(parts: readonly FixedPart[]): FixedPart[] {
  const joined: FixedPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else if (part !== '') joined.push(part)
  }
  return joined
}

export function compilePattern(text: string, options: PatternOptions): Pattern {
  return compileParts(parsePattern(text, options))
}
