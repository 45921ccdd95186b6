import type { InstanceState, InstanceStateName } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { InstanceDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { instances } from '../nouns.ts'

const codes: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

export const stateOf = (Name: InstanceStateName): Shape<InstanceState> => ({ Code: codes[Name], Name })

/** Seconds for which a terminated instance can be seen (EC2 User Guide, "Terminate your instance": about an hour). */
const TERMINATED_IS_SEEN = 3600

/** True while EC2 knows the instance. */
export function isKnown(estate: Estate, { TerminatedAt }: InstanceDocument): boolean {
  return TerminatedAt === undefined || estate.now - TerminatedAt < TERMINATED_IS_SEEN
}

export function requireInstance(estate: Estate, id: string): InstanceDocument {
  const instance = estate.get(instances, id)
  if (!isKnown(estate, instance)) throw instances.notFound(id)
  return instance
}

/** All of them or an error that names every one that is not there, as EC2's does. */
export function requireInstances(estate: Estate, ids: readonly string[]): InstanceDocument[] {
  const unique = [...new Set(ids)]
  const strange = unique.filter((id) => {
    const found = estate.find(instances, id)
    return !found || !isKnown(estate, found)
  })
  if (strange.length > 1 && strange.every((id) => /^i-[0-9a-z]+$/.test(id))) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance IDs '${strange.join(', ')}' do not exist`)
  }
  return unique.map((id) => requireInstance(estate, id))
}

export const incorrectState = (message: string): AwsError => new AwsError('IncorrectInstanceState', message)

/** An instance that is still there to be changed. */
export function requireLive(estate: Estate, id: string): InstanceDocument {
  const instance = requireInstance(estate, id)
  if (instance.State.Name === 'terminated') {
    // inferred: that all changes are refused in these words.
    throw incorrectState(`The instance '${id}' is not in the 'running' or 'stopped' states.`)
  }
  return instance
}

/** Forgets those that nobody can see any more. */
export function forgetTerminated(estate: Estate): void {
  for (const instance of estate.list(instances)) {
    if (!isKnown(estate, instance)) estate.remove(instances, instance.InstanceId)
  }
}
