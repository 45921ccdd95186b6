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
import type { Grammar } from './types.ts'

/** The test of the statement's resources, or undefined where all will do: `*`, and trust policies, which have none. */
export function compileResource(
  statement: StatementDocument,
  grammar: Grammar,
  variables: boolean,
): Pattern | undefined {
  const { Resource, NotResource, Effect } = statement
  if (Resource?.includes('*')) return undefined
  if (Resource)
    return plainOnes(Resource, variables) ?? anyOf(Resource.map((one) => compileOne(one, grammar, variables)))
  if (!NotResource) return undefined
  const patterns = NotResource.map((resource) => {
    const matches = compileOne(resource, grammar, variables)
    const unresolved = unresolvable(resource, variables)
    // An unresolvable pattern names nothing. That would widen an Allow, so there it excludes everything (inferred).
    return unresolved && Effect === 'Allow'
      ? (text: string, context: Parameters<Pattern>[1]) => unresolved(context) || matches(text, context)
      : matches
  })
  const listed = anyOf(patterns)
  return (text, context) => !listed(text, context)
}

/** An ARN, whole or up to a `*` at its end. */
interface Plain {
  readonly head: string
  readonly whole: boolean
  /** Of its last character: most ARNs that differ, differ there or before. */
  readonly at: number
  readonly code: number
}

/** What most statements name is compared in one loop; undefined where one of the resources is more than that. */
function plainOnes(resources: readonly string[], variables: boolean): Pattern | undefined {
  const plain: Plain[] = []
  for (const resource of new Set(resources)) {
    const parts = parsePattern(resource, { variables, wildcards: true })
    const [head, star] = parts
    if (typeof head !== 'string' || parts.length > 2 || (parts.length === 2 && star !== ANY)) return undefined
    if (!head.startsWith('arn:') || splitPattern([head]).length < 6) return undefined
    const at = head.length - 1
    plain.push({ head, whole: parts.length === 1, at, code: head.charCodeAt(at) })
  }
  return (text) => {
    for (let next = 0; next < plain.length; next++) {
      const { head, whole, at, code } = plain[next]!
      if (text.charCodeAt(at) === code && (whole ? text === head : begins(text, head))) return true
    }
    return false
  }
}

function anyOf(patterns: readonly Pattern[]): Pattern {
  if (patterns.length === 1) return patterns[0]!
  return (text, context) => {
    for (let at = 0; at < patterns.length; at++) if (patterns[at]!(text, context)) return true
    return false
  }
}

function compileOne(resource: string, grammar: Grammar, variables: boolean): Pattern {
  const parts = parsePattern(resource, { variables, wildcards: true })
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
