import type {
  InstanceStateName,
  RebootInstancesRequest,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { InstanceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { removeInterface } from '../network-interface/delete-network-interface.ts'
import { instances } from '../nouns.ts'
import { without } from '../without.ts'
import { detach, giveAmazonAddress, interfacesOf, takeAmazonAddress } from './instance-interfaces.ts'
import { incorrectState, requireInstances, stateOf } from './instance-state.ts'

/*
 * Instances change at once: the answer tells the state on the way (`stopping`), the next call sees the end of it (`stopped`).
 * What is in the wanted state already stays as it is, without an error (EC2 API reference, StartInstances and StopInstances).
 */

interface Input {
  InstanceIds?: readonly string[]
}

const each = (operation: string) => (input: Input, estate: Estate) =>
  (input.InstanceIds?.length ? input.InstanceIds : [undefined]).map((id) => on(estate, operation, instances, id))

function named(estate: Estate, { InstanceIds }: Input): InstanceDocument[] {
  if (!InstanceIds?.length) throw missingParameter('InstanceId')
  return requireInstances(estate, InstanceIds)
}

const changed = (instance: InstanceDocument, now: InstanceStateName) => ({
  InstanceId: instance.InstanceId,
  CurrentState: stateOf(now),
  PreviousState: instance.State,
})

export const startInstances = ec2Operation<StartInstancesRequest, StartInstancesResult>('StartInstances', {
  needs: each('StartInstances'),
  perform(input, estate) {
    const all = named(estate, input)
    for (const { InstanceId, State } of all) {
      if (State.Name === 'terminated') {
        throw incorrectState(`The instance '${InstanceId}' is not in a state from which it can be started.`)
      }
    }
    return { StartingInstances: all.map((one) => start(estate, one)) }
  },
})

function start(estate: Estate, instance: InstanceDocument) {
  if (instance.State.Name === 'running') return changed(instance, 'running')
  for (const eni of interfacesOf(estate, instance.InstanceId)) giveAmazonAddress(estate, eni)
  estate.save(instances, {
    ...without(instance, 'StateReason'),
    State: stateOf('running'),
    StateTransitionReason: '',
    LaunchTime: estate.now,
  })
  return changed(instance, 'pending')
}

export const stopInstances = ec2Operation<StopInstancesRequest, StopInstancesResult>('StopInstances', {
  needs: each('StopInstances'),
  perform(input, estate) {
    if (input.Hibernate) {
      throw new AwsError('UnsupportedHibernationConfiguration', 'Hibernation is not configured for this instance.') // inferred: the sentence.
    }
    const all = named(estate, input)
    for (const { InstanceId, State, DisableApiStop } of all) {
      if (State.Name === 'terminated') {
        throw incorrectState(`This instance '${InstanceId}' is not in a state from which it can be stopped.`)
      }
      if (DisableApiStop) throw isProtected(InstanceId, 'stopped', 'disableApiStop')
    }
    return { StoppingInstances: all.map((one) => stop(estate, one)) }
  },
})

function stop(estate: Estate, instance: InstanceDocument) {
  if (instance.State.Name === 'stopped') return changed(instance, 'stopped')
  for (const eni of interfacesOf(estate, instance.InstanceId)) takeAmazonAddress(estate, eni)
  estate.save(instances, { ...instance, State: stateOf('stopped'), ...byUser(estate) })
  return changed(instance, 'stopping')
}

export const terminateInstances = ec2Operation<TerminateInstancesRequest, TerminateInstancesResult>(
  'TerminateInstances',
  {
    needs: each('TerminateInstances'),
    perform(input, estate) {
      const all = named(estate, input)
      const kept = all.find((one) => one.DisableApiTermination && one.State.Name !== 'terminated')
      if (kept) throw isProtected(kept.InstanceId, 'terminated', 'disableApiTermination')
      return { TerminatingInstances: all.map((one) => terminate(estate, one)) }
    },
  },
)

/** Its interfaces go with it, or are free again, as their attachments say. */
function terminate(estate: Estate, instance: InstanceDocument) {
  if (instance.State.Name === 'terminated') return changed(instance, 'terminated')
  for (const eni of interfacesOf(estate, instance.InstanceId)) {
    if (eni.Attachment?.DeleteOnTermination) removeInterface(estate, eni.NetworkInterfaceId)
    else detach(estate, eni)
  }
  estate.save(instances, {
    ...without(instance, 'IamInstanceProfile', 'ProfileAssociation'),
    State: stateOf('terminated'),
    TerminatedAt: estate.now,
    ...byUser(estate),
  })
  return changed(instance, 'shutting-down')
}

/** Only what runs can be restarted; nothing of the place changes. */
export const rebootInstances = ec2Operation<RebootInstancesRequest, object>('RebootInstances', {
  needs: each('RebootInstances'),
  perform(input, estate) {
    for (const { InstanceId, State } of named(estate, input)) {
      if (State.Name !== 'running') {
        throw incorrectState(`The instance '${InstanceId}' is not in the 'running' state.`) // inferred: the sentence.
      }
    }
    return {}
  },
})

function isProtected(id: string, done: string, attribute: string): AwsError {
  return new AwsError(
    'OperationNotPermitted',
    `The instance '${id}' may not be ${done}. Modify its '${attribute}' instance attribute and try again.`,
  )
}

/** `User initiated (2026-01-01 00:00:00 GMT)` */
function byUser(estate: Estate) {
  const time = new Date(estate.now * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return {
    StateTransitionReason: `User initiated (${time} GMT)`,
    StateReason: {
      Code: 'Client.UserInitiatedShutdown',
      Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
  }
}
