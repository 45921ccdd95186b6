/** A policy document as its author meant it: every "string or list" is a list, every scalar a string. */
export interface PolicyDocument {
  /** Absent means 2008-10-17: no policy variables. */
  readonly Version?: string
  readonly Id?: string
  readonly Statement: readonly StatementDocument[]
}

export interface StatementDocument {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PrincipalDocument
  readonly NotPrincipal?: PrincipalDocument
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  /** Operator -> key -> values. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** `"*"`, or the principals by their type. */
export type PrincipalDocument = '*' | Readonly<Partial<Record<PrincipalType, readonly string[]>>>

export const principalTypes = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const
export type PrincipalType = (typeof principalTypes)[number]
