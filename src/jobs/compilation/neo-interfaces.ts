import { AwsError } from '../../wire/aws-error.ts'
import type { Acting } from '../acting.ts'
import { JobFailure, reasons } from '../failure.ts'

interface Endpoint {
  VpcEndpointId: string
}

/**
 * The two EC2 calls that a compilation job makes beyond those of other jobs (seed 002's policy has eleven actions): it looks
 * for the endpoint by which the VPC leads to S3, and writes on each interface of which job it is and which way its model
 * comes. inferred: what AWS does with them. Rejects with JobFailure.
 *
 * Returns the refusal of the second, without which a job goes on: the page says that AmazonSageMakerFullAccess has what is
 * needed, and that policy (v29) has ten of the eleven, not ec2:ModifyNetworkInterfaceAttribute.
 */
export async function describeWays(
  acting: Acting,
  { interfaces, region, jobArn }: { interfaces: readonly string[]; region: string; jobArn: string },
): Promise<AwsError | undefined> {
  let refused: AwsError | undefined
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
      const Description = { Value: `[Do not delete] ENI managed by SageMaker for ${jobArn}; S3 by ${way}` }
      const input = { NetworkInterfaceId: id, Description }
      await acting.call('ec2', 'ModifyNetworkInterfaceAttribute', input).catch((error: unknown) => {
        if (!(error instanceof AwsError && error.code === 'UnauthorizedOperation')) throw error
        refused ??= error
      })
    }
    return refused
  } catch (error) {
    throw error instanceof AwsError ? new JobFailure(reasons.networkInterface(error), error) : error
  }
}
