import type { Call, Caller } from '../../../door/call.ts'
import { Acting, sagemakerNetwork } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { findEntity } from '../../iam/entities.ts'
import { because } from '../training/check-training-request.ts'
import { pasted } from '../pasted.ts'
import type { Place } from '../resources.ts'

const PRINCIPAL = 'sagemaker.amazonaws.com'
const ROLE = 'AWSServiceRoleForAmazonSageMakerNotebooks'

/** Makes the role where it is not there yet, in the caller's name: that needs iam:CreateServiceLinkedRole (facts: errors.md B1, CreateDomain). */
export async function ensureLinkedRole(
  world: World,
  call: Pick<Call, 'account' | 'region' | 'requestId'> & { caller: Caller },
): Promise<void> {
  if (findEntity(world.store, 'role', call.account, ROLE)) return
  try {
    await world.door.call({
      service: 'iam',
      operation: 'CreateServiceLinkedRole',
      input: { AWSServiceName: PRINCIPAL },
      as: { caller: call.caller, via: PRINCIPAL },
      origin: sagemakerNetwork,
      region: call.region,
      onBehalfOf: call.requestId,
    })
  } catch (error) {
    // IAM's code has no Exception at its end, SageMaker's has.
    if (!(error instanceof AwsError) || error.code !== 'AccessDenied') throw error
    const denied = new AwsError('AccessDeniedException', error.message)
    if (error.requestId) denied.causedBy = error.requestId
    throw denied
  }
}

/** Where a domain and its apps are. */
export interface StudioPlace {
  vpcId: string
  subnetIds: readonly string[]
  securityGroupIds: readonly string[]
}

/**
 * Whether the VPC is as it is named: asked of EC2 by the service-linked role, for Studio's network is the service's and not
 * the execution role's. SageMaker's wording is not public: EC2's verified sentence (facts: errors.md A8.1). inferred
 */
export async function checkPlace(world: World, at: Place & { arn: string }, place: StudioPlace): Promise<void> {
  const { vpcId, subnetIds, securityGroupIds } = place
  const roleArn = `arn:aws:iam::${at.account}:role/aws-service-role/${PRINCIPAL}/${ROLE}`
  const acting = new Acting(world, { ...at, roleArn })
  try {
    await acting.call('ec2', 'DescribeVpcs', { VpcIds: [vpcId] })
    const { Subnets } = await acting.call<{ Subnets: { SubnetId: string; VpcId: string }[] }>(
      'ec2',
      'DescribeSubnets',
      {
        SubnetIds: [...subnetIds],
      },
    )
    const stranger = Subnets.find((subnet) => subnet.VpcId !== vpcId)
    if (stranger) throw misplaced(`Subnet ${stranger.SubnetId} does not belong to VPC ${vpcId}.`)
    if (securityGroupIds.length === 0) return
    const { SecurityGroups } = await acting.call<{ SecurityGroups: { GroupId: string; VpcId: string }[] }>(
      'ec2',
      'DescribeSecurityGroups',
      { GroupIds: [...securityGroupIds] },
    )
    const group = SecurityGroups.find((one) => one.VpcId !== vpcId)
    if (group) {
      throw misplaced(`Security group ${group.GroupId} and subnet ${subnetIds[0]} belong to different networks.`)
    }
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'ValidationException') throw error
    throw because(error, error.message + pasted('AmazonEC2', error))
  }
}

const misplaced = (sentence: string) => new AwsError('ValidationException', sentence)
