import type {
  AssignIpv6AddressesRequest,
  AssignIpv6AddressesResult,
  UnassignIpv6AddressesRequest,
  UnassignIpv6AddressesResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue, missingParameter } from '../errors.ts'
import { parseIpv6 } from '../ipv6.ts'
import { on } from '../needs.ts'
import { networkInterfaces, subnets } from '../nouns.ts'
import { takeIpv6Addresses } from './ipv6-range.ts'
import { ownInterface, withinInstanceType } from './private-addresses.ts'

export const assignIpv6Addresses = ec2Operation<AssignIpv6AddressesRequest, AssignIpv6AddressesResult>(
  'AssignIpv6Addresses',
  {
    needs: (input, estate) => [on(estate, 'AssignIpv6Addresses', networkInterfaces, input.NetworkInterfaceId)],
    perform(input, estate) {
      if (input.Ipv6Prefixes?.length || input.Ipv6PrefixCount) {
        throw new AwsError('NotImplemented', 'AssignIpv6Addresses with prefixes is not built.', 501)
      }
      const eni = ownInterface(estate, input.NetworkInterfaceId)
      const named = [...new Set(input.Ipv6Addresses)]
      const count = input.Ipv6AddressCount ?? 0
      if (named.length > 0 && count > 0) {
        throw invalidCombination('The parameter ipv6AddressCount cannot be used with the parameter ipv6Addresses')
      }
      if (named.length === 0 && count < 1) throw missingParameter('ipv6AddressCount')
      const standing = eni.Ipv6Addresses ?? []
      withinInstanceType(estate, eni, standing.length + named.length + count)
      const subnet = estate.get(subnets, eni.SubnetId)
      const taken = takeIpv6Addresses(estate, subnet, estate.list(networkInterfaces), named, count)
      estate.save(networkInterfaces, {
        ...eni,
        Ipv6Addresses: [...standing, ...taken.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false }))],
      })
      return { NetworkInterfaceId: eni.NetworkInterfaceId, AssignedIpv6Addresses: taken }
    },
  },
)

export const unassignIpv6Addresses = ec2Operation<UnassignIpv6AddressesRequest, UnassignIpv6AddressesResult>(
  'UnassignIpv6Addresses',
  {
    needs: (input, estate) => [on(estate, 'UnassignIpv6Addresses', networkInterfaces, input.NetworkInterfaceId)],
    perform(input, estate) {
      if (input.Ipv6Prefixes?.length) {
        throw new AwsError('NotImplemented', 'UnassignIpv6Addresses with prefixes is not built.', 501)
      }
      const eni = ownInterface(estate, input.NetworkInterfaceId)
      if (!input.Ipv6Addresses?.length) throw missingParameter('ipv6Addresses')
      const gone = new Set(input.Ipv6Addresses.map(parseIpv6))
      const standing = eni.Ipv6Addresses ?? []
      const isGone = (one: (typeof standing)[number]) => gone.has(parseIpv6(one.Ipv6Address ?? ''))
      const removed = standing.filter(isGone)
      if (removed.length < gone.size) {
        throw invalidValue(`Some of the specified addresses are not assigned to interface ${eni.NetworkInterfaceId}`) // inferred
      }
      estate.save(networkInterfaces, { ...eni, Ipv6Addresses: standing.filter((one) => !isGone(one)) })
      return {
        NetworkInterfaceId: eni.NetworkInterfaceId,
        UnassignedIpv6Addresses: removed.map((one) => one.Ipv6Address!),
      }
    },
  },
)
