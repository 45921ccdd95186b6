import { AwsError } from '../../wire/aws-error.ts'
import type { Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { GroupId } from './log-group.ts'
import type { Line } from './insights/run.ts'

/** Document `logs/query`, keyed `account/region/id`. */
export interface Query {
  id: string
  queryString: string
  /** Groups as `account/region/name` parts. */
  groups: GroupId[]
  /** Epoch milliseconds, both inclusive. */
  start: number
  end: number
  limit: number
  createTime: number
  status: 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled' | 'Timeout'
  statistics: Statistics
  /** Milliseconds that it ran. */
  duration?: number
}

export interface Statistics {
  recordsMatched: number
  recordsScanned: number
  bytesScanned: number
  logGroupsScanned: number
}

/** Document `logs/query-results`, keyed as its query. */
export interface QueryResults {
  lines: Line[]
}

export const noStatistics = { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0, logGroupsScanned: 0 }

/** Results are kept for seven days (API Reference, GetQueryResults). */
const KEPT_MS = 7 * 24 * 3_600_000

/** Queries forgotten at once. */
const AT_ONCE = 100

export function queryKey({ account, region }: Pick<Call, 'account' | 'region'>, id: string): string {
  return `${account}/${region}/${id}`
}

export function findQuery(store: Store, call: Call, id: string): Query {
  const query = store.get<Query>('logs/query', queryKey(call, id))
  // inferred: the sentence.
  if (!query) throw new AwsError('ResourceNotFoundException', `Query with id ${id} does not exist.`)
  return query
}

/** Deletes queries whose time is over, with their results. */
export function forgetQueries(store: Store, now: number): void {
  const old = store.list<Query>('logs/query').filter(({ value }) => value.createTime < now - KEPT_MS)
  if (old.length === 0) return
  store.transaction(() => {
    for (const { key } of old.slice(0, AT_ONCE)) {
      store.delete('logs/query', key)
      store.delete('logs/query-results', key)
    }
  })
}
