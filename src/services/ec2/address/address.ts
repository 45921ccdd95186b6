import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { AddressDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { associationNotFound, invalidCombination, invalidValue, missingParameter, notYours } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, making, on } from '../needs.ts'
import { addresses, instances, internetGateways, networkInterfaces } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { bindAddress, publicAddress, unbindAddress } from './bind-address.ts'

export const allocateAddress = ec2Operation<AllocateAddressRequest, AllocateAddressResult>('AllocateAddress', {
  needs: (input, estate) => making(estate, 'AllocateAddress', addresses, input.TagSpecifications),
  perform(input, estate) {
    if (input.Address || input.CustomerOwnedIpv4Pool || input.IpamPoolId) {
      throw invalidCombination('Addresses come from the Amazon pool only')
    }
    const address = estate.save(addresses, {
      AllocationId: estate.mint(addresses.prefix),
      Domain: 'vpc',
      NetworkBorderGroup: estate.region,
      PublicIp: publicAddress(estate),
      PublicIpv4Pool: 'amazon',
      Tags: givenTags(addresses, input.TagSpecifications),
    })
    const { AllocationId, PublicIp } = address
    return { AllocationId, Domain: 'vpc', NetworkBorderGroup: estate.region, PublicIp, PublicIpv4Pool: 'amazon' }
  },
})

const filters: FilterTable<AddressDocument> = {
  'allocation-id': (address) => address.AllocationId,
  'association-id': (address) => address.AssociationId,
  domain: (address) => address.Domain,
  'instance-id': (address) => address.InstanceId,
  'network-border-group': (address) => address.NetworkBorderGroup,
  'network-interface-id': (address) => address.NetworkInterfaceId,
  'network-interface-owner-id': (address) => address.NetworkInterfaceOwnerId,
  'private-ip-address': (address) => address.PrivateIpAddress,
  'public-ip': (address) => address.PublicIp,
}

export const describeAddresses = ec2Operation<DescribeAddressesRequest, DescribeAddressesResult>('DescribeAddresses', {
  needs: (_, estate) => describing(estate, 'DescribeAddresses'),
  perform(input, estate) {
    const byIp = input.PublicIps?.map((ip) => addressNamed(estate, { PublicIp: ip }).AllocationId)
    const { things } = describe(estate, addresses, filters, {
      ids: [...(input.AllocationIds ?? []), ...(byIp ?? [])],
      filters: input.Filters,
    })
    return { Addresses: things }
  },
})

/** Reverse DNS names, of which there are none; Terraform's provider asks. */
export const describeAddressesAttribute = ec2Operation<
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult
>('DescribeAddressesAttribute', {
  needs: (_, estate) => describing(estate, 'DescribeAddressesAttribute'),
  perform(input, estate) {
    const { things, ...page } = describe(
      estate,
      addresses,
      {},
      {
        ids: input.AllocationIds,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      },
    )
    return { Addresses: things.map(({ AllocationId, PublicIp }) => ({ AllocationId, PublicIp })), ...page }
  },
})

