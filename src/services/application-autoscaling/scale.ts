import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { ACTIVITY, ACTIVITY_SECONDS, newActivity, saveActivity, type Activity } from './activity.ts'
import { nounOf, readCapacity, writeCapacity } from './resource.ts'
import { findTarget, targetArn, targetKey, type Target } from './target.ts'

/** Sets a resource's capacity and keeps what became of it, in the sentences that AWS's activities print. */
export async function setCapacity(world: World, target: Target, capacity: number, cause: string): Promise<boolean> {
  const set = `desired ${nounOf(target)} to ${capacity}`
  const begun = newActivity(world, target, { description: `Setting ${set}.`, cause, status: 'Pending', message: '' })
  try {
    await writeCapacity(world, target, capacity, targetArn(target, target.id))
    const message = `Successfully set ${set}. Waiting for change to be fulfilled by sagemaker.`
    saveActivity(world, { ...begun, activity: { ...begun.activity, status: 'InProgress', message, capacity } })
    return true
  } catch (error) {
    const message = `Failed to set ${set}. Reason: ${reasonOf(error)}`
    saveActivity(world, { ...begun, activity: { ...begun.activity, status: 'Failed', message } })
    return false
  }
}

/** As AWS's SDK prints an error of the service behind. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof AwsError)) throw error
  const id = error.requestId === undefined ? '' : `; Request ID: ${error.requestId}`
  return `${error.message} (Service: AmazonSageMaker; Status Code: ${error.status}; Error Code: ${error.code}${id})`
}

/** A change of the limits asks for more or less than there is: so it is made. */
export async function fitToLimits(world: World, target: Target): Promise<void> {
  try {
    const { desired } = await readCapacity(world, target, targetArn(target, target.id))
    if (desired < target.minCapacity) {
      await setCapacity(world, target, target.minCapacity, `minimum capacity was set to ${target.minCapacity}`)
    } else if (desired > target.maxCapacity) {
      await setCapacity(world, target, target.maxCapacity, `maximum capacity was set to ${target.maxCapacity}`)
    }
  } catch (error) {
    const begun = newActivity(world, target, {
      description: `Setting desired ${nounOf(target)} within ${target.minCapacity} and ${target.maxCapacity}.`, // inferred
      cause: `minimum capacity was set to ${target.minCapacity}`,
      status: 'Failed',
      message: `Failed to read ${nounOf(target)}. Reason: ${reasonOf(error)}`,
    })
    saveActivity(world, begun)
  }
}

/** Activities whose change SageMaker has made are done; old ones go. */
export async function followActivities(world: World): Promise<void> {
  const { store } = world
  const now = world.now() / 1000
  for (const { key, value: activity } of store.list<Activity>(ACTIVITY)) {
    if (now - activity.startedAt > ACTIVITY_SECONDS) store.delete(ACTIVITY, key)
    else if (activity.status === 'InProgress') await follow(world, key, activity)
  }
}

async function follow(world: World, key: string, activity: Activity): Promise<void> {
  const target = findTarget(world.store, activity)
  const set = `desired ${nounOf(activity)} to ${activity.capacity}`
  const end = (status: Activity['status'], message: string) =>
    saveActivity(world, { key, activity: { ...activity, status, message } })
  if (!target) return end('Overridden', `Successfully set ${set}. The scalable target was deregistered.`) // inferred
  try {
    const { desired, current } = await readCapacity(world, target, targetArn(target, target.id))
    if (current === activity.capacity)
      end('Successful', `Successfully set ${set}. Change successfully fulfilled by sagemaker.`)
    else if (desired !== activity.capacity) end('Overridden', `Successfully set ${set}. Another change took its place.`) // inferred
  } catch (error) {
    end('Failed', `Failed to set ${set}. Reason: ${reasonOf(error)}`)
  }
}

const turns = new WeakMap<World, Map<string, Promise<unknown>>>()

/** One change of a target at a time: what decides has seen what was changed before. */
export function inTurn<T>(world: World, target: Target, work: () => Promise<T>): Promise<T> {
  let queues = turns.get(world)
  if (!queues) turns.set(world, (queues = new Map()))
  const key = targetKey(target)
  const turn = (queues.get(key) ?? Promise.resolve()).then(work, work)
  const settled = turn.catch(() => {})
  queues.set(key, settled)
  void settled.then(() => queues.get(key) === settled && queues.delete(key))
  return turn
}
