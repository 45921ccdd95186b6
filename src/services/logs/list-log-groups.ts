import type {
  ListLogGroupsCommandInput,
  ListLogGroupsCommandOutput,
  LogGroupClass,
} from '@aws-sdk/client-cloudwatch-logs'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { linearRegex } from './linear-regex.ts'
import { groupArn, type LogGroup } from './log-group.ts'
import { page } from './page.ts'

/** What would find groups by things that are not built, or in other accounts. */
const notBuilt = ['includeLinkedAccounts', 'accountIdentifiers', 'dataSources', 'fieldIndexNames'] as const

/** Groups by a regular expression of their names. */
export const listLogGroups = operation<ListLogGroupsCommandInput, ListLogGroupsCommandOutput>('logs', 'ListLogGroups', {
  needs: () => [need('logs:ListLogGroups', '*')],
  perform: (input, { call, world: { store } }) => {
    for (const name of notBuilt) {
      const value = input[name]
      if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
      throw new AwsError('NotImplemented', `The parameter ${name} of ListLogGroups is not built.`, 501)
    }
    const { logGroupNamePattern = '', logGroupClass, logGroupTags = [] } = input
    const pattern = linearRegex(logGroupNamePattern)
    if (!pattern) throw invalidParameter('The specified logGroupNamePattern is invalid.') // inferred: sentence
    const { account, region } = call
    const groups = store
      .list<LogGroup>('logs/group', { prefix: `${account}/${region}/` })
      .map(({ value }) => value)
      .filter(
        ({ name, logGroupClass: own, tags }) =>
          pattern.test(name) &&
          (logGroupClass === undefined || own === logGroupClass) &&
          logGroupTags.every(({ key, values = [] }) => {
            const value = tags[key]
            return value !== undefined && (values.length === 0 || values.includes(value))
          }),
      )
    const { items, nextToken } = page(groups, ({ name }) => name, input)
    return {
      logGroups: items.map(({ name, logGroupClass: own }) => ({
        logGroupName: name,
        logGroupArn: groupArn({ account, region, name }),
        logGroupClass: own as LogGroupClass,
      })),
      ...(nextToken !== undefined && { nextToken }),
    }
  },
})
