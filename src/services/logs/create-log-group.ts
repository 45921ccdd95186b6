import type { CreateLogGroupCommandInput, CreateLogGroupCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { groupExists, invalidParameter } from './errors.ts'
import { groupId, groupKey, logsNeed, requestTagKeys, tagNeed, type LogGroup } from './log-group.ts'

/** Tags at creation ask `logs:TagResource` too (API Reference, CreateLogGroup `tags`). */
export const createLogGroup = operation<CreateLogGroupCommandInput, CreateLogGroupCommandOutput>(
  'logs',
  'CreateLogGroup',
  {
    needs: (input, call) => {
      const id = groupId(input, call)
      const context = requestTagKeys(input.tags)
      const tagged = Object.keys(context).length > 0
      return [
        logsNeed('CreateLogGroup', id, call, { context }),
        ...(tagged ? [tagNeed('TagResource', id, call, context)] : []),
      ]
    },
    perform: (input, { call, world }) => {
      if (input.logGroupName.toLowerCase().startsWith('aws/')) {
        throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.')
      }
      if (input.kmsKeyId !== undefined) {
        throw new AwsError('NotImplemented', 'Log groups that are encrypted with a KMS key are not built.', 501)
      }
      const key = groupKey(groupId(input, call))
      return world.store.transaction(() => {
        if (world.store.get('logs/group', key)) throw groupExists()
        world.store.put<LogGroup>('logs/group', key, {
          name: input.logGroupName,
          creationTime: call.time,
          logGroupClass: input.logGroupClass ?? 'STANDARD',
          deletionProtectionEnabled: input.deletionProtectionEnabled ?? false,
          tags: { ...input.tags },
        })
        return {}
      })
    },
  },
)
