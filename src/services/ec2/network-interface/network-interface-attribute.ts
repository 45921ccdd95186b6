import type {
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  ModifyNetworkInterfaceAttributeRequest,
  ResetNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { NetworkInterfaceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue, invalidValueOf } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { giveAmazonAddress, takeAmazonAddress } from '../instance/instance-interfaces.ts'
import { attributes, describing, on } from '../needs.ts'
import { instances, networkInterfaces, securityGroups } from '../nouns.ts'
import { without } from '../without.ts'
import { groupsFor } from './make-interface.ts'
import { ownInterface } from './private-addresses.ts'

export const describeNetworkInterfaceAttribute = ec2Operation<
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult
>('DescribeNetworkInterfaceAttribute', {
  needs: (_, estate) => describing(estate, 'DescribeNetworkInterfaceAttribute'),
  perform(input, estate) {
    const eni = estate.get(networkInterfaces, input.NetworkInterfaceId)
    const { NetworkInterfaceId } = eni
    switch (input.Attribute) {
      case 'description':
        return { NetworkInterfaceId, Description: { Value: eni.Description ?? '' } }
      case 'groupSet':
        return { NetworkInterfaceId, Groups: eni.Groups }
      case 'sourceDestCheck':
        return { NetworkInterfaceId, SourceDestCheck: { Value: eni.SourceDestCheck ?? true } }
      case 'attachment':
        return { NetworkInterfaceId, ...(eni.Attachment ? { Attachment: eni.Attachment } : {}) }
      case 'associatePublicIpAddress':
        return { NetworkInterfaceId, AssociatePublicIpAddress: eni.AssociatePublicIpAddress ?? false }
      default:
        throw invalidValueOf(input.Attribute, 'attribute', 'Unknown network interface attribute')
    }
  },
})

type Change = Omit<Shape<ModifyNetworkInterfaceAttributeRequest>, 'NetworkInterfaceId' | 'DryRun'>

/** One attribute at a time; what AWS manages is not the caller's to change. */
export const modifyNetworkInterfaceAttribute = ec2Operation<ModifyNetworkInterfaceAttributeRequest, object>(
  'ModifyNetworkInterfaceAttribute',
  {
    needs: (input, estate) => {
      const operation = 'ModifyNetworkInterfaceAttribute'
      const change: Change = without(input, 'NetworkInterfaceId', 'DryRun')
      const instanceId = estate.find(networkInterfaces, input.NetworkInterfaceId)?.Attachment?.InstanceId
      return [
        on(estate, operation, networkInterfaces, input.NetworkInterfaceId, attributes({ ...change })),
        ...(input.Groups ?? []).map((id) => on(estate, operation, securityGroups, id)),
        ...(input.Attachment && instanceId ? [on(estate, operation, instances, instanceId)] : []),
      ]
    },
    perform(input, estate) {
      const eni = ownInterface(estate, input.NetworkInterfaceId)
      const change: Change = without(input, 'NetworkInterfaceId', 'DryRun')
      const given = Object.keys(change).filter((name) => change[name as keyof Change] !== undefined)
      if (given.length !== 1) throw invalidCombination('Exactly one attribute must be modified at a time')
      changeOne(estate, eni, change, given[0]!)
      return {}
    },
  },
)

function changeOne(estate: Estate, eni: NetworkInterfaceDocument, change: Change, name: string): void {
  const { Description, Groups, SourceDestCheck, Attachment } = change
  if (Description) estate.save(networkInterfaces, { ...eni, Description: Description.Value ?? '' })
  else if (Groups) estate.save(networkInterfaces, { ...eni, Groups: groupsFor(estate, eni, Groups) })
  else if (SourceDestCheck) estate.save(networkInterfaces, { ...eni, SourceDestCheck: SourceDestCheck.Value ?? true })
  else if (Attachment) changeAttachment(estate, eni, Attachment)
  else if (change.AssociatePublicIpAddress !== undefined) changePublic(estate, eni, change.AssociatePublicIpAddress)
  else if (change.EnablePrimaryIpv6 !== undefined) changePrimaryIpv6(estate, eni, change.EnablePrimaryIpv6)
  else throw new AwsError('NotImplemented', `ModifyNetworkInterfaceAttribute of ${name} is not built.`, 501)
}

/** Whether the interface goes with its instance. */
function changeAttachment(
  estate: Estate,
  eni: NetworkInterfaceDocument,
  { AttachmentId, DeleteOnTermination, ...rest }: NonNullable<Change['Attachment']>,
): void {
  if (Object.keys(rest).length > 0) {
    throw new AwsError('NotImplemented', 'ModifyNetworkInterfaceAttribute of ENA queues is not built.', 501)
  }
  // inferred: the sentence; the code is from EC2's table of error codes.
  if (!eni.Attachment || eni.Attachment.AttachmentId !== AttachmentId) {
    throw new AwsError('InvalidAttachmentID.NotFound', `The attachment ID '${AttachmentId}' does not exist`)
  }
  if (DeleteOnTermination === undefined) throw invalidCombination('No attributes specified.')
  estate.save(networkInterfaces, { ...eni, Attachment: { ...eni.Attachment, DeleteOnTermination } })
}

/** A public address that comes and goes at once where the interface is a running instance's primary one. */
function changePublic(estate: Estate, eni: NetworkInterfaceDocument, wanted: boolean): void {
  const changed = estate.save(networkInterfaces, { ...eni, AssociatePublicIpAddress: wanted })
  if (!wanted) return takeAmazonAddress(estate, changed)
  const instance = estate.find(instances, eni.Attachment?.InstanceId)
  if (instance?.State.Name === 'running') giveAmazonAddress(estate, changed)
}

/** Once on it stays (EC2 API reference, EnablePrimaryIpv6). */
function changePrimaryIpv6(estate: Estate, eni: NetworkInterfaceDocument, wanted: boolean): void {
  const [first, ...more] = eni.Ipv6Addresses ?? []
  // inferred: both sentences.
  if (!first) throw invalidValue(`Network interface ${eni.NetworkInterfaceId} has no IPv6 address.`)
  if (!wanted && first.IsPrimaryIpv6) throw invalidValue('A primary IPv6 address cannot be disabled.')
  estate.save(networkInterfaces, { ...eni, Ipv6Addresses: [{ ...first, IsPrimaryIpv6: wanted }, ...more] })
}

/** Source/destination checking is on again; nothing else can be reset. */
export const resetNetworkInterfaceAttribute = ec2Operation<ResetNetworkInterfaceAttributeRequest, object>(
  'ResetNetworkInterfaceAttribute',
  {
    needs: (input, estate) => [
      on(estate, 'ResetNetworkInterfaceAttribute', networkInterfaces, input.NetworkInterfaceId),
    ],
    perform(input, estate) {
      const eni = ownInterface(estate, input.NetworkInterfaceId)
      if (input.SourceDestCheck === undefined) throw invalidCombination('No attributes specified.')
      estate.save(networkInterfaces, { ...eni, SourceDestCheck: true })
      return {}
    },
  },
)
