import type {
  AssignPrivateNatGatewayAddressRequest,
  AssignPrivateNatGatewayAddressResult,
  AssociateNatGatewayAddressRequest,
  AssociateNatGatewayAddressResult,
  DisassociateNatGatewayAddressRequest,
  DisassociateNatGatewayAddressResult,
  UnassignPrivateNatGatewayAddressRequest,
  UnassignPrivateNatGatewayAddressResult,
} from '@aws-sdk/client-ec2'
import { unbindAddress } from '../address/bind-address.ts'
import type { NatGatewayDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { associationNotFound, invalidParameter, invalidValue, missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { addresses, natGateways } from '../nouns.ts'
import { dropAddresses, freeAddress, moreAddresses } from './nat-addresses.ts'

/** More Elastic IP addresses for a public gateway, each on a private address of its own. */
export const associateNatGatewayAddress = ec2Operation<
  AssociateNatGatewayAddressRequest,
  AssociateNatGatewayAddressResult
>('AssociateNatGatewayAddress', {
  needs: (input, estate) => [
    on(estate, 'AssociateNatGatewayAddress', natGateways, input.NatGatewayId),
    ...(input.AllocationIds ?? []).map((id) => on(estate, 'AssociateNatGatewayAddress', addresses, id)),
  ],
  perform(input, estate) {
    refuseUnbuilt(input, 'AvailabilityZone', 'AvailabilityZoneId')
    const gateway = standing(estate, input.NatGatewayId, 'public')
    if (input.AllocationIds.length === 0) throw missingParameter('allocationIds')
    const allocations = [...new Set(input.AllocationIds)].map((id) => freeAddress(estate, id))
    const more = moreAddresses(
      estate,
      interfaceOf(gateway),
      input.PrivateIpAddresses ?? [],
      allocations.length,
      allocations,
    )
    return save(estate, gateway, [...gateway.NatGatewayAddresses, ...more], more)
  },
})

/** With the association the private address behind it goes as well; the primary one stays. */
export const disassociateNatGatewayAddress = ec2Operation<
  DisassociateNatGatewayAddressRequest,
  DisassociateNatGatewayAddressResult
>('DisassociateNatGatewayAddress', {
  needs: (input, estate) => [
    on(estate, 'DisassociateNatGatewayAddress', natGateways, input.NatGatewayId),
    ...(estate.find(natGateways, input.NatGatewayId)?.NatGatewayAddresses ?? [])
      .filter((one) => input.AssociationIds?.includes(one.AssociationId ?? ''))
      .map((one) => on(estate, 'DisassociateNatGatewayAddress', addresses, one.AllocationId)),
  ],
  perform(input, estate) {
    const gateway = standing(estate, input.NatGatewayId, 'public')
    const gone = [...new Set(input.AssociationIds)].map((id) => {
      const found = gateway.NatGatewayAddresses.find((one) => one.AssociationId === id)
      if (!found) throw associationNotFound(id)
      return found
    })
    keepPrimary(gone)
    for (const { AllocationId } of gone) unbindAddress(estate, estate.get(addresses, AllocationId!))
    return takeAway(estate, gateway, gone)
  },
})

export const assignPrivateNatGatewayAddress = ec2Operation<
  AssignPrivateNatGatewayAddressRequest,
  AssignPrivateNatGatewayAddressResult
>('AssignPrivateNatGatewayAddress', {
  needs: (input, estate) => [on(estate, 'AssignPrivateNatGatewayAddress', natGateways, input.NatGatewayId)],
  perform(input, estate) {
    const gateway = standing(estate, input.NatGatewayId, 'private')
    const { PrivateIpAddresses = [], PrivateIpAddressCount = 0 } = input
    if (PrivateIpAddresses.length + PrivateIpAddressCount === 0) throw missingParameter('privateIpAddressCount')
    const more = moreAddresses(estate, interfaceOf(gateway), PrivateIpAddresses, PrivateIpAddressCount, [])
    return save(estate, gateway, [...gateway.NatGatewayAddresses, ...more], more)
  },
})

export const unassignPrivateNatGatewayAddress = ec2Operation<
  UnassignPrivateNatGatewayAddressRequest,
  UnassignPrivateNatGatewayAddressResult
>('UnassignPrivateNatGatewayAddress', {
  needs: (input, estate) => [on(estate, 'UnassignPrivateNatGatewayAddress', natGateways, input.NatGatewayId)],
  perform(input, estate) {
    const gateway = standing(estate, input.NatGatewayId, 'private')
    const gone = [...new Set(input.PrivateIpAddresses)].map((ip) => {
      const found = gateway.NatGatewayAddresses.find((one) => one.PrivateIp === ip)
      if (!found) throw invalidValue(`${ip} is not an address of the NAT gateway ${gateway.NatGatewayId}`)
      return found
    })
    keepPrimary(gone)
    return takeAway(estate, gateway, gone)
  },
})

const interfaceOf = (gateway: NatGatewayDocument): string => gateway.NatGatewayAddresses[0]!.NetworkInterfaceId!

type Addresses = NatGatewayDocument['NatGatewayAddresses']

/** inferred: the sentences of both refusals. */
function standing(estate: Estate, id: string, kind: 'public' | 'private'): NatGatewayDocument {
  const gateway = estate.get(natGateways, id)
  if (gateway.State !== 'available') throw natGateways.notFound(id)
  if ((gateway.ConnectivityType ?? 'public') !== kind) {
    throw invalidParameter(`The NAT gateway ${id} is not a ${kind} NAT gateway`)
  }
  return gateway
}

function keepPrimary(gone: Addresses): void {
  if (gone.length === 0) throw missingParameter('associationIds')
  if (gone.some((one) => one.IsPrimary)) {
    throw invalidParameter('The primary address of a NAT gateway cannot be taken away')
  }
}

function takeAway(estate: Estate, gateway: NatGatewayDocument, gone: Addresses) {
  dropAddresses(
    estate,
    gateway,
    gone.map((one) => one.PrivateIp!),
  )
  const left = gateway.NatGatewayAddresses.filter((one) => !gone.includes(one))
  return save(
    estate,
    gateway,
    left,
    gone.map((one) => ({ ...one, Status: 'disassociating' as const })),
  )
}

function save(estate: Estate, gateway: NatGatewayDocument, NatGatewayAddresses: Addresses, told: Addresses) {
  estate.save(natGateways, { ...gateway, NatGatewayAddresses })
  return { NatGatewayId: gateway.NatGatewayId, NatGatewayAddresses: told }
}
