/**
 * Strings of the policy language taken apart: literals, the wildcards `*` and `?`, and policy variables.
 * IAM User Guide: "IAM policy elements: Variables and tags" (reference_policies_variables.html).
 */
import type { Context } from './types.ts'

/** `*`: any run of characters, also an empty one. */
export const ANY = Symbol('*')
/** `?`: exactly one character (a UTF-16 unit: observed, radkawar/stackd, testdata/aws/iam/condition_strings.json). */
export const ONE = Symbol('?')

/** `${key}` or `${key, 'default'}`. An empty key stands for a variable that can never be resolved. */
export interface Variable {
  /** In lower case, as contexts are asked. */
  readonly key: string
  /** As written. */
  readonly name: string
  readonly fallback: string | undefined
}

export type Part = string | typeof ANY | typeof ONE | Variable
export type FixedPart = Exclude<Part, Variable>

export interface PatternOptions {
  /** Policy variables mean something; only in documents of version 2012-10-17. */
  variables: boolean
  /** `*` and `?` are wildcards. */
  wildcards: boolean
}

const ESCAPES = new Set(['*', '?', '$'])

/** Takes a string of a policy apart. Adjacent literals are joined, adjacent `*` are one. */
export function parsePattern(text: string, { variables, wildcards }: PatternOptions): Part[] {
  const parts: Part[] = []
  let literal = ''
  const flush = () => {
    if (literal) parts.push(literal)
    literal = ''
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (wildcards && char === '*') {
      flush()
      if (parts.at(-1) !== ANY) parts.push(ANY)
    } else if (wildcards && char === '?') {
      flush()
      parts.push(ONE)
    } else if (variables && char === '$' && text[at + 1] === '{') {
      const end = variableEnd(text, at + 2)
      if (end === -1) {
        literal += char
        continue
      }
      const inner = text.slice(at + 2, end)
      if (ESCAPES.has(inner)) literal += inner
      else {
        flush()
        parts.push(parseVariable(inner))
      }
      at = end
    } else literal += char
  }
  flush()
  return parts
}

/** Index of the closing brace; braces within a quoted default do not count. */
function variableEnd(text: string, from: number): number {
  let quoted = false
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted
    else if (text[at] === '}' && !quoted) return at
  }
  return -1
}

function parseVariable(inner: string): Variable {
  const comma = inner.indexOf(', ')
  const key = comma === -1 ? inner : inner.slice(0, comma)
  const tail = comma === -1 ? '' : inner.slice(comma + 2)
  const quoted = /^'[^']*'$/.test(tail)
  // inferred: a variable that breaks the grammar (nesting, spaces, an unquoted default) can never be resolved.
  if (key === '' || /[\s${}',]/.test(key) || (comma !== -1 && !quoted))
    return { key: '', name: '', fallback: undefined }
  return { key: contextKey(key), name: key, fallback: quoted ? tail.slice(1, -1) : undefined }
}

/**
 * The key in lower case, and as the engine's own copy of that text, which literals in programs share: to whoever looks
 * values up it is the same string and not just an equal one, which is told at once.
 */
export function contextKey(key: string): string {
  return Object.keys({ [key.toLowerCase()]: undefined })[0]!
}

export function isVariable(part: Part): part is Variable {
  return typeof part === 'object'
}

/**
 * The value of a variable, or undefined where it cannot be resolved. Multi-valued keys cannot be variables
 * (IAM User Guide, "Multivalued context keys"), nor does their default help them (observed: radkawar/stackd,
 * testdata/aws/iam/condition_sets.json).
 */
export function resolve(variable: Variable, context: Context): string | undefined {
  if (variable.key === '') return undefined
  const value = context(variable.key)
  if (value === undefined) return variable.fallback
  return typeof value === 'string' ? value : undefined
}

/** A value written so that it stands for nothing but itself in a 2012-10-17 policy. */
export function escapePattern(value: string): string {
  return value.replace(/[*?]|\$(?=\{)/g, (char) => `\${${char}}`)
}
