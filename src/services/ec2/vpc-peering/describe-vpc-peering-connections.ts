import type {
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import type { VpcPeeringConnectionDocument } from '../gateway-documents.ts'
import { vpcPeeringConnections } from '../gateway-nouns.ts'
import { describing } from '../needs.ts'
import { without } from '../without.ts'
import { current, isVisible, type PeerInfo } from './peering.ts'

export function peeringView(peering: VpcPeeringConnectionDocument): Shape<VpcPeeringConnection> {
  return without(peering, 'EndTime', 'EndedBy')
}

const sideFilters = (
  start: string,
  side: (peering: VpcPeeringConnectionDocument) => PeerInfo,
): FilterTable<VpcPeeringConnectionDocument> => ({
  [`${start}.cidr-block`]: (peering) => side(peering).CidrBlockSet?.map((one) => one.CidrBlock),
  [`${start}.owner-id`]: (peering) => side(peering).OwnerId,
  [`${start}.vpc-id`]: (peering) => side(peering).VpcId,
})

const filters = (estate: Estate): FilterTable<VpcPeeringConnectionDocument> => ({
  ...sideFilters('accepter-vpc-info', (peering) => peering.AccepterVpcInfo),
  ...sideFilters('requester-vpc-info', (peering) => peering.RequesterVpcInfo),
  'expiration-time': ({ ExpirationTime: time }) =>
    time === undefined ? undefined : new Date(time * 1000).toISOString(),
  'status-code': (peering) => current(estate, peering).Status.Code,
  'status-message': (peering) => current(estate, peering).Status.Message,
  'vpc-peering-connection-id': (peering) => peering.VpcPeeringConnectionId,
})

export const describeVpcPeeringConnections = ec2Operation<
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult
>('DescribeVpcPeeringConnections', {
  needs: (_, estate) => describing(estate, 'DescribeVpcPeeringConnections'),
  perform(input, estate) {
    const question = {
      ids: input.VpcPeeringConnectionIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    }
    const { things, ...page } = describe(estate, vpcPeeringConnections, filters(estate), question, isVisible(estate))
    return { VpcPeeringConnections: things.map((one) => peeringView(current(estate, one))), ...page }
  },
})
