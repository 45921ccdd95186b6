/** KMS grants, written as policies: so they are matched, recorded and explained like everything else. */
import { compile } from './compile.ts'
import type { StatementDocument } from './document.ts'
import type { CompiledPolicy } from './types.ts'

/** A grant of AWS KMS, as CreateGrant takes it. */
export interface Grant {
  /** How the record names it, e.g. `grant:GRANT-ID`. */
  readonly id: string
  /** ARN of an account's root, user, role, assumed-role or federated session; an account or unique id; or a service principal. */
  readonly grantee: string
  /** `Decrypt`, `GenerateDataKey`, … */
  readonly operations: readonly string[]
  readonly constraints?: {
    /** The request's encryption context is this and nothing else. */
    readonly encryptionContextEquals?: Readonly<Record<string, string>>
    /** The request's encryption context has all of these. */
    readonly encryptionContextSubset?: Readonly<Record<string, string>>
  }
}

/** "Grants with grant constraints can include the DescribeKey and RetireGrant operations, but the constraint doesn't apply." */
const UNCONSTRAINED = new Set(['DescribeKey', 'RetireGrant'])

/**
 * Compiles a grant for `PolicySet.grants`. Requests carry their encryption context as `kms:EncryptionContext:KEY` and
 * `kms:EncryptionContextKeys`. AWS KMS Developer Guide: "Grants in AWS KMS"; API reference: GrantConstraints.
 * inferred: a CreateGrant under a constraint must carry the new grant's constraint as encryption context; KMS itself
 * compares the two.
 */
export function compileGrant({ id, grantee, operations, constraints = {} }: Grant): CompiledPolicy {
  const Condition = conditionOf(constraints)
  const free = operations.filter((operation) => !Condition || UNCONSTRAINED.has(operation))
  const bound = operations.filter((operation) => Condition && !UNCONSTRAINED.has(operation))
  const base = { Effect: 'Allow', Principal: principalOf(grantee), Resource: '*' } as const
  const actions = (names: readonly string[]) => names.map((name) => `kms:${name}`)
  // Without a version of 2012 a `${` in an encryption context is text.
  const Statement = [
    ...(free.length > 0 ? [{ ...base, Action: actions(free) }] : []),
    ...(bound.length > 0 ? [{ ...base, Action: actions(bound), Condition }] : []),
  ]
  return compile({ Statement }, { id, grammar: 'resource' })
}

function principalOf(grantee: string): { AWS: string } | { Service: string } {
  return /^(?:arn:|\d{12}$|A(?:IDA|ROA)[A-Z2-7]+$)/.test(grantee) ? { AWS: grantee } : { Service: grantee }
}

function conditionOf({
  encryptionContextEquals: equals,
  encryptionContextSubset: subset,
}: NonNullable<Grant['constraints']>): StatementDocument['Condition'] | undefined {
  const pairs = Object.entries({ ...subset, ...equals })
  if (!equals && pairs.length === 0) return undefined
  return {
    StringEquals: Object.fromEntries(
      pairs.map(([key, value]) => [`kms:EncryptionContext:${key}`, value === (subset?.[key] ?? value) ? [value] : []]),
    ),
    // No key beyond them; and, what names of condition keys cannot say, in this very case.
    ...(equals && { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': Object.keys(equals) } }),
  }
}
