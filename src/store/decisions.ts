import type { DecisionTrace } from '../door/trace.ts'

/** The record of every decision, kept under its request id, bounded by count and age. */
export interface Decisions {
  append(trace: DecisionTrace): void
  get(requestId: string): DecisionTrace | undefined
  /** Newest first. */
  recent(limit: number): DecisionTrace[]
  /** Writes what is still in memory. Called at once after a change, else within a second. */
  flush(): void
  /** Flushes and stops. */
  close(): void
}
