import { AwsError } from '../wire/aws-error.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'

interface Endpoint {
  VpcEndpointId: string
}

/**
 * The two EC2 calls that a compilation job makes beyond those of other jobs (seed 002's policy has eleven actions): it looks
 * for the endpoint by which the VPC leads to S3, and writes on each interface of which job it is and which way its model
 * comes. inferred: what AWS does with them. Rejects with JobFailure.
 */
export async function describeWays(
  acting: Acting,
  { interfaces, region, jobArn }: { interfaces: readonly string[]; region: string; jobArn: string },
): Promise<void> {
  try {
    for (const id of interfaces) {
      const { NetworkInterfaces } = await acting.call<{ NetworkInterfaces: { VpcId: string }[] }>(
        'ec2',
        'DescribeNetworkInterfaces',
        { NetworkInterfaceIds: [id] },
      )
      const { VpcEndpoints } = await acting.call<{ VpcEndpoints: Endpoint[] }>('ec2', 'DescribeVpcEndpoints', {
        Filters: [
          { Name: 'vpc-id', Values: [NetworkInterfaces[0]!.VpcId] },
          { Name: 'service-name', Values: [`com.amazonaws.${region}.s3`] },
        ],
      })
      const way = VpcEndpoints.map((one) => one.VpcEndpointId).join(', ') || 'no VPC endpoint'
      await acting.call('ec2', 'ModifyNetworkInterfaceAttribute', {
        NetworkInterfaceId: id,
        Description: { Value: `[Do not delete] ENI managed by SageMaker for ${jobArn}; S3 by ${way}` },
      })
    }
  } catch (error) {
    throw error instanceof AwsError ? new JobFailure(reasons.networkInterface(error), error) : error
  }
}
