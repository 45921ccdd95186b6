/** The VPC on the other side of a peering: one endpoint in one subnet. */
import type { Random } from '../../policy/random.ts'
import { PEER, REGION, type Doc, type SubnetDocument } from './ground.ts'
import { OTHER_OFFICE } from './premises.ts'
import { entries, every, local } from './rules.ts'

export const PEER_SUBNET: SubnetDocument = {
  SubnetId: 'subnet-peer',
  VpcId: PEER,
  CidrBlock: '10.1.1.0/24',
  AvailabilityZone: `${REGION}a`,
}
export const PEER_INTERFACE = {
  NetworkInterfaceId: 'eni-peer',
  InterfaceType: 'vpc_endpoint',
  VpcId: PEER,
  SubnetId: 'subnet-peer',
  PrivateIpAddress: '10.1.1.10',
  Groups: [{ GroupId: 'sg-peer' }],
}
export const PEER_ENDPOINT = {
  VpcEndpointId: 'vpce-peer',
  VpcEndpointType: 'Interface',
  VpcId: PEER,
  ServiceName: `com.amazonaws.${REGION}.sagemaker.api`,
  State: 'available',
  NetworkInterfaceIds: ['eni-peer'],
  SubnetIds: ['subnet-peer'],
}
export const peerTable = (random: Random): Doc => ({
  RouteTableId: 'rtb-peer',
  VpcId: PEER,
  Associations: [{ Main: true }],
  Routes: [
    local('10.1.0.0/16'),
    ...(random.chance(0.5)
      ? [{ DestinationCidrBlock: random.pick(['10.0.0.0/16', '10.0.0.0/20']), VpcPeeringConnectionId: 'pcx-0' }]
      : random.chance(0.7)
        ? [{ DestinationCidrBlock: '10.0.0.0/16', TransitGatewayId: 'tgw-0' }]
        : []),
    ...(random.chance(0.7) ? [{ DestinationCidrBlock: OTHER_OFFICE, TransitGatewayId: 'tgw-0' }] : []),
  ],
})
export const peerAcl = (random: Random): Doc => ({
  NetworkAclId: 'acl-peer',
  VpcId: PEER,
  Associations: [{ SubnetId: 'subnet-peer' }],
  Entries: random.chance(0.6) ? every(100, 'allow') : entries(random),
})
