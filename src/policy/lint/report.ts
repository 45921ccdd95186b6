import type { JsonPath } from '../json.ts'
import type { ActionFacts, ServiceReference } from '../reference.ts'
import type { Code, Values } from './catalogue.ts'
import type { Policy, Statement } from './view.ts'

export interface Place {
  /** What may stand there instead. */
  readonly suggestion?: string
  /** The finding is about the member's name, not about its value. */
  readonly atKey?: boolean
}

export type Report = <C extends Code>(code: C, path: JsonPath, values: Values<C>, place?: Place) => void

/** What a check has at hand. */
export interface Desk {
  readonly policy: Policy
  readonly report: Report
  readonly reference: ServiceReference | undefined
  /** Actions that AWS has for a name or pattern: undefined where that cannot be told (no reference, `*`, unknown service). */
  readonly actionsOf: (pattern: string) => readonly ActionFacts[] | undefined
}

export type StatementCheck = (statement: Statement, desk: Desk) => void
export type DocumentCheck = (desk: Desk) => void
