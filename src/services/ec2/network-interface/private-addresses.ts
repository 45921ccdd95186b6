import type {
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  UnassignPrivateIpAddressesRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { NetworkInterfaceDocument } from '../documents.ts'
import { unbindAddress } from '../address/bind-address.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue, missingParameter, notYours } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { instanceTypes } from '../instance/instance-types.ts'
import { on } from '../needs.ts'
import { addresses, instances, networkInterfaces, subnets } from '../nouns.ts'
import { addressesInUse, takeAddresses } from '../subnet/free-addresses.ts'
import { namedAddress } from './make-interface.ts'

/** An interface that the caller may change: AWS's own are not his. */
export function ownInterface(estate: Estate, id: string): NetworkInterfaceDocument {
  const eni = estate.get(networkInterfaces, id)
  if (eni.RequesterManaged && estate.call.caller.kind !== 'service') throw notYours()
  return eni
}

/** Throws PrivateIpAddressLimitExceeded where the instance's type has fewer addresses for each interface. */
export function withinInstanceType(estate: Estate, eni: NetworkInterfaceDocument, count: number): void {
  const instance = estate.find(instances, eni.Attachment?.InstanceId)
  if (instance && count > (instanceTypes.get(instance.InstanceType)?.addresses ?? Infinity)) {
    throw new AwsError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.')
  }
}

/** Secondary addresses, by name or by number. One that another interface holds as a secondary one moves where that is allowed. */
export const assignPrivateIpAddresses = ec2Operation<AssignPrivateIpAddressesRequest, AssignPrivateIpAddressesResult>(
  'AssignPrivateIpAddresses',
  {
    needs: (input, estate) => [on(estate, 'AssignPrivateIpAddresses', networkInterfaces, input.NetworkInterfaceId)],
    perform(input, estate) {
      if (input.Ipv4Prefixes?.length || input.Ipv4PrefixCount) {
        throw new AwsError('NotImplemented', 'AssignPrivateIpAddresses with prefixes is not built.', 501)
      }
      const eni = ownInterface(estate, input.NetworkInterfaceId)
      const named = [...new Set(input.PrivateIpAddresses)]
      const more = input.SecondaryPrivateIpAddressCount ?? 0
      if (named.length > 0 && more > 0) {
        throw invalidCombination(
          'The parameter secondaryPrivateIpAddressCount cannot be used with the parameter privateIpAddress',
        )
      }
      if (named.length === 0 && more < 1) throw missingParameter('secondaryPrivateIpAddressCount')
      withinInstanceType(estate, eni, eni.PrivateIpAddresses.length + named.length + more)
      if (input.AllowReassignment) for (const address of named) release(estate, eni, address)
      const current = estate.get(networkInterfaces, eni.NetworkInterfaceId)
      const used = addressesInUse(estate.list(networkInterfaces))
      const taken = takeAddresses(estate.get(subnets, eni.SubnetId), used, named, named.length + more)
      estate.save(networkInterfaces, {
        ...current,
        PrivateIpAddresses: [
          ...current.PrivateIpAddresses,
          ...taken.map((address) => namedAddress(address, false, current.PrivateDnsName !== undefined, estate.region)),
        ],
      })
      return {
        NetworkInterfaceId: eni.NetworkInterfaceId,
        AssignedPrivateIpAddresses: taken.map((PrivateIpAddress) => ({ PrivateIpAddress })),
      }
    },
  },
)

/** Takes a secondary address off whoever in the subnet has it; a primary one stays, and is found in use. */
function release(estate: Estate, { SubnetId }: NetworkInterfaceDocument, address: string): void {
  const holder = estate
    .list(networkInterfaces)
    .find((one) => one.SubnetId === SubnetId && one.PrivateIpAddresses.some((its) => its.PrivateIpAddress === address))
  if (holder && holder.PrivateIpAddress !== address && !holder.RequesterManaged) drop(estate, holder, [address])
}

function drop(estate: Estate, eni: NetworkInterfaceDocument, gone: readonly string[]): void {
  for (const address of estate.list(addresses)) {
    const here = address.NetworkInterfaceId === eni.NetworkInterfaceId
    if (here && gone.includes(address.PrivateIpAddress ?? '')) unbindAddress(estate, address)
  }
  const current = estate.get(networkInterfaces, eni.NetworkInterfaceId)
  estate.save(networkInterfaces, {
    ...current,
    PrivateIpAddresses: current.PrivateIpAddresses.filter((one) => !gone.includes(one.PrivateIpAddress ?? '')),
  })
}

export const unassignPrivateIpAddresses = ec2Operation<UnassignPrivateIpAddressesRequest, object>(
  'UnassignPrivateIpAddresses',
  {
    needs: (input, estate) => [on(estate, 'UnassignPrivateIpAddresses', networkInterfaces, input.NetworkInterfaceId)],
    perform(input, estate) {
      if (input.Ipv4Prefixes?.length) {
        throw new AwsError('NotImplemented', 'UnassignPrivateIpAddresses with prefixes is not built.', 501)
      }
      const eni = ownInterface(estate, input.NetworkInterfaceId)
      const gone = input.PrivateIpAddresses ?? []
      if (gone.length === 0) throw missingParameter('privateIpAddress')
      // inferred: both sentences.
      const strange = gone.filter((address) => !eni.PrivateIpAddresses.some((one) => one.PrivateIpAddress === address))
      if (strange.length > 0) {
        throw invalidValue(`Some of the specified addresses are not assigned to interface ${eni.NetworkInterfaceId}`)
      }
      if (gone.includes(eni.PrivateIpAddress)) {
        throw invalidValue(`The primary private IP address ${eni.PrivateIpAddress} cannot be unassigned`)
      }
      drop(estate, eni, gone)
      return {}
    },
  },
)