/** To a network interface, or to an instance's only one; on its primary address unless told. */
export const associateAddress = ec2Operation<AssociateAddressRequest, AssociateAddressResult>('AssociateAddress', {
  needs: (input, estate) => [
    on(estate, 'AssociateAddress', addresses, findAddress(estate, input)?.AllocationId ?? input.AllocationId),
    ...(input.InstanceId ? [on(estate, 'AssociateAddress', instances, input.InstanceId)] : []),
    ...(input.NetworkInterfaceId || !input.InstanceId
      ? [on(estate, 'AssociateAddress', networkInterfaces, input.NetworkInterfaceId)]
      : []),
  ],
  perform(input, estate) {
    const address = addressNamed(estate, input)
    const eni = estate.get(networkInterfaces, interfaceOf(estate, input))
    const privateIp = input.PrivateIpAddress ?? eni.PrivateIpAddress
    const place = eni.PrivateIpAddresses.find((one) => one.PrivateIpAddress === privateIp)
    if (!place) {
      throw invalidValue(
        `Invalid value '${privateIp}' for PrivateIpAddress. Must be a private IP address of the interface.`,
      )
    }
    if (address.NetworkInterfaceId && !input.AllowReassociation) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `resource ${address.AllocationId} is already associated with associate-id ${address.AssociationId}`,
      )
    }
    if (!estate.list(internetGateways).some((one) => one.Attachments.some((to) => to.VpcId === eni.VpcId))) {
      throw new AwsError('Gateway.NotAttached', `Network ${eni.VpcId} is not attached to any internet gateway`)
    }
    if (place.Association?.AllocationId) unbindAddress(estate, estate.get(addresses, place.Association.AllocationId))
    if (address.NetworkInterfaceId) unbindAddress(estate, address)
    const bound = bindAddress(
      estate,
      estate.get(addresses, address.AllocationId),
      estate.get(networkInterfaces, eni.NetworkInterfaceId),
      privateIp,
    )
    return { AssociationId: bound.AssociationId! }
  },
})

/** An instance with several interfaces must be told apart by one of them (API reference, AssociateAddress). */
function interfaceOf(estate: Estate, input: { NetworkInterfaceId?: string; InstanceId?: string }): string {
  if (input.NetworkInterfaceId) return input.NetworkInterfaceId
  if (!input.InstanceId) throw missingParameter('networkInterfaceId')
  const [eni, another] = estate.list(networkInterfaces).filter((one) => one.Attachment?.InstanceId === input.InstanceId)
  if (!eni) throw instances.notFound(input.InstanceId)
  if (another) {
    throw new AwsError(
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${input.InstanceId}'. Please specify an interface ID for the operation instead.`,
    )
  }
  return eni.NetworkInterfaceId
}

export const disassociateAddress = ec2Operation<DisassociateAddressRequest, object>('DisassociateAddress', {
  needs: (input, estate) => {
    const address = findAddress(estate, input)
    return [
      on(estate, 'DisassociateAddress', addresses, address?.AllocationId),
      on(estate, 'DisassociateAddress', networkInterfaces, address?.NetworkInterfaceId),
    ]
  },
  perform(input, estate) {
    if (!input.AssociationId && !input.PublicIp) throw missingParameter('associationId')
    const address = findAddress(estate, input)
    if (!address?.NetworkInterfaceId) throw associationNotFound(input.AssociationId ?? input.PublicIp!)
    if (estate.find(networkInterfaces, address.NetworkInterfaceId)?.RequesterManaged) throw notYours()
    unbindAddress(estate, address)
    return {}
  },
})

export const releaseAddress = ec2Operation<ReleaseAddressRequest, object>('ReleaseAddress', {
  needs: (input, estate) => [
    on(estate, 'ReleaseAddress', addresses, findAddress(estate, input)?.AllocationId ?? input.AllocationId),
  ],
  perform(input, estate) {
    const address = addressNamed(estate, input)
    if (address.NetworkInterfaceId) {
      throw new AwsError('InvalidIPAddress.InUse', `Address ${address.PublicIp} is in use.`)
    }
    estate.remove(addresses, address.AllocationId)
    return {}
  },
})

type Name = { AllocationId?: string; PublicIp?: string; AssociationId?: string }

function findAddress(estate: Estate, name: Name): AddressDocument | undefined {
  if (name.AllocationId) return estate.find(addresses, name.AllocationId)
  return estate
    .list(addresses)
    .find((one) => (name.PublicIp ? one.PublicIp === name.PublicIp : one.AssociationId === (name.AssociationId ?? '')))
}

function addressNamed(estate: Estate, name: Name): AddressDocument {
  if (!name.AllocationId && !name.PublicIp) throw missingParameter('allocationId')
  const found = findAddress(estate, name)
  if (found) return found
  if (name.AllocationId) throw addresses.notFound(name.AllocationId)
  throw new AwsError('InvalidAddress.NotFound', `Address '${name.PublicIp}' not found.`)
}
