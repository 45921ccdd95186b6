import type {
  PutScheduledActionCommandInput,
  PutScheduledActionCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { uuid } from './activity.ts'
import { invalid, limitExceeded } from './errors.ts'
import { isTimezone, parseSchedule } from './schedule.ts'
import { nextOf, SCHEDULED, scheduledArn, scheduledKey, type ScheduledAction } from './scheduled-action.ts'
import { checkResource, requireTarget, targetId, targetKey, targetNeed } from './target.ts'

/** Quota: scheduled actions of one target. */
const ACTIONS_MAX = 200

/** Creates a scheduled action, or changes what is given of one that is there; start and end are deleted when they are not given. */
export const putScheduledAction = operation<PutScheduledActionCommandInput, PutScheduledActionCommandOutput>(
  'application-autoscaling',
  'PutScheduledAction',
  {
    needs: (input, call) => [targetNeed('PutScheduledAction', input, call)],
    perform: (input, { call, world }) => {
      checkResource(input)
      const { store } = world
      const target = requireTarget(store, targetId(call, input))
      const { account, region, serviceNamespace, resourceId, dimension } = target
      const name = input.ScheduledActionName
      const key = scheduledKey(target, name)
      const before = store.get<ScheduledAction>(SCHEDULED, key)
      if (!before && store.count(SCHEDULED, `${targetKey(target)}/`) >= ACTIONS_MAX) {
        throw limitExceeded(`No more than ${ACTIONS_MAX} scheduled actions are allowed.`) // inferred: sentence
      }
      const known = (before && keptOf(before)) ?? {
        account,
        region,
        serviceNamespace,
        resourceId,
        dimension,
        name,
        arn: scheduledArn(target, uuid(world), name),
        createdAt: call.time / 1000,
      }
      const action = checked({ ...known, ...given(input) })
      const nextAt = nextOf(action, call.time)
      store.put<ScheduledAction>(SCHEDULED, key, { ...action, ...(nextAt !== undefined && { nextAt }) })
      return {}
    },
  },
)

/** What stays of an action that is changed. API Reference: start and end times that are not given are deleted. */
function keptOf({ nextAt: _, startsAt: __, endsAt: ___, ...kept }: ScheduledAction) {
  return kept
}

function given(input: Shape<PutScheduledActionCommandInput>): Partial<ScheduledAction> {
  const { Schedule, Timezone, StartTime, EndTime, ScalableTargetAction: action } = input
  return {
    ...(Schedule !== undefined && { schedule: Schedule }),
    ...(Timezone !== undefined && { timezone: Timezone }),
    ...(StartTime !== undefined && { startsAt: StartTime }),
    ...(EndTime !== undefined && { endsAt: EndTime }),
    ...(action?.MinCapacity !== undefined && { minCapacity: action.MinCapacity }),
    ...(action?.MaxCapacity !== undefined && { maxCapacity: action.MaxCapacity }),
  }
}

type Draft = Omit<ScheduledAction, 'schedule'> & { schedule?: string }

/** inferred: sentences. */
function checked(draft: Draft): ScheduledAction {
  const { schedule, timezone, startsAt, endsAt, minCapacity, maxCapacity } = draft
  if (schedule === undefined) throw invalid('Schedule must be specified for a new scheduled action.')
  if (!parseSchedule(schedule)) throw invalid(`The schedule expression ${schedule} is not valid.`)
  if (timezone !== undefined && !isTimezone(timezone)) throw invalid(`The time zone ${timezone} is not valid.`)
  if (startsAt !== undefined && endsAt !== undefined && startsAt >= endsAt) {
    throw invalid('The start time must be before the end time.')
  }
  if (minCapacity === undefined && maxCapacity === undefined) {
    throw invalid('At least one of the minimum and the maximum capacity must be specified.')
  }
  if ((minCapacity ?? 0) < 0 || (maxCapacity ?? 0) < 0)
    throw invalid('Minimum and maximum capacity must be greater than or equal to 0')
  if (minCapacity !== undefined && maxCapacity !== undefined && minCapacity > maxCapacity) {
    throw invalid('Maximum capacity cannot be less than minimum capacity')
  }
  return { ...draft, schedule }
}
