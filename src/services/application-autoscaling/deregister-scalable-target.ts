import type {
  DeregisterScalableTargetCommandInput,
  DeregisterScalableTargetCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { operation } from '../operation.ts'
import { named, notFound } from './errors.ts'
import { policiesOf, POLICY, policyKey } from './policy.ts'
import { inTurn } from './scale.ts'
import { SCHEDULED, type ScheduledAction } from './scheduled-action.ts'
import { checkResource, findTarget, TARGET, targetId, targetKey, targetNeed } from './target.ts'
import { deleteAlarms } from './tracking-alarms.ts'

/** Its policies, with the alarms that they own, and its scheduled actions go with it. */
export const deregisterScalableTarget = operation<
  DeregisterScalableTargetCommandInput,
  DeregisterScalableTargetCommandOutput
>('application-autoscaling', 'DeregisterScalableTarget', {
  needs: (input, call) => [targetNeed('DeregisterScalableTarget', input, call)],
  perform: async (input, { call, world }) => {
    checkResource(input)
    const { store } = world
    const id = targetId(call, input)
    const target = findTarget(store, id)
    if (!target) throw notFound(`No scalable target found for ${named(id)}`)
    await inTurn(world, target, async () => {
      for (const policy of policiesOf(store, id)) await deleteAlarms(world, policy, policy.alarms)
      store.transaction(() => {
        for (const { name } of policiesOf(store, id)) store.delete(POLICY, policyKey(id, name))
        for (const { key } of store.list<ScheduledAction>(SCHEDULED, { prefix: `${targetKey(id)}/` })) {
          store.delete(SCHEDULED, key)
        }
        store.delete(TARGET, targetKey(id))
      })
    })
    return {}
  },
})
