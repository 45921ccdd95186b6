import type { Row } from './row.ts'
import type { Value } from './value.ts'

/** What an expression may look at. */
export interface RowContext {
  row: Row
  /** Epoch milliseconds of the query's start. */
  now: number
  /** In `stats`: what the aggregates of this group have come to, by their place in the query. */
  aggregated?: ReadonlyMap<number, Value>
}
