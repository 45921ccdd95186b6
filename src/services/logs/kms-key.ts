import type {
  AssociateKmsKeyCommandInput,
  AssociateKmsKeyCommandOutput,
  DisassociateKmsKeyCommandInput,
  DisassociateKmsKeyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { findGroup, groupId, groupIdOfArn, groupKey, logsNeed, type GroupId, type LogGroup } from './log-group.ts'
import { checkKey } from './sealed.ts'

interface Target {
  logGroupName?: string
  resourceIdentifier?: string
}

/** A group, by name or as the resource; query results are a resource of their own. */
function targetOf({ logGroupName, resourceIdentifier }: Target, call: Call): GroupId {
  if ((logGroupName === undefined) === (resourceIdentifier === undefined)) {
    // inferred: sentence
    throw invalidParameter('Exactly one of logGroupName and resourceIdentifier must be specified.')
  }
  if (logGroupName !== undefined) return groupId({ logGroupName }, call)
  const id = groupIdOfArn(resourceIdentifier!)
  if (!id) {
    throw new AwsError('NotImplemented', 'KMS keys of anything but log groups (resourceIdentifier) are not built.', 501)
  }
  return id
}

/** What is written from now on lies under the key; what is there already stays as it is. */
export const associateKmsKey = operation<AssociateKmsKeyCommandInput, AssociateKmsKeyCommandOutput>(
  'logs',
  'AssociateKmsKey',
  {
    needs: (input, call) => [logsNeed('AssociateKmsKey', targetOf(input, call), call)],
    async perform(input, { call, world }) {
      const id = targetOf(input, call)
      findGroup(world.store, id)
      await checkKey(world, id, input.kmsKeyId)
      return world.store.transaction(() => {
        world.store.put<LogGroup>('logs/group', groupKey(id), {
          ...findGroup(world.store, id),
          kmsKeyId: input.kmsKeyId,
        })
        return {}
      })
    },
  },
)

export const disassociateKmsKey = operation<DisassociateKmsKeyCommandInput, DisassociateKmsKeyCommandOutput>(
  'logs',
  'DisassociateKmsKey',
  {
    needs: (input, call) => [logsNeed('DisassociateKmsKey', targetOf(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const id = targetOf(input, call)
      return store.transaction(() => {
        const { kmsKeyId: _, ...group } = findGroup(store, id)
        store.put<LogGroup>('logs/group', groupKey(id), group)
        return {}
      })
    },
  },
)
