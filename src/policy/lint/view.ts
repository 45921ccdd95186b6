/** A policy as findings look at it: what can be understood of it, each part with its place, even where AWS refuses it. */
import type { Json, JsonObject, JsonPath } from '../json.ts'
import type { OperatorName } from '../operators.ts'
import type { PolicyType } from '../types.ts'

/** A string of the document. */
export interface Item {
  readonly text: string
  readonly path: JsonPath
}

/** Action or NotAction, Resource or NotResource. */
export interface List {
  readonly element: string
  readonly negated: boolean
  readonly path: JsonPath
  readonly items: readonly Item[]
}

export interface PrincipalItem extends Item {
  /** `AWS`, `Service`, …; `*` for the lone `"*"`. */
  readonly type: string
}

export interface Principals {
  readonly element: 'Principal' | 'NotPrincipal'
  readonly negated: boolean
  readonly path: JsonPath
  readonly items: readonly PrincipalItem[]
}

/** One key of one condition operator. */
export interface Clause {
  /** As written. */
  readonly operator: string
  /** Undefined where there is no such operator. */
  readonly name: OperatorName | undefined
  readonly key: string
  readonly lowerCasedKey: string
  readonly path: JsonPath
  /** `json`: the value as it stands, as `true` is not `"true"`. */
  readonly values: readonly (Item & { readonly json: Json })[]
}

export interface Statement {
  readonly path: JsonPath
  readonly json: JsonObject
  readonly sid: Item | undefined
  readonly effect: 'Allow' | 'Deny' | undefined
  readonly actions: List | undefined
  readonly resources: List | undefined
  readonly principals: Principals | undefined
  readonly clauses: readonly Clause[]
}

export interface Policy {
  readonly type: PolicyType
  readonly text: string
  readonly json: JsonObject
  readonly version: Json | undefined
  readonly statements: readonly Statement[]
}

/** `"*"`, or `{"AWS": "*"}`. */
export function namesEveryone({ principals }: Statement): boolean {
  return principals?.items.some(({ type, text }) => text === '*' && (type === '*' || type === 'AWS')) ?? false
}

/** Whether the operator says what must be: not a negated one, not `…IfExists`, not `Null`, not `ForAllValues`. */
export function demands({ name }: Clause): boolean {
  return name !== undefined && name.base !== 'Null' && !isNegated(name) && !name.ifExists && name.set !== 'ForAllValues'
}

export function isNegated({ base }: OperatorName): boolean {
  return base.includes('Not')
}

/** `*`, and what amounts to it. */
export function isEverything(text: string): boolean {
  return /^\*+$/.test(text.trim())
}
