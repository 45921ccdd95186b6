import type {
  DeleteScheduledActionCommandInput,
  DeleteScheduledActionCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { operation } from '../operation.ts'
import { named, notFound } from './errors.ts'
import { SCHEDULED, scheduledKey } from './scheduled-action.ts'
import { checkResource, targetId, targetNeed } from './target.ts'

export const deleteScheduledAction = operation<DeleteScheduledActionCommandInput, DeleteScheduledActionCommandOutput>(
  'application-autoscaling',
  'DeleteScheduledAction',
  {
    needs: (input, call) => [targetNeed('DeleteScheduledAction', input, call)],
    perform: (input, { call, world: { store } }) => {
      checkResource(input)
      const id = targetId(call, input)
      const name = input.ScheduledActionName
      if (!store.delete(SCHEDULED, scheduledKey(id, name))) {
        throw notFound(`No scheduled action found for ${named(id)}, scheduled action name: ${name}`)
      }
      return {}
    },
  },
)
