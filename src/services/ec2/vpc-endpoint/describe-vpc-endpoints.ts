import type { DescribeVpcEndpointsRequest, DescribeVpcEndpointsResult } from '@aws-sdk/client-ec2'
import { describe, type FilterTable } from '../describe.ts'
import type { VpcEndpointDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { vpcEndpoints } from '../nouns.ts'

const filters: FilterTable<VpcEndpointDocument> = {
  'ip-address-type': (endpoint) => endpoint.IpAddressType,
  'service-name': (endpoint) => endpoint.ServiceName,
  'service-region': (endpoint) => endpoint.ServiceRegion,
  'vpc-id': (endpoint) => endpoint.VpcId,
  'vpc-endpoint-id': (endpoint) => endpoint.VpcEndpointId,
  'vpc-endpoint-state': (endpoint) => endpoint.State,
  'vpc-endpoint-type': (endpoint) => endpoint.VpcEndpointType,
}

export const describeVpcEndpoints = ec2Operation<DescribeVpcEndpointsRequest, DescribeVpcEndpointsResult>(
  'DescribeVpcEndpoints',
  {
    needs: (_, estate) => describing(estate, 'DescribeVpcEndpoints'),
    perform(input, estate) {
      const { things, ...page } = describe(estate, vpcEndpoints, filters, {
        ids: input.VpcEndpointIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { VpcEndpoints: things, ...page }
    },
  },
)
