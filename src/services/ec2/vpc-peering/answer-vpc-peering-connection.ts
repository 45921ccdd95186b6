import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import type { VpcPeeringConnectionDocument } from '../gateway-documents.ts'
import { vpcPeeringConnections } from '../gateway-nouns.ts'
import { on } from '../needs.ts'
import { vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { without } from '../without.ts'
import { peeringView } from './describe-vpc-peering-connections.ts'
import {
  estateOfSide,
  followState,
  getPeering,
  infoOf,
  isActive,
  isSide,
  overlapping,
  peeringsOf,
  savePeering,
  wrongState,
} from './peering.ts'

/** Asks for the accepter's VPC and for the peering. */
export const acceptVpcPeeringConnection = ec2Operation<
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult
>('AcceptVpcPeeringConnection', {
  needs: (input, estate) => {
    const peering = estate.find(vpcPeeringConnections, input.VpcPeeringConnectionId)
    return [
      on(estate, 'AcceptVpcPeeringConnection', vpcs, peering?.AccepterVpcInfo.VpcId),
      on(estate, 'AcceptVpcPeeringConnection', vpcPeeringConnections, input.VpcPeeringConnectionId),
    ]
  },
  perform(input, estate) {
    const peering = waitingForMe(estate, input.VpcPeeringConnectionId, 'accept')
    const { RequesterVpcInfo, AccepterVpcInfo } = peering
    const there = estateOfSide(estate, RequesterVpcInfo)
    const vpc = estate.find(vpcs, AccepterVpcInfo.VpcId)
    const peer = there.find(vpcs, RequesterVpcInfo.VpcId)
    if (!vpc || !peer || overlapping(vpc, peer)) {
      const Message = 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range'
      return end(estate, peering, 'failed', Message)
    }
    for (const [at, vpcId] of [
      [estate, vpc.VpcId],
      [there, peer.VpcId],
    ] as const) {
      within('activePeeringsPerVpc', peeringsOf(at, vpcId).filter(isActive).length + 1)
    }
    const active = savePeering(estate, {
      ...without(peering, 'ExpirationTime'),
      RequesterVpcInfo: infoOf(there, peer),
      AccepterVpcInfo: infoOf(estate, vpc),
      Status: { Code: 'active', Message: 'Active' },
    })
    followState(estate, active)
    return { VpcPeeringConnection: peeringView(active) }
  },
})

export const rejectVpcPeeringConnection = ec2Operation<
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult
>('RejectVpcPeeringConnection', {
  needs: (input, estate) => [
    on(estate, 'RejectVpcPeeringConnection', vpcPeeringConnections, input.VpcPeeringConnectionId),
  ],
  perform(input, estate) {
    const peering = waitingForMe(estate, input.VpcPeeringConnectionId, 'reject')
    end(estate, peering, 'rejected', `Rejected by ${estate.account}`)
    return { Return: true }
  },
})

/** Either side's to end when it is active; while it waits, the requester takes it back. */
export const deleteVpcPeeringConnection = ec2Operation<
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult
>('DeleteVpcPeeringConnection', {
  needs: (input, estate) => [
    on(estate, 'DeleteVpcPeeringConnection', vpcPeeringConnections, input.VpcPeeringConnectionId),
  ],
  perform(input, estate) {
    const peering = getPeering(estate, input.VpcPeeringConnectionId)
    const waits = peering.Status.Code === 'pending-acceptance'
    if (waits && !isSide(estate, peering.RequesterVpcInfo)) throw wrongState(peering)
    if (!waits && !isActive(peering)) throw wrongState(peering)
    end(estate, peering, 'deleted', `Deleted by ${estate.account}`)
    return { Return: true }
  },
})

function end(
  estate: Estate,
  peering: VpcPeeringConnectionDocument,
  Code: 'failed' | 'rejected' | 'deleted',
  Message: string,
) {
  const ended = savePeering(estate, {
    ...without(peering, 'ExpirationTime'),
    Status: { Code, Message },
    EndTime: estate.now,
    EndedBy: estate.account,
  })
  followState(estate, ended)
  return { VpcPeeringConnection: peeringView(ended) }
}

/** Only the accepter answers, in the accepter's Region, and only once. */
function waitingForMe(estate: Estate, id: string, deed: string): VpcPeeringConnectionDocument {
  const peering = getPeering(estate, id)
  const { AccepterVpcInfo, RequesterVpcInfo, Status } = peering
  if (!isSide(estate, AccepterVpcInfo)) {
    throw new AwsError(
      'OperationNotPermitted',
      AccepterVpcInfo.OwnerId === estate.account
        ? `Incorrect region (${RequesterVpcInfo.Region}) specified for this request. VPC peering connection ${id} must be ${deed}ed in region ${AccepterVpcInfo.Region}`
        : `User ${estate.account} cannot ${deed} peering ${id}`,
    )
  }
  if (Status.Code !== 'pending-acceptance') throw wrongState(peering)
  return peering
}
