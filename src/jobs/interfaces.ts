import type { Job, JobInterface } from '../services/sagemaker/job.ts'
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
 * Puts network interfaces in the job's subnets, one for each instance, by the role's permissions, in AWS's order (seed 003,
 * EC2 block): describe what is named; of each create, allow SageMaker to attach it, look at it. Returns their ids, and
 * tells `created` of all that were made as soon as there is more. Rejects with JobFailure.
 */
export async function createInterfaces(
  acting: Acting,
  place: Place & { count: number },
  jobArn: string,
  created: (made: JobInterface[]) => void,
): Promise<string[]> {
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
    const made: JobInterface[] = []
    for (const subnetId of subnetsFor(place.count, Subnets)) await createOne(subnetId, made)
    return made.map((one) => one.networkInterfaceId)
  } catch (error) {
    throw error instanceof AwsError ? new JobFailure(reasons.networkInterface(error), error) : error
  }

  async function createOne(SubnetId: string, made: JobInterface[]): Promise<void> {
    const { NetworkInterface } = await acting.call<{ NetworkInterface: { NetworkInterfaceId: string } }>(
      'ec2',
      'CreateNetworkInterface',
      {
        SubnetId,
        Groups: place.securityGroupIds,
        Description: descriptionOf(jobArn),
      },
    )
    const id = NetworkInterface.NetworkInterfaceId
    const one: JobInterface = { networkInterfaceId: id }
    made.push(one)
    created(made)
    const { InterfacePermission } = await acting.call<{
      InterfacePermission: { NetworkInterfacePermissionId: string }
    }>('ec2', 'CreateNetworkInterfacePermission', {
      NetworkInterfaceId: id,
      AwsService: 'sagemaker.amazonaws.com',
      Permission: 'INSTANCE-ATTACH',
    })
    one.permissionId = InterfacePermission.NetworkInterfacePermissionId
    created(made)
    await acting.call('ec2', 'DescribeNetworkInterfaces', { NetworkInterfaceIds: [id] })
  }
}

const descriptionOf = (jobArn: string) => `[Do not delete] ENI managed by SageMaker for ${jobArn}`

/** Interfaces of a job that a server made and, killed in that moment, could not note; none where the role may not look. */
export async function strayInterfaces(acting: Acting, { arn, leftovers = [] }: Job): Promise<JobInterface[]> {
  const Filters = [{ Name: 'description', Values: [descriptionOf(arn)] }]
  const known = new Set(leftovers.map((one) => one.networkInterfaceId))
  try {
    const { NetworkInterfaces } = await acting.call<{ NetworkInterfaces: { NetworkInterfaceId: string }[] }>(
      'ec2',
      'DescribeNetworkInterfaces',
      { Filters },
    )
    return NetworkInterfaces.map((one) => ({ networkInterfaceId: one.NetworkInterfaceId })).filter(
      (one) => !known.has(one.networkInterfaceId),
    )
  } catch (error) {
    if (error instanceof AwsError) return []
    throw error
  }
}

/** A subnet for each instance, always that with the most addresses left. */
function subnetsFor(
  count: number,
  subnets: readonly { SubnetId: string; AvailableIpAddressCount: number }[],
): string[] {
  const left = new Map(subnets.map((one) => [one.SubnetId, one.AvailableIpAddressCount]))
  return Array.from({ length: count }, () => {
    const [id, free] = [...left].reduce((most, one) => (one[1] > most[1] ? one : most))
    if (free < addressesPerInstance) throw noAddresses()
    left.set(id, free - addressesPerInstance)
    return id
  })
}

/** Takes interfaces away again, as far as the role may. Returns those that are left, and what refused the first of them. */
export async function deleteInterfaces(
  acting: Acting,
  made: readonly JobInterface[],
): Promise<{ left: JobInterface[]; refused?: AwsError }> {
  const left: JobInterface[] = []
  let refused: AwsError | undefined
  for (const one of made) {
    const error = await deleteInterface(acting, one)
    if (!error) continue
    left.push(one)
    refused ??= error
  }
  return { left, ...(refused && { refused }) }
}

/** Permission first; a role that may not leaves it standing, as on AWS. Returns the refusal. */
async function deleteInterface(acting: Acting, made: JobInterface): Promise<AwsError | undefined> {
  const { networkInterfaceId: id, permissionId } = made
  try {
    if (permissionId) {
      await gone(acting.call('ec2', 'DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId: permissionId }))
    }
    await gone(acting.call('ec2', 'DeleteNetworkInterface', { NetworkInterfaceId: id }))
    return undefined
  } catch (error) {
    if (error instanceof AwsError) return error
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

/** Notes what is still to be taken away. */
export function keepLeftovers(job: Job, left: JobInterface[]): void {
  if (left.length > 0) job.leftovers = left
  else delete job.leftovers
}
