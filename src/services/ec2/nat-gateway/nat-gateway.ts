import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
} from '@aws-sdk/client-ec2'
import { unbindAddress } from '../address/bind-address.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { AddressDocument, NatGatewayDocument, SubnetDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidParameter, missingParameter, notBuilt, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, making, on } from '../needs.ts'
import { removeInterface } from '../network-interface/delete-network-interface.ts'
import { addresses, internetGateways, natGateways, subnets } from '../nouns.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { freeAddress, place } from './nat-addresses.ts'

/** A deleted or failed gateway "is visible for about an hour" (VPC User Guide, "NAT gateways"). Seconds. */
const VISIBLE = 3600

const isVisible = (estate: Estate) => (gateway: NatGatewayDocument) =>
  gateway.DeleteTime === undefined || estate.now - gateway.DeleteTime < VISIBLE

/** Available at once; on AWS it is pending for a minute. In a VPC without an internet gateway a public one fails, as on AWS. */
export const createNatGateway = ec2Operation<CreateNatGatewayRequest, CreateNatGatewayResult>('CreateNatGateway', {
  needs: (input, estate) => [
    ...making(estate, 'CreateNatGateway', natGateways, input.TagSpecifications),
    on(estate, 'CreateNatGateway', subnets, input.SubnetId),
    ...[input.AllocationId, ...(input.SecondaryAllocationIds ?? [])]
      .filter((id) => id !== undefined)
      .map((id) => on(estate, 'CreateNatGateway', addresses, id)),
  ],
  perform(input, estate) {
    refuseUnbuilt(input, 'VpcId', 'AvailabilityZoneAddresses')
    if (input.AvailabilityMode === 'regional') throw notBuilt('AvailabilityMode regional')
    if (!input.SubnetId) throw missingParameter('subnetId')
    const again = estate.repeated(natGateways, 'CreateNatGateway', input.ClientToken)
    if (again) return answer(again, input.ClientToken)
    const subnet = estate.get(subnets, input.SubnetId)
    const isPublic = input.ConnectivityType !== 'private'
    const address = isPublic ? freeAddress(estate, input.AllocationId) : undefined
    const more = (input.SecondaryAllocationIds ?? []).map((id) => freeAddress(estate, id))
    if (!isPublic && (input.AllocationId || more.length > 0)) {
      throw invalidParameter('A private NAT gateway cannot have an Elastic IP address')
    }
    if (isPublic && input.SecondaryPrivateIpAddressCount) {
      throw invalidCombination('A public NAT gateway gets a secondary address with each secondary allocation ID only')
    }
    for (const old of estate.list(natGateways)) {
      if (!isVisible(estate)(old)) estate.remove(natGateways, old.NatGatewayId)
    }
    withinZone(estate, subnet)
    const base = {
      NatGatewayId: estate.mint(natGateways.prefix),
      SubnetId: subnet.SubnetId,
      VpcId: subnet.VpcId,
      ConnectivityType: input.ConnectivityType ?? 'public',
      CreateTime: estate.now,
      Tags: givenTags(natGateways, input.TagSpecifications),
    } as const
    const attached = estate
      .list(internetGateways)
      .some((one) => one.Attachments.some((to) => to.VpcId === subnet.VpcId))
    const gateway =
      address && !attached
        ? failed(estate, base, address)
        : estate.save(natGateways, {
            ...base,
            State: 'available' as const,
            NatGatewayAddresses: place(estate, base.NatGatewayId, subnet, {
              primary: input.PrivateIpAddress,
              named: input.SecondaryPrivateIpAddresses ?? [],
              count: Math.max(input.SecondaryPrivateIpAddressCount ?? 0, more.length),
              allocations: address ? [address, ...more] : [],
            }),
          })
    estate.remember('CreateNatGateway', input.ClientToken, gateway.NatGatewayId)
    return answer(gateway, input.ClientToken)
  },
})

function withinZone(estate: Estate, { AvailabilityZone }: SubnetDocument): void {
  const inZone = estate
    .list(natGateways)
    .filter((one) => one.State === 'available')
    .filter((one) => estate.find(subnets, one.SubnetId)?.AvailabilityZone === AvailabilityZone)
  within('natGatewaysPerZone', inZone.length + 1)
}

const answer = (NatGateway: NatGatewayDocument, ClientToken: string | undefined) => ({
  NatGateway,
  ...(ClientToken ? { ClientToken } : {}),
})

type Base = Omit<NatGatewayDocument, 'State' | 'NatGatewayAddresses'>

function failed(estate: Estate, base: Base, { AllocationId }: AddressDocument): NatGatewayDocument {
  return estate.save(natGateways, {
    ...base,
    State: 'failed',
    DeleteTime: estate.now,
    FailureCode: 'Gateway.NotAttached',
    FailureMessage: `Network ${base.VpcId} has no Internet gateway attached`,
    NatGatewayAddresses: [{ AllocationId, IsPrimary: true }],
  })
}

const filters: FilterTable<NatGatewayDocument> = {
  'connectivity-type': (gateway) => gateway.ConnectivityType,
  'nat-gateway-id': (gateway) => gateway.NatGatewayId,
  state: (gateway) => gateway.State,
  'subnet-id': (gateway) => gateway.SubnetId,
  'vpc-id': (gateway) => gateway.VpcId,
}

export const describeNatGateways = ec2Operation<DescribeNatGatewaysRequest, DescribeNatGatewaysResult>(
  'DescribeNatGateways',
  {
    needs: (_, estate) => describing(estate, 'DescribeNatGateways'),
    perform(input, estate) {
      const question = {
        ids: input.NatGatewayIds,
        filters: input.Filter,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      }
      const { things, ...page } = describe(estate, natGateways, filters, question, isVisible(estate))
      return { NatGateways: things, ...page }
    },
  },
)

/** The interface goes and the address becomes free; routes to the gateway stay and turn black. */
export const deleteNatGateway = ec2Operation<DeleteNatGatewayRequest, DeleteNatGatewayResult>('DeleteNatGateway', {
  needs: (input, estate) => [on(estate, 'DeleteNatGateway', natGateways, input.NatGatewayId)],
  perform(input, estate) {
    const gateway = estate.get(natGateways, input.NatGatewayId)
    const { NatGatewayId, VpcId } = gateway
    if (gateway.State !== 'deleted') {
      for (const { AllocationId } of gateway.NatGatewayAddresses) {
        const address = estate.find(addresses, AllocationId)
        if (address?.AssociationId) unbindAddress(estate, address)
      }
      const [primary] = gateway.NatGatewayAddresses
      if (primary?.NetworkInterfaceId) removeInterface(estate, primary.NetworkInterfaceId)
      estate.save(natGateways, { ...gateway, State: 'deleted', DeleteTime: estate.now })
      setRouteState(estate, 'NatGatewayId', NatGatewayId, VpcId, 'blackhole')
    }
    return { NatGatewayId }
  },
})
