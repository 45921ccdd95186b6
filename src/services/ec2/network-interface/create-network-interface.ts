import type { CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination } from '../errors.ts'
import { making, on } from '../needs.ts'
import { networkInterfaces, securityGroups, subnets } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { groupsFor, makeInterface } from './make-interface.ts'

/** Asks for the new interface, its subnet and each group that is given. */
export const createNetworkInterface = ec2Operation<CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult>(
  'CreateNetworkInterface',
  {
    needs: (input, estate) => [
      ...making(estate, 'CreateNetworkInterface', networkInterfaces, input.TagSpecifications),
      on(estate, 'CreateNetworkInterface', subnets, input.SubnetId),
      ...(input.Groups ?? []).map((id) => on(estate, 'CreateNetworkInterface', securityGroups, id)),
    ],
    perform(input, estate) {
      const unbuilt = (
        [
          'Ipv4Prefixes',
          'Ipv4PrefixCount',
          'Ipv6Prefixes',
          'Ipv6PrefixCount',
          'ConnectionTrackingSpecification',
          'Operator',
        ] as const
      ).find((name) => input[name] !== undefined)
      if (unbuilt) throw new AwsError('NotImplemented', `CreateNetworkInterface with ${unbuilt} is not built.`, 501)
      if (input.Ipv6AddressCount && input.Ipv6Addresses?.length) {
        throw invalidCombination('The parameter ipv6AddressCount cannot be used with the parameter ipv6Addresses')
      }
      const again = estate.repeated(networkInterfaces, 'CreateNetworkInterface', input.ClientToken)
      if (again) return { NetworkInterface: again, ClientToken: input.ClientToken! }
      const subnet = estate.get(subnets, input.SubnetId)
      const named = namedAddresses(input)
      const TagSet = givenTags(networkInterfaces, input.TagSpecifications)
      const eni = makeInterface(estate, subnet, {
        named,
        addresses: Math.max(1, named.length) + (input.SecondaryPrivateIpAddressCount ?? 0),
        ipv6: {
          count: input.Ipv6AddressCount,
          named: input.Ipv6Addresses?.map((one) => one.Ipv6Address ?? ''),
        },
        Groups: groupsFor(estate, subnet, input.Groups),
        Description: input.Description ?? '',
        InterfaceType: input.InterfaceType ?? 'interface',
        RequesterManaged: estate.call.caller.kind === 'service',
        TagSet,
      })
      estate.remember('CreateNetworkInterface', input.ClientToken, eni.NetworkInterfaceId)
      return { NetworkInterface: eni, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) }
    },
  },
)

/** The primary address first. With secondary ones but no primary among them, the primary is a free one. */
function namedAddresses(input: Shape<CreateNetworkInterfaceRequest>): string[] {
  const listed = input.PrivateIpAddresses ?? []
  const primaries = listed.filter((one) => one.Primary).map((one) => one.PrivateIpAddress ?? '')
  const secondaries = listed.filter((one) => !one.Primary).map((one) => one.PrivateIpAddress ?? '')
  if (input.PrivateIpAddress) primaries.unshift(input.PrivateIpAddress)
  if (primaries.length > 1) throw invalidCombination('Only one primary private IP address can be specified.')
  if (primaries.length === 0 && secondaries.length > 0) {
    throw invalidCombination('A primary private IP address is required with secondary ones.')
  }
  return [...primaries, ...secondaries]
}
