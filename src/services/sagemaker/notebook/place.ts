import { JobFailure } from '../../../jobs/failure.ts'
import { openVolume, retireGrants } from '../../../jobs/volume-grants.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { callAsAsker } from './as-asker.ts'
import { failureReason } from './failure-reason.ts'
import { notebookInstances } from './notebook-instance.ts'
import type { NotebookInstance } from './notebook-instance.ts'

/** What EBS needs for a volume that is encrypted with the caller's key, and that it may be given up. */
const VOLUME_OPERATIONS = ['Decrypt', 'DescribeKey', 'GenerateDataKeyWithoutPlaintext', 'RetireGrant']

/**
 * Makes what an instance stands on, by the permissions of who asked for it (API permissions reference; facts: errors.md B1):
 * the use of its volume's key, and a network interface in its subnet. May be done again. Rejects with JobFailure.
 */
export async function makePlace(world: World, notebook: NotebookInstance): Promise<void> {
  await grantKey(world, notebook)
  await takeInterface(world, notebook)
}

async function grantKey(world: World, notebook: NotebookInstance): Promise<void> {
  const { KmsKeyId } = notebook.description
  if (!KmsKeyId) return
  const { volumeId, token } = notebook
  const keyId = await keyArn(world, notebook, KmsKeyId)
  const { GrantId: grantId } = await asked<{ GrantId: string }>(world, notebook, 'kms', 'CreateGrant', {
    KeyId: keyId,
    GranteePrincipal: 'sagemaker.amazonaws.com',
    Operations: VOLUME_OPERATIONS,
    Constraints: { EncryptionContextSubset: { 'aws:ebs:id': volumeId } },
    Name: token,
  })
  const grant = { keyId, grantId, volumeId }
  const before = (notebook.grants ?? []).filter((one) => one.grantId !== grantId)
  notebookInstances.change(world.store, notebook, (changed) => (changed.grants = [grant]))
  await retireGrants(world, notebook, before)
  await openVolume(world, notebook, grant)
}

async function keyArn(world: World, notebook: NotebookInstance, KeyId: string): Promise<string> {
  const { KeyMetadata } = await asked<{ KeyMetadata: { Arn: string } }>(world, notebook, 'kms', 'DescribeKey', {
    KeyId,
  })
  return KeyMetadata.Arn
}

async function takeInterface(world: World, notebook: NotebookInstance): Promise<void> {
  const { SubnetId, SecurityGroups: Groups = [], ...description } = notebook.description
  if (!SubnetId) return
  const { Subnets } = await asked<{ Subnets: { VpcId: string }[] }>(world, notebook, 'ec2', 'DescribeSubnets', {
    SubnetIds: [SubnetId],
  })
  const { VpcId } = Subnets[0]!
  if (Groups.length) await asked(world, notebook, 'ec2', 'DescribeSecurityGroups', { GroupIds: Groups })
  await asked(world, notebook, 'ec2', 'DescribeVpcs', { VpcIds: [VpcId] })
  if (description.AcceleratorTypes?.length) await checkElasticInference(world, notebook, VpcId)
  if (description.NetworkInterfaceId && (await stands(world, notebook, description.NetworkInterfaceId))) return
  const { NetworkInterface } = await asked<{
    NetworkInterface: { NetworkInterfaceId: string; Groups: { GroupId: string }[] }
  }>(world, notebook, 'ec2', 'CreateNetworkInterface', {
    SubnetId,
    ...(Groups.length > 0 && { Groups }),
    ...(description.IpAddressType === 'dualstack' && { Ipv6AddressCount: 1 }),
    Description: `[Do not delete] ENI managed by SageMaker for ${notebook.arn}`,
    ClientToken: notebook.token,
  })
  notebookInstances.change(world.store, notebook, ({ description: changed }) => {
    changed.NetworkInterfaceId = NetworkInterface.NetworkInterfaceId
    changed.SecurityGroups = NetworkInterface.Groups.map(({ GroupId }) => GroupId)
  })
}

/** An instance keeps its interface while it is stopped; one that somebody took away is made anew. */
async function stands(world: World, notebook: NotebookInstance, id: string): Promise<boolean> {
  try {
    await callAsAsker(world, notebook, 'ec2', 'DescribeNetworkInterfaces', { NetworkInterfaceIds: [id] })
    return true
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (error.code === 'InvalidNetworkInterfaceID.NotFound') return false
    throw new JobFailure(failureReason('ec2', 'DescribeNetworkInterfaces', error), error)
  }
}

/** "If you don't set up two or more Availability Zones, EI fails" (seed 000). inferred: sentence */
async function checkElasticInference(world: World, notebook: NotebookInstance, VpcId: string): Promise<void> {
  const ServiceName = `com.amazonaws.${notebook.region}.elastic-inference.runtime`
  const { VpcEndpoints } = await asked<{ VpcEndpoints?: { State: string; SubnetIds?: string[] }[] }>(
    world,
    notebook,
    'ec2',
    'DescribeVpcEndpoints',
    {
      Filters: [
        { Name: 'service-name', Values: [ServiceName] },
        { Name: 'vpc-id', Values: [VpcId] },
      ],
    },
  )
  const SubnetIds = (VpcEndpoints ?? []).flatMap((one) => one.SubnetIds ?? [])
  const { Subnets } = SubnetIds.length
    ? await asked<{ Subnets: { AvailabilityZone: string }[] }>(world, notebook, 'ec2', 'DescribeSubnets', { SubnetIds })
    : { Subnets: [] }
  if (new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size >= 2) return
  throw new JobFailure(
    `Elastic Inference needs an interface endpoint for ${ServiceName} in at least two Availability Zones of ${VpcId}.`,
  )
}

/** A stopped instance has no use of its volume's key; its interface stays. */
export async function leavePlace(world: World, notebook: NotebookInstance): Promise<void> {
  if (!notebook.grants) return
  await retireGrants(world, notebook, notebook.grants)
  notebookInstances.change(world.store, notebook, (changed) => {
    delete changed.grants
  })
}

/** What is deleted takes its interface along, by the permissions of who deletes it (errors.md B1). Rejects with JobFailure. */
export async function takePlaceAway(world: World, notebook: NotebookInstance): Promise<void> {
  const { KmsKeyId, NetworkInterfaceId } = notebook.description
  if (KmsKeyId) await unlessGone(asked(world, notebook, 'kms', 'DescribeKey', { KeyId: KmsKeyId }))
  await leavePlace(world, notebook)
  if (NetworkInterfaceId) {
    await unlessGone(asked(world, notebook, 'ec2', 'DeleteNetworkInterface', { NetworkInterfaceId }))
  }
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    const cause = error instanceof JobFailure ? error.cause : undefined
    const gone = cause instanceof AwsError && /NotFound/.test(cause.code)
    if (!gone) throw error
  })
}

async function asked<O>(
  world: World,
  notebook: NotebookInstance,
  service: 'ec2' | 'kms',
  operation: string,
  input: Record<string, unknown>,
): Promise<O> {
  try {
    return await callAsAsker<O>(world, notebook, service, operation, input)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const failure = new JobFailure(failureReason(service, operation, error), error)
    failure.cause = error
    throw failure
  }
}
