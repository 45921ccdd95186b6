import type { CreateVpcPeeringConnectionRequest, CreateVpcPeeringConnectionResult } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValueOf, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { vpcArn, vpcPeeringConnections } from '../gateway-nouns.ts'
import { making, on } from '../needs.ts'
import { vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { regions } from '../zones.ts'
import { peeringView } from './describe-vpc-peering-connections.ts'
import { infoOf, overlapping, peerOf, peeringsOf, savePeering } from './peering.ts'

const WEEK = 7 * 24 * 3600

/**
 * A request to another VPC: of this account or another of this server, in this Region or another. Nothing overlaps and
 * both exist, or it fails at once, as on AWS (VPC Peering Guide, "VPC peering connection lifecycle").
 */
export const createVpcPeeringConnection = ec2Operation<
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult
>('CreateVpcPeeringConnection', {
  needs: (input, estate) => {
    const arn = (OwnerId: string, Region: string, VpcId: string) =>
      vpcArn(estate.arn('vpc', ''), { OwnerId, Region, VpcId })
    return [
      on(estate, 'CreateVpcPeeringConnection', vpcs, input.VpcId),
      ...making(estate, 'CreateVpcPeeringConnection', vpcPeeringConnections, input.TagSpecifications, {
        ...(input.VpcId ? { 'ec2:RequesterVpc': arn(estate.account, estate.region, input.VpcId) } : {}),
        ...(input.PeerVpcId
          ? {
              'ec2:AccepterVpc': arn(
                input.PeerOwnerId ?? estate.account,
                input.PeerRegion ?? estate.region,
                input.PeerVpcId,
              ),
            }
          : {}),
      }),
    ]
  },
  perform(input, estate) {
    if (!input.PeerVpcId) throw missingParameter('peerVpcId')
    const vpc = estate.get(vpcs, input.VpcId)
    const region = input.PeerRegion ?? estate.region
    if (!regions.includes(region)) throw invalidValueOf(region, 'peerRegion', 'This is not a valid Region.')
    const there = estate.at(input.PeerOwnerId ?? estate.account, region)
    const peer = there.find(vpcs, input.PeerVpcId)
    if (!peer && there.account === estate.account) throw vpcs.notFound(input.PeerVpcId)
    unlessPeered(estate, vpc.VpcId, input.PeerVpcId)
    within('outstandingPeerings', waiting(estate, vpc.VpcId) + 1)
    const failed = !peer || overlapping(vpc, peer)
    const peering = savePeering(estate, {
      VpcPeeringConnectionId: estate.mint(vpcPeeringConnections.prefix),
      RequesterVpcInfo: infoOf(estate, vpc),
      AccepterVpcInfo: { OwnerId: there.account, Region: region, VpcId: input.PeerVpcId },
      Tags: givenTags(vpcPeeringConnections, input.TagSpecifications),
      ...(failed
        ? {
            Status: {
              Code: 'failed',
              Message: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
            },
            EndTime: estate.now,
          }
        : {
            Status: { Code: 'pending-acceptance', Message: `Pending Acceptance by ${there.account}` },
            ExpirationTime: estate.now + WEEK,
          }),
    })
    return {
      VpcPeeringConnection: {
        ...peeringView(peering),
        // What AWS answers; the next look sees what became of it.
        Status: { Code: 'initiating-request', Message: `Initiating Request to ${there.account}` },
      },
    }
  },
})

function unlessPeered(estate: Estate, vpcId: string, peerId: string): void {
  const old = peeringsOf(estate, vpcId).find((peering) => peerOf(peering, vpcId).VpcId === peerId)
  if (old && vpcId !== peerId) {
    // inferred: the sentence; the code is EC2's.
    throw new AwsError(
      'VpcPeeringConnectionAlreadyExists',
      `A VPC peering connection between ${vpcId} and ${peerId} already exists: ${old.VpcPeeringConnectionId}`,
    )
  }
}

const waiting = (estate: Estate, vpcId: string): number =>
  peeringsOf(estate, vpcId).filter(
    (one) => one.Status.Code === 'pending-acceptance' && one.RequesterVpcInfo.VpcId === vpcId,
  ).length
