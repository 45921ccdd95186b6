import type { CreateLogGroupCommandInput, CreateLogGroupCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { groupExists, invalidParameter } from './errors.ts'
import { groupId, groupKey, logsNeed, requestTagKeys, tagNeed, type LogGroup } from './log-group.ts'
import { checkKey } from './sealed.ts'

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
      const id = groupId(input, call)
      const key = groupKey(id)
      const make = () =>
        world.store.transaction(() => {
          if (world.store.get('logs/group', key)) throw groupExists()
          world.store.put<LogGroup>('logs/group', key, {
            name: input.logGroupName,
            creationTime: call.time,
            logGroupClass: input.logGroupClass ?? 'STANDARD',
            deletionProtectionEnabled: input.deletionProtectionEnabled ?? false,
            ...(input.kmsKeyId !== undefined && { kmsKeyId: input.kmsKeyId }),
            tags: { ...input.tags },
          })
          return {}
        })
      if (input.kmsKeyId === undefined) return make()
      if (world.store.get('logs/group', key)) throw groupExists()
      return checkKey(world, id, input.kmsKeyId).then(make)
    },
  },
)
