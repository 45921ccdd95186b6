import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  LogGroupClass,
} from '@aws-sdk/client-cloudwatch-logs'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { groupArn, groupIdOfArn, type LogGroup } from './log-group.ts'
import { metricFiltersOf } from './metric-filter.ts'
import { page } from './page.ts'
import { storedBytes } from './stored-bytes.ts'

/** Groups in order of their names. Asked of `log-group:PREFIX:log-stream:`, the prefix empty where none is given (facts: errors.md A2.2). */
export const describeLogGroups = operation<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput>(
  'logs',
  'DescribeLogGroups',
  {
    needs: (input, call) => {
      const id = { account: call.account, region: call.region, name: input.logGroupNamePrefix ?? '' }
      return [need('logs:DescribeLogGroups', `${groupArn(id)}:log-stream:`)]
    },
    perform: (input, { call, world: { store } }) => {
      const { logGroupNamePrefix = '', logGroupNamePattern = '', logGroupClass, logGroupIdentifiers } = input
      if (logGroupNamePrefix !== '' && logGroupNamePattern !== '') {
        throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
      }
      const { account, region } = call
      const named = logGroupIdentifiers?.map((identifier) => groupIdOfArn(identifier)?.name ?? identifier)
      const groups = store
        .list<LogGroup>('logs/group', { prefix: `${account}/${region}/` })
        .map(({ value }) => value)
        .filter(
          (group) =>
            group.name.startsWith(logGroupNamePrefix) &&
            group.name.toLowerCase().includes(logGroupNamePattern.toLowerCase()) &&
            (logGroupClass === undefined || group.logGroupClass === logGroupClass) &&
            (named === undefined || named.includes(group.name)),
        )
      const { items, nextToken } = page(groups, ({ name }) => name, input)
      return {
        logGroups: items.map((group) => {
          const id = { account, region, name: group.name }
          return {
            logGroupName: group.name,
            creationTime: group.creationTime,
            ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
            metricFilterCount: metricFiltersOf(store, id).length,
            arn: `${groupArn(id)}:*`,
            logGroupArn: groupArn(id),
            storedBytes: storedBytes(store, id),
            ...(group.kmsKeyId !== undefined && { kmsKeyId: group.kmsKeyId }),
            logGroupClass: group.logGroupClass as LogGroupClass,
            deletionProtectionEnabled: group.deletionProtectionEnabled,
          }
        }),
        ...(nextToken !== undefined && { nextToken }),
      }
    },
  },
)
