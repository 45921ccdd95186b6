/** Statements that change nothing: all that they say, others say as well. */
import { compile, inside } from '../compile.ts'
import type { CompiledPolicy, Grammar } from '../types.ts'
import { contains } from './compare.ts'
import type { CompareOptions } from './compare.ts'
import { versionOf } from './rules.ts'

export interface Shadowed {
  /** Place of the statement in the document. */
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
}

export interface ShadowedStatements {
  /** In the document's order. All of them may go at once: of two equal statements, one stays. */
  readonly shadowed: readonly Shadowed[]
  /** Statements of which it could not be told, by their places, and why. */
  readonly unknown: readonly { readonly index: number; readonly reason: string }[]
  readonly steps: number
}

/**
 * The statements of a policy without which it would allow exactly the same. An Allow is one when the rest allows as much, or
 * when a Deny takes all of it; a Deny when nothing of what it denies is allowed. The budget is for each statement.
 */
export function shadowed(
  policy: CompiledPolicy,
  grammar: Grammar = 'identity',
  options: CompareOptions = {},
): ShadowedStatements {
  const { statements } = inside(policy)
  const found: Shadowed[] = []
  const unknown: { index: number; reason: string }[] = []
  let steps = 0
  let left = statements
  // From the end, so that of two equal statements the first one stays.
  for (const statement of statements.toReversed()) {
    const rest = left.filter((one) => one !== statement)
    const whole = { grammar, policies: [subset(policy, left, grammar)] }
    const without = { grammar, policies: rest.length > 0 ? [subset(policy, rest, grammar)] : [] }
    // Without an Allow a policy can only allow less, without a Deny only more.
    const result = statement.effect === 'Allow' ? contains(whole, without, options) : contains(without, whole, options)
    steps += result.steps
    const { index, sid, effect } = statement
    if (result.verdict === 'unknown') unknown.unshift({ index, reason: result.reason! })
    if (result.verdict !== 'subset') continue
    found.unshift({ index, ...(sid !== undefined && { sid }), effect })
    left = rest
  }
  return { shadowed: found, unknown, steps }
}

function subset(policy: CompiledPolicy, statements: readonly { document: object }[], grammar: Grammar): CompiledPolicy {
  const Version = versionOf(policy)
  const Statement = statements.map(({ document }) => document)
  return compile({ ...(Version !== undefined && { Version }), Statement }, { id: policy.id, grammar })
}
