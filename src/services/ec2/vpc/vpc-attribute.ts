import type {
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  ModifyVpcAttributeRequest,
} from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidParameter, invalidValueOf } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { attributes, on } from '../needs.ts'
import { vpcEndpoints, vpcs } from '../nouns.ts'

export const describeVpcAttribute = ec2Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult>(
  'DescribeVpcAttribute',
  {
    needs: (input, estate) => [on(estate, 'DescribeVpcAttribute', vpcs, input.VpcId)],
    perform(input, estate) {
      const vpc = estate.get(vpcs, input.VpcId)
      const { VpcId, EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics = false } = vpc
      switch (input.Attribute) {
        case 'enableDnsSupport':
          return { VpcId, EnableDnsSupport: { Value: EnableDnsSupport } }
        case 'enableDnsHostnames':
          return { VpcId, EnableDnsHostnames: { Value: EnableDnsHostnames } }
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId, EnableNetworkAddressUsageMetrics: { Value: EnableNetworkAddressUsageMetrics } }
        default:
          throw invalidValueOf(input.Attribute, 'vpcAttribute', 'Unknown attribute.')
      }
    },
  },
)

export const modifyVpcAttribute = ec2Operation<ModifyVpcAttributeRequest, object>('ModifyVpcAttribute', {
  needs: ({ VpcId, EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics }, estate) => {
    const set = { EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics }
    return [on(estate, 'ModifyVpcAttribute', vpcs, VpcId, attributes(set))]
  },
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    const given = [input.EnableDnsSupport, input.EnableDnsHostnames, input.EnableNetworkAddressUsageMetrics]
    if (given.filter((one) => one?.Value !== undefined).length !== 1) {
      throw invalidCombination('Exactly one attribute must be modified at a time')
    }
    const changed = {
      ...vpc,
      EnableDnsSupport: input.EnableDnsSupport?.Value ?? vpc.EnableDnsSupport,
      EnableDnsHostnames: input.EnableDnsHostnames?.Value ?? vpc.EnableDnsHostnames,
      EnableNetworkAddressUsageMetrics:
        input.EnableNetworkAddressUsageMetrics?.Value ?? vpc.EnableNetworkAddressUsageMetrics ?? false,
    }
    keepPrivateDns(estate, changed)
    estate.save(vpcs, changed)
    return {}
  },
})

/** inferred: both attributes are held while an endpoint of the VPC has private DNS; AWS's sentence for it was not found. */
function keepPrivateDns(
  estate: Estate,
  vpc: { VpcId: string; EnableDnsSupport: boolean; EnableDnsHostnames: boolean },
) {
  if (vpc.EnableDnsSupport && vpc.EnableDnsHostnames) return
  const needing = estate.list(vpcEndpoints).find((one) => one.VpcId === vpc.VpcId && one.PrivateDnsEnabled)
  if (needing) {
    throw invalidParameter(
      `Private DNS of ${needing.VpcEndpointId} requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.VpcId}`,
    )
  }
}
