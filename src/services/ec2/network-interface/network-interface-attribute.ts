import type {
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  ModifyNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidParameter, invalidValueOf, notYours } from '../errors.ts'
import { attributes, describing, on } from '../needs.ts'
import { networkInterfaces, securityGroups } from '../nouns.ts'
import { groupsFor } from './make-interface.ts'

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
      default:
        throw invalidValueOf(input.Attribute, 'attribute', 'Unknown network interface attribute')
    }
  },
})

/** Description, groups or source/destination check, one at a time; what AWS manages is not the caller's to change. */
export const modifyNetworkInterfaceAttribute = ec2Operation<ModifyNetworkInterfaceAttributeRequest, object>(
  'ModifyNetworkInterfaceAttribute',
  {
    needs: ({ NetworkInterfaceId, Description, Groups, SourceDestCheck }, estate) => [
      on(
        estate,
        'ModifyNetworkInterfaceAttribute',
        networkInterfaces,
        NetworkInterfaceId,
        attributes({ Description, Groups, SourceDestCheck }),
      ),
      ...(Groups ?? []).map((id) => on(estate, 'ModifyNetworkInterfaceAttribute', securityGroups, id)),
    ],
    perform(input, estate) {
      const eni = estate.get(networkInterfaces, input.NetworkInterfaceId)
      if (eni.RequesterManaged && estate.call.caller.kind !== 'service') throw notYours()
      const { Description, Groups, SourceDestCheck } = input
      const { Attachment, EnaSrdSpecification, EnablePrimaryIpv6, ConnectionTrackingSpecification } = input
      if (Attachment || EnaSrdSpecification || EnablePrimaryIpv6 || ConnectionTrackingSpecification) {
        throw invalidParameter('Only description, groups and sourceDestCheck can be modified')
      }
      if ([Description, Groups, SourceDestCheck].filter((one) => one !== undefined).length !== 1) {
        throw invalidCombination('Exactly one attribute must be modified at a time')
      }
      estate.save(networkInterfaces, {
        ...eni,
        ...(Description ? { Description: Description.Value ?? '' } : {}),
        ...(Groups ? { Groups: groupsFor(estate, eni, Groups) } : {}),
        ...(SourceDestCheck ? { SourceDestCheck: SourceDestCheck.Value ?? true } : {}),
      })
      return {}
    },
  },
)
