import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  DetachNetworkInterfaceRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { NetworkInterfaceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue, notYours } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { attach, detach, deviceIndex, interfacesOf } from '../instance/instance-interfaces.ts'
import { requireLive } from '../instance/instance-state.ts'
import { instanceTypes } from '../instance/instance-types.ts'
import { inUse } from '../instance/launch-interfaces.ts'
import { on } from '../needs.ts'
import { instances, networkInterfaces } from '../nouns.ts'

/** Hot or cold, in the instance's own Availability Zone, as many as its type takes (EC2 User Guide, "Network interface attachments"). */
export const attachNetworkInterface = ec2Operation<AttachNetworkInterfaceRequest, AttachNetworkInterfaceResult>(
  'AttachNetworkInterface',
  {
    needs: (input, estate) => [
      on(estate, 'AttachNetworkInterface', instances, input.InstanceId),
      on(estate, 'AttachNetworkInterface', networkInterfaces, input.NetworkInterfaceId),
    ],
    perform(input, estate) {
      if (input.EnaSrdSpecification || input.EnaQueueCount) {
        throw new AwsError('NotImplemented', 'AttachNetworkInterface with ENA options is not built.', 501)
      }
      const attached = attachTo(
        estate,
        input.NetworkInterfaceId,
        input.InstanceId,
        input.DeviceIndex ?? 1,
        input.NetworkCardIndex,
      )
      return { AttachmentId: attached.Attachment!.AttachmentId!, NetworkCardIndex: 0 }
    },
  },
)

/** Attaches what may be attached there, and throws EC2's refusal of everything else. */
export function attachTo(
  estate: Estate,
  networkInterfaceId: string,
  instanceId: string,
  DeviceIndex: number,
  networkCard?: number,
): NetworkInterfaceDocument {
  const eni = estate.get(networkInterfaces, networkInterfaceId)
  const instance = requireLive(estate, instanceId)
  if (eni.RequesterManaged && estate.call.caller.kind !== 'service') throw notYours()
  if (eni.Attachment) throw inUse(eni.NetworkInterfaceId)
  if (networkCard) throw invalidValue(`Network card index ${networkCard} is invalid.`) // inferred
  if (eni.AvailabilityZone !== instance.Placement.AvailabilityZone) {
    throw invalidCombination(
      'You may not attach a network interface to an instance if they are not in the same availability zone',
    )
  }
  const standing = interfacesOf(estate, instance.InstanceId)
  if (standing.some((one) => deviceIndex(one) === DeviceIndex)) {
    throw invalidValue(
      `Instance '${instance.InstanceId}' already has an interface attached at device index '${DeviceIndex}'.`,
    )
  }
  const most = instanceTypes.get(instance.InstanceType)?.interfaces ?? 0
  if (standing.length + 1 > most) {
    throw new AwsError(
      'AttachmentLimitExceeded',
      `Interface count ${standing.length + 1} exceeds the limit for ${instance.InstanceType}`,
    )
  }
  return attach(estate, eni, {
    InstanceId: instance.InstanceId,
    DeviceIndex,
    DeleteOnTermination: false,
  })
}

/** The primary interface stays; those of AWS's own are not the caller's to move (facts: captured answers). */
export const detachNetworkInterface = ec2Operation<DetachNetworkInterfaceRequest, object>('DetachNetworkInterface', {
  needs: (input, estate) => {
    const eni = findAttached(estate, input.AttachmentId)
    return [
      on(estate, 'DetachNetworkInterface', instances, eni?.Attachment?.InstanceId),
      on(estate, 'DetachNetworkInterface', networkInterfaces, eni?.NetworkInterfaceId),
    ]
  },
  perform(input, estate) {
    if (input.AttachmentId?.startsWith('ela-attach')) {
      throw new AwsError('OperationNotPermitted', "You are not allowed to manage 'ela-attach' attachments.")
    }
    const eni = findAttached(estate, input.AttachmentId)
    if (!eni) {
      // inferred: the sentence; the code is from EC2's table of error codes.
      throw new AwsError('InvalidAttachmentID.NotFound', `The attachment ID '${input.AttachmentId}' does not exist`)
    }
    if (deviceIndex(eni) === 0) {
      throw new AwsError(
        'OperationNotPermitted',
        'The network interface at device index 0 and networkCard index 0 cannot be detached.',
      )
    }
    detach(estate, eni)
    return {}
  },
})

function findAttached(estate: Estate, attachmentId: string | undefined): NetworkInterfaceDocument | undefined {
  if (!attachmentId) return undefined
  return estate.list(networkInterfaces).find((one) => one.Attachment?.AttachmentId === attachmentId)
}
