import type { World } from '../../world.ts'
import { longTime } from './alarm-text.ts'
import { recordHistory } from './alarm-history.ts'
import { alarmArn, type Alarm } from './alarm.ts'

/** What an action is told of the alarm. */
export interface Fired {
  alarm: Alarm
  /** StateReasonData of the evaluation that it comes from. */
  data: string | undefined
}

/** The policy that an action's ARN names is one of Application Auto Scaling (or of EC2 Auto Scaling, which is not built). */
const scalingPolicy = /^arn:[^:]+:autoscaling:[^:]+:\d{12}:scalingPolicy:[^:]+:resource\//

/** Actions that go on once a minute as long as the alarm stays in its state (User Guide, "Alarm actions"). */
export function isRepeated(action: string): boolean {
  return scalingPolicy.test(action)
}

/** Runs the actions of the state that an alarm is in, and records how each ended. Never rejects. */
export async function runActions(world: World, fired: Fired, { repeated = false } = {}): Promise<void> {
  const { alarm } = fired
  if (!alarm.actionsEnabled) return
  const actions = alarm.actions[alarm.state.value].filter((action) => !repeated || isRepeated(action))
  for (const action of actions) {
    const error = await runAction(world, action, fired)
    if (!repeated) recordAction(world, fired, action, error)
  }
}

/** Undefined when it was done, else what was wrong. */
async function runAction(world: World, action: string, { alarm, data }: Fired): Promise<string | undefined> {
  if (!scalingPolicy.test(action)) return `Sallyport does not build the service of ${action}`
  try {
    const { executePolicy } = await import('../application-autoscaling/execute-policy.ts')
    const watched = alarm.type === 'MetricAlarm' ? alarm.watched : undefined
    return await executePolicy(world, {
      policyArn: action,
      alarm: alarm.name,
      state: alarm.state.value,
      ...metricOf(data, watched?.Threshold),
    })
  } catch (error) {
    world.log.error({ err: error, action }, 'an alarm action failed')
    return (error as Error).message
  }
}

/** The newest datapoint and how far it is from the threshold, as far as the evaluation tells. */
function metricOf(data: string | undefined, threshold: number | undefined): { value?: number; threshold?: number } {
  try {
    const told = JSON.parse(data ?? '{}') as { recentDatapoints?: unknown[]; threshold?: unknown }
    const value = told.recentDatapoints?.at(-1)
    const limit = threshold ?? told.threshold
    return {
      ...(typeof value === 'number' && { value }),
      ...(typeof limit === 'number' && { threshold: limit }),
    }
  } catch {
    // SetAlarmState takes any text.
    return threshold === undefined ? {} : { threshold }
  }
}

function recordAction(world: World, { alarm }: Fired, action: string, error: string | undefined): void {
  const data = {
    actionState: error === undefined ? 'Succeeded' : 'Failed',
    stateUpdateTimestamp: Math.round(alarm.state.updatedAt * 1000),
    notificationResource: action,
    publishedMessage: messageOf(alarm),
    error: error ?? null,
  }
  const word = error === undefined ? 'Successfully executed' : 'Failed to execute'
  const received = error === undefined ? '' : `. Received error: ${JSON.stringify(error)}`
  recordHistory(world, alarm, {
    time: world.now(),
    type: 'Action',
    summary: `${word} action ${action}${received}`.slice(0, 255),
    data: JSON.stringify(data),
  })
}

/** What a notification would say (User Guide, "Notification schema"). */
function messageOf(alarm: Alarm): string {
  return JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: alarm.account,
    NewStateValue: alarm.state.value,
    NewStateReason: alarm.state.reason,
    StateChangeTime: longTime(alarm.state.updatedAt),
    Region: alarm.region,
    AlarmArn: alarmArn(alarm, alarm.name),
  })
}
