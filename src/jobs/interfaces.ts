import type { JobInterface } from '../services/sagemaker/training-job.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'

interface Place {
  subnets: readonly string[]
  securityGroupIds: readonly string[]
}

/** At least two free private addresses for each instance (facts: network.md "SageMaker sizing", seed 002). */
const addressesPerInstance = 2

/**
 * Puts one network interface in the job's subnets, by the role's permissions, in AWS's order (seed 003, EC2 block):
 * describe what is named, create, allow SageMaker to attach it, look at it. Returns its id. Rejects with JobFailure.
 */
export async function createInterface(
  acting: Acting,
  place: Place,
  jobArn: string,
  created: (made: JobInterface) => void,
): Promise<string> {
  try {
    const { Subnets } = await acting.call<{
      Subnets: { SubnetId: string; VpcId: string; AvailableIpAddressCount: number }[]
    }>('ec2', 'DescribeSubnets', { SubnetIds: place.subnets })
    await acting.call('ec2', 'DescribeSecurityGroups', { GroupIds: place.securityGroupIds })
    const { Vpcs } = await acting.call<{ Vpcs: { DhcpOptionsId: string; InstanceTenancy?: string }[] }>(
      'ec2',
      'DescribeVpcs',
      {
        VpcIds: [Subnets[0]!.VpcId],
      },
    )
    await acting.call('ec2', 'DescribeDhcpOptions', { DhcpOptionsIds: [Vpcs[0]!.DhcpOptionsId] })
    if (Vpcs[0]!.InstanceTenancy === 'dedicated') {
      throw new JobFailure('ClientError: Subnets of a VPC with dedicated tenancy are not supported.') // inferred: sentence
    }
    const subnet = Subnets.toSorted((a, b) => b.AvailableIpAddressCount - a.AvailableIpAddressCount)[0]!
    if (subnet.AvailableIpAddressCount < addressesPerInstance) throw noAddresses()

    const { NetworkInterface } = await acting.call<{ NetworkInterface: { NetworkInterfaceId: string } }>(
      'ec2',
      'CreateNetworkInterface',
      {
        SubnetId: subnet.SubnetId,
        Groups: place.securityGroupIds,
        Description: `[Do not delete] ENI managed by SageMaker for ${jobArn}`,
      },
    )
    const id = NetworkInterface.NetworkInterfaceId
    created({ networkInterfaceId: id })
    const { InterfacePermission } = await acting.call<{
      InterfacePermission: { NetworkInterfacePermissionId: string }
    }>('ec2', 'CreateNetworkInterfacePermission', {
      NetworkInterfaceId: id,
      AwsService: 'sagemaker.amazonaws.com',
      Permission: 'INSTANCE-ATTACH',
    })
    created({ networkInterfaceId: id, permissionId: InterfacePermission.NetworkInterfacePermissionId })
    await acting.call('ec2', 'DescribeNetworkInterfaces', { NetworkInterfaceIds: [id] })
    return id
  } catch (error) {
    throw error instanceof AwsError ? new JobFailure(reasons.networkInterface(error), error) : error
  }
}

/** Takes an interface away again, permission first; a role that may not leaves it standing, as on AWS. Returns whether it is gone. */
export async function deleteInterface(acting: Acting, made: JobInterface): Promise<boolean> {
  const { networkInterfaceId: id, permissionId } = made
  try {
    if (permissionId) {
      await gone(acting.call('ec2', 'DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId: permissionId }))
    }
    await gone(acting.call('ec2', 'DeleteNetworkInterface', { NetworkInterfaceId: id }))
    return true
  } catch (error) {
    if (error instanceof AwsError) return false
    throw error
  }
}

/** What is no longer there need not be deleted: an earlier try may have come half the way. */
async function gone(deletion: Promise<unknown>): Promise<void> {
  await deletion.catch((error: unknown) => {
    if (!(error instanceof AwsError && error.code.endsWith('.NotFound'))) throw error
  })
}

function noAddresses(): JobFailure {
  return new JobFailure(
    reasons.networkInterface(
      new AwsError(
        'InsufficientFreeAddressesInSubnet',
        'The specified subnet does not have enough free addresses to satisfy the request.',
      ),
    ),
  )
}
