import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { bindAddress } from '../address/bind-address.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { AddressDocument, NatGatewayDocument, SubnetDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidParameter, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, making, on } from '../needs.ts'
import { removeInterface } from '../network-interface/delete-network-interface.ts'
import { makeInterface, managedBy } from '../network-interface/make-interface.ts'
import { addresses, internetGateways, natGateways, subnets } from '../nouns.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { givenTags } from '../tags.ts'

/** A deleted or failed gateway "is visible for about an hour" (VPC User Guide, "NAT gateways"). Seconds. */
const VISIBLE = 3600

const isVisible = (estate: Estate) => (gateway: NatGatewayDocument) =>
  gateway.DeleteTime === undefined || estate.now - gateway.DeleteTime < VISIBLE

/** Available at once; on AWS it is pending for a minute. In a VPC without an internet gateway a public one fails, as on AWS. */
export const createNatGateway = ec2Operation<CreateNatGatewayRequest, CreateNatGatewayResult>('CreateNatGateway', {
  needs: (input, estate) => [
    ...making(estate, 'CreateNatGateway', natGateways, input.TagSpecifications),
    on(estate, 'CreateNatGateway', subnets, input.SubnetId),
    ...(input.AllocationId ? [on(estate, 'CreateNatGateway', addresses, input.AllocationId)] : []),
  ],
  perform(input, estate) {
    if (input.AvailabilityMode === 'regional') throw invalidParameter('Regional NAT gateways are not supported')
    if (!input.SubnetId) throw missingParameter('subnetId')
    const again = estate.repeated(natGateways, 'CreateNatGateway', input.ClientToken)
    if (again) return answer(again, input.ClientToken)
    const subnet = estate.get(subnets, input.SubnetId)
    const isPublic = input.ConnectivityType !== 'private'
    const address = isPublic ? freeAddress(estate, input.AllocationId) : undefined
    if (!isPublic && input.AllocationId) {
      throw invalidParameter('A private NAT gateway cannot have an Elastic IP address')
    }
    for (const old of estate.list(natGateways)) {
      if (!isVisible(estate)(old)) estate.remove(natGateways, old.NatGatewayId)
    }
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
            NatGatewayAddresses: [place(estate, base.NatGatewayId, subnet, input.PrivateIpAddress, address)],
          })
    estate.remember('CreateNatGateway', input.ClientToken, gateway.NatGatewayId)
    return answer(gateway, input.ClientToken)
  },
})

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

function place(
  estate: Estate,
  id: string,
  subnet: SubnetDocument,
  wanted: string | undefined,
  address: AddressDocument | undefined,
): NatGatewayDocument['NatGatewayAddresses'][number] {
  const eni = makeInterface(estate, subnet, {
    ...managedBy(estate, 'amazon-nat-gateway'),
    Description: `Interface for NAT Gateway ${id}`,
    InterfaceType: 'nat_gateway' as never,
    SourceDestCheck: false,
    ...(wanted ? { named: [wanted] } : {}),
  })
  const bound = address && bindAddress(estate, address, eni)
  return {
    NetworkInterfaceId: eni.NetworkInterfaceId,
    PrivateIp: eni.PrivateIpAddress,
    IsPrimary: true,
    Status: 'succeeded',
    ...(bound
      ? { AllocationId: bound.AllocationId, AssociationId: bound.AssociationId!, PublicIp: bound.PublicIp }
      : {}),
  }
}

function freeAddress(estate: Estate, allocationId: string | undefined): AddressDocument {
  if (!allocationId) throw missingParameter('allocationId')
  const address = estate.get(addresses, allocationId)
  if (address.NetworkInterfaceId) {
    throw new AwsError('Resource.AlreadyAssociated', `Elastic IP address [${allocationId}] is already associated`)
  }
  return address
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
      for (const { NetworkInterfaceId } of gateway.NatGatewayAddresses) {
        if (NetworkInterfaceId) removeInterface(estate, NetworkInterfaceId)
      }
      estate.save(natGateways, { ...gateway, State: 'deleted', DeleteTime: estate.now })
      setRouteState(estate, 'NatGatewayId', NatGatewayId, VpcId, 'blackhole')
    }
    return { NatGatewayId }
  },
})
