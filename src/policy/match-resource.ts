/**
 * Resource and NotResource: case-sensitive ARN patterns with variables.
 * IAM User Guide: "IAM JSON policy elements: Resource", "NotResource".
 */
import { compileArnPattern, splitPattern } from './arn.ts'
import type { StatementDocument } from './document.ts'
import { begins } from './glob.ts'
import type { Pattern } from './glob.ts'
import { ANY, isVariable, parsePattern, resolve } from './pattern.ts'
import type { Part } from './pattern.ts'
import type { Context, Grammar } from './types.ts'

/**
 * The resources of a statement, or all but them. A class, so that the test of every statement is the same code: a resource
 * that is another by its beginning, as most are, is told without a call.
 */
export class Resources {
  readonly #ones: readonly One[]
  readonly #negated: boolean

  constructor(ones: readonly One[], negated: boolean) {
    this.#ones = ones
    this.#negated = negated
  }

  test(text: string, context: Context): boolean {
    const ones = this.#ones
    for (let next = 0; next < ones.length; next++) {
      const { at, code, matches, head, whole } = ones[next]!
      if (text.charCodeAt(at) !== code && code !== ANYTHING) continue
      if (matches ? matches(text, context) : whole ? text === head : begins(text, head)) return !this.#negated
    }
    return this.#negated
  }
}

/** One pattern. */
interface One {
  /** What it begins with. */
  readonly head: string
  /** Of the head's last character: most ARNs that differ, differ there or before. */
  readonly at: number
  readonly code: number
  /** Undefined where it is its head: the whole of it, or with a `*` after it. */
  readonly matches: Pattern | undefined
  readonly whole: boolean
}

/** The code of a pattern without a head; no character has it. */
const ANYTHING = -1

/** The statement's resources, or undefined where all will do: `*`, and trust policies, which have none. */
export function compileResource(
  statement: StatementDocument,
  grammar: Grammar,
  variables: boolean,
): Resources | undefined {
  const { Resource, NotResource, Effect } = statement
  if (Resource?.includes('*')) return undefined
  if (Resource) {
    return new Resources(
      [...new Set(Resource)].map((resource) => oneOf(resource, grammar, variables)),
      false,
    )
  }
  if (!NotResource) return undefined
  const ones = NotResource.map((resource) => {
    const one = oneOf(resource, grammar, variables)
    const unresolved = Effect === 'Allow' ? unresolvable(resource, variables) : undefined
    if (!unresolved) return one
    // An unresolvable pattern names nothing. That would widen an Allow, so there it excludes everything (inferred).
    const matches: Pattern = (text, context) => unresolved(context) || one.matches!(text, context)
    return { ...one, code: ANYTHING, matches }
  })
  return new Resources(ones, true)
}

function oneOf(resource: string, grammar: Grammar, variables: boolean): One {
  const parts = parsePattern(resource, { variables, wildcards: true })
  const [first, star] = parts
  const head = typeof first === 'string' ? first : ''
  const at = head.length - 1
  const code = head === '' ? ANYTHING : head.charCodeAt(at)
  const whole = parts.length === 1
  const isHead = head.startsWith('arn:') && splitPattern([head]).length === 6 && (whole || (star === ANY && !parts[2]))
  return { head, at, code, whole, matches: isHead ? undefined : compileOne(parts, grammar) }
}

function compileOne(parts: readonly Part[], grammar: Grammar): Pattern {
  if (parts.length === 1 && parts[0] === ANY) return () => true
  return compileArnPattern(parts, { pad: padsShortArns(parts, grammar) })
}

/** Whether an ARN of fewer than six components is filled up with `*` (observed by iam-simulate's author). */
export function padsShortArns(parts: readonly Part[], grammar: Grammar): boolean {
  if (splitPattern(parts).length >= 6) return false
  switch (grammar) {
    case 'identity':
      return true
    case 'resource':
    case 'endpoint':
      return parts.includes(ANY)
    case 'scp':
      return parts.at(-1) === ANY
    default:
      return false
  }
}

function unresolvable(resource: string, variables: boolean) {
  const found = parsePattern(resource, { variables, wildcards: true }).filter(isVariable)
  if (found.length === 0) return undefined
  return (context: Parameters<Pattern>[1]) => found.some((variable) => resolve(variable, context) === undefined)
}
