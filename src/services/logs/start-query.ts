import { randomUUID } from 'node:crypto'
import type { StartQueryCommandInput, StartQueryCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { readQuery } from './insights/query.ts'
import { findGroup, groupId, logsNeed, type GroupId } from './log-group.ts'
import { noStatistics, queryKey, type Query } from './query.ts'
import { countRunning, runQuery } from './running-queries.ts'

/** Quotas of CloudWatch Logs: queries at once, groups in one; rows that come back by default and at most. */
const limits = { running: 100, groups: 50, rows: 10_000 }

/** Begins a query of Logs Insights; GetQueryResults tells how it goes. */
export const startQuery = operation<StartQueryCommandInput, StartQueryCommandOutput>('logs', 'StartQuery', {
  needs: (input, call) => groupsOf(input, call).map((group) => logsNeed('StartQuery', group, call)),
  perform: (input, { call, world }) => {
    if (input.queryLanguage !== undefined && input.queryLanguage !== 'CWLI') {
      throw new AwsError('NotImplemented', `Queries in ${input.queryLanguage} are not built.`, 501)
    }
    const groups = groupsOf(input, call)
    for (const group of groups) findGroup(world.store, group)
    if (input.startTime > input.endTime) {
      throw invalidParameter('End time should be greater than or equal to start time.') // inferred: sentence
    }
    readQuery(input.queryString)
    if (countRunning(world) >= limits.running) throw new AwsError('LimitExceededException', 'Resource limit exceeded.')
    const query: Query = {
      id: randomUUID(),
      queryString: input.queryString,
      groups,
      start: milliseconds(input.startTime),
      end: milliseconds(input.endTime) + (isSeconds(input.endTime) ? 999 : 0),
      limit: input.limit ?? limits.rows,
      createTime: call.time,
      status: 'Scheduled',
      statistics: noStatistics,
    }
    const key = queryKey(call, query.id)
    world.store.put<Query>('logs/query', key, query)
    runQuery(world, key)
    return { queryId: query.id }
  },
})

/** Seconds in the API Reference; AWS takes milliseconds as well. */
const isSeconds = (time: number): boolean => time < 1e11

const milliseconds = (time: number): number => (isSeconds(time) ? time * 1000 : time)

function groupsOf(
  { logGroupName, logGroupNames, logGroupIdentifiers }: Shape<StartQueryCommandInput>,
  call: Call,
): GroupId[] {
  const given = [logGroupName && [logGroupName], logGroupNames, logGroupIdentifiers].filter((list) => list?.length)
  if (given.length !== 1) {
    // inferred: sentence
    throw invalidParameter('Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.')
  }
  const names = [...new Set(given[0] as string[])]
  if (names.length > limits.groups) throw invalidParameter(`A query can have at most ${limits.groups} log groups.`) // inferred
  return names.map((name) => groupId({ logGroupIdentifier: name }, call))
}
