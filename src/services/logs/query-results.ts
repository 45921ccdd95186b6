import type {
  DescribeQueriesCommandInput,
  DescribeQueriesCommandOutput,
  GetQueryResultsCommandInput,
  GetQueryResultsCommandOutput,
  QueryStatus,
  StopQueryCommandInput,
  StopQueryCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { need } from '../../door/call.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { invalidParameter, invalidToken } from './errors.ts'
import { page } from './page.ts'
import { findQuery, queryKey, type Query, type QueryResults } from './query.ts'
import { cancelQuery, isRunning } from './running-queries.ts'

/** Results of a query; asked of `*`, as a query is no resource of IAM's. */
export const getQueryResults = operation<GetQueryResultsCommandInput, GetQueryResultsCommandOutput>(
  'logs',
  'GetQueryResults',
  {
    needs: () => [need('logs:GetQueryResults', '*')],
    perform: ({ queryId, nextToken, maxItems }, { call, world }) => {
      const query = findQuery(world.store, call, queryId)
      const key = queryKey(call, queryId)
      const { lines } = world.store.get<QueryResults>('logs/query-results', key) ?? { lines: [] }
      const from = nextToken === undefined ? 0 : Number(/^(\d{1,6})$/.exec(nextToken)?.[1] ?? Number.NaN)
      if (Number.isNaN(from)) throw invalidToken()
      const until = Math.min(lines.length, from + (maxItems ?? lines.length))
      return {
        queryLanguage: 'CWLI',
        results: lines.slice(from, until),
        statistics: {
          ...query.statistics,
          estimatedRecordsSkipped: 0,
          estimatedBytesSkipped: 0,
        },
        status: statusOf(world, key, query),
        ...(until < lines.length && { nextToken: String(until) }),
      }
    },
  },
)

/** A query that the end of a server cut off has failed. */
function statusOf(world: World, key: string, { status }: Query): QueryStatus {
  const open = status === 'Scheduled' || status === 'Running'
  return open && !isRunning(world, key) ? 'Failed' : status
}

export const stopQuery = operation<StopQueryCommandInput, StopQueryCommandOutput>('logs', 'StopQuery', {
  needs: () => [need('logs:StopQuery', '*')],
  perform: ({ queryId }, { call, world }) => {
    const query = findQuery(world.store, call, queryId)
    const key = queryKey(call, queryId)
    const status = statusOf(world, key, query)
    if (status !== 'Scheduled' && status !== 'Running') {
      throw invalidParameter(`Query with id ${queryId} is not running.`) // inferred: sentence
    }
    cancelQuery(world, key)
    world.store.put<Query>('logs/query', key, { ...query, status: 'Cancelled' })
    return { success: true }
  },
})

/** Queries of the last days, newest first. */
export const describeQueries = operation<DescribeQueriesCommandInput, DescribeQueriesCommandOutput>(
  'logs',
  'DescribeQueries',
  {
    needs: () => [need('logs:DescribeQueries', '*')],
    perform: ({ logGroupName, status, maxResults = 50, nextToken, queryLanguage = 'CWLI' }, { call, world }) => {
      const found = world.store
        .list<Query>('logs/query', { prefix: `${call.account}/${call.region}/` })
        .map(({ key, value }) => ({ query: value, status: statusOf(world, key, value) }))
        .filter(
          (entry) =>
            queryLanguage === 'CWLI' &&
            (status === undefined || entry.status === status) &&
            (logGroupName === undefined || entry.query.groups.some(({ name }) => name === logGroupName)),
        )
      const listed = page(found, ({ query }) => `${String(query.createTime).padStart(16, '0')}${query.id}`, {
        limit: maxResults,
        descending: true,
        ...(nextToken !== undefined && { nextToken }),
      })
      return {
        queries: listed.items.map(({ query, status: now }) => ({
          queryLanguage: 'CWLI' as const,
          queryId: query.id,
          queryString: query.queryString,
          status: now,
          createTime: query.createTime,
          logGroupName: query.groups[0]!.name,
          bytesScanned: query.statistics.bytesScanned,
          ...(query.duration !== undefined && { queryDuration: query.duration }),
        })),
        ...(listed.nextToken !== undefined && { nextToken: listed.nextToken }),
      }
    },
  },
)
