import type { World } from '../../world.ts'
import { ACTIVITY, newActivity, saveActivity, type Activity } from './activity.ts'
import { decideStep, decideTracking, type Decision, type Situation } from './decide.ts'
import { POLICY, policyKey, type Policy } from './policy.ts'
import { readCapacity } from './resource.ts'
import { inTurn, reasonOf, setCapacity } from './scale.ts'
import { findTarget, namespacePrefix, targetArn, type Target } from './target.ts'

/** What an alarm tells the policy that it invokes. */
export interface Invocation {
  /** As the alarm's action names it. */
  policyArn: string
  /** Name of the alarm, and the state that it is in. */
  alarm: string
  state: string
  /** The newest datapoint, and the alarm's threshold, as far as they are known. */
  value?: number
  threshold?: number
}

/** Lets a scaling policy act on an alarm. Undefined when it was invoked, else what was wrong with the invocation. */
export async function executePolicy(world: World, invocation: Invocation): Promise<string | undefined> {
  const policy = findPolicy(world, invocation.policyArn)
  const target = policy && findTarget(world.store, policy)
  if (!policy || !target) return `No scaling policy found for ${invocation.policyArn}` // inferred: sentence
  await inTurn(world, target, () => execute(world, policyKey(policy, policy.name), invocation))
  return undefined
}

function findPolicy(world: World, action: string): Policy | undefined {
  const [, region, account, namespace] =
    /^arn:[^:]+:autoscaling:([^:]+):(\d{12}):scalingPolicy:[^:]+:resource\/([^/]+)\//.exec(action) ?? []
  if (!region || !account || !namespace) return undefined
  const arn = action.replace(/:createdBy\/[^:]+$/, '')
  const rows = world.store.list<Policy>(POLICY, { prefix: namespacePrefix({ account, region }, namespace) })
  return rows.find(({ value }) => value.arn === arn)?.value
}

async function execute(world: World, key: string, invocation: Invocation): Promise<void> {
  const { store } = world
  const policy = store.get<Policy>(POLICY, key)
  const target = policy && findTarget(store, policy)
  // Both may have been deleted while others had their turn.
  if (!policy || !target) return
  const cause = `monitor alarm ${invocation.alarm} in state ${invocation.state} triggered policy ${policy.name}`
  let capacity: number
  try {
    capacity = (await readCapacity(world, target, targetArn(target, target.id))).desired
  } catch (error) {
    notScaled(world, target, cause, `Failed to scale. Reason: ${reasonOf(error)}`) // inferred: sentence
    return
  }
  const { minCapacity, maxCapacity } = target
  const { value, threshold } = invocation
  const situation: Situation = {
    now: world.now() / 1000,
    capacity,
    minCapacity,
    maxCapacity,
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    ...(policy.last && { last: policy.last }),
  }
  const decision = decide(policy, invocation, situation)
  if (decision) await carryOut(world, { target, policy, key, cause, decision, capacity })
}

function decide(policy: Policy, { alarm }: Invocation, situation: Situation): Decision | undefined {
  if (policy.step) return decideStep(policy.step, situation)
  return decideTracking(policy.tracking!, alarm.includes('-AlarmLow-') ? 'low' : 'high', situation)
}

interface Plan {
  target: Target
  policy: Policy
  key: string
  cause: string
  decision: Decision
  capacity: number
}

async function carryOut(world: World, { target, policy, key, cause, decision, capacity }: Plan): Promise<void> {
  if (decision.kind === 'not') {
    const limit =
      decision.code === 'AlreadyAtMaxCapacity'
        ? { MaxCapacity: decision.limit }
        : decision.code === 'AlreadyAtMinCapacity'
          ? { MinCapacity: decision.limit }
          : { CurrentCapacity: capacity }
    notScaled(world, target, cause, 'The policy was invoked and nothing was to be done.', [
      { Code: decision.code, ...(limit as { MaxCapacity: number }) },
    ])
    return
  }
  const { DynamicScalingInSuspended, DynamicScalingOutSuspended } = target.suspended
  if (decision.direction === 'out' ? DynamicScalingOutSuspended : DynamicScalingInSuspended) return
  if (!(await setCapacity(world, target, decision.capacity, cause))) return
  const { direction, before } = decision
  const now = store(world).get<Policy>(POLICY, key)
  if (now?.arn !== policy.arn) return
  store(world).put<Policy>(POLICY, key, { ...now, last: { direction, at: world.now() / 1000, before } })
}

const store = (world: World) => world.store

/** Kept once as long as it stays the same: an alarm invokes its policy every minute. */
function notScaled(
  world: World,
  target: Target,
  cause: string,
  message: string,
  reasons?: NonNullable<Activity['notScaled']>,
): void {
  const rows = world.store.list<Activity>(ACTIVITY, {
    prefix: namespacePrefix(target, target.serviceNamespace),
    limit: 200,
  })
  const before = rows.find(
    ({ value }) => value.resourceId === target.resourceId && value.dimension === target.dimension,
  )?.value
  const same = (one: string) => one.replace(/Request ID: [^)]*/, '')
  if (
    before?.cause === cause &&
    same(before.message) === same(message) &&
    JSON.stringify(before.notScaled) === JSON.stringify(reasons)
  )
    return
  saveActivity(
    world,
    newActivity(world, target, {
      description: 'Attempting to scale due to alarm triggered',
      cause,
      status: 'Failed',
      message,
      ...(reasons && { notScaled: reasons }),
    }),
  )
}
