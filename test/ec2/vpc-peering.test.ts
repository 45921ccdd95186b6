import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildNetwork } from '../../src/network/network.ts'
import { networkDocuments } from '../../src/services/ec2/documents.ts'
import { ACCOUNT, enableHostnames, newEstate, REGION, withSubnet, type TestEstate } from './estate.ts'

const OTHER = '210987654321'
const DAY = 24 * 3600

const makeVpc = (estate: TestEstate, CidrBlock: string) => estate.ask('CreateVpc', { CidrBlock }).Vpc!.VpcId!

/** Two accounts of one server, each with a VPC, and a request from the first to the second. */
function twoAccounts({ region = REGION, cidr = '10.1.0.0/16' } = {}) {
  const here = newEstate()
  const there = newEstate({ store: here.store, account: OTHER, region })
  const VpcId = makeVpc(here, '10.0.0.0/16')
  const PeerVpcId = makeVpc(there, cidr)
  const request = { VpcId, PeerVpcId, PeerOwnerId: OTHER, PeerRegion: region }
  const VpcPeeringConnectionId = here.ask('CreateVpcPeeringConnection', request).VpcPeeringConnection!
    .VpcPeeringConnectionId!
  const seenBy = (estate: TestEstate) => estate.ask('DescribeVpcPeeringConnections', {}).VpcPeeringConnections!
  return { here, there, VpcId, PeerVpcId, VpcPeeringConnectionId, request, seenBy }
}

test('a request waits, is seen from both sides, and becomes active when the other account accepts', () => {
  const { here, there, VpcId, PeerVpcId, VpcPeeringConnectionId, request, seenBy } = twoAccounts()
  for (const estate of [here, there]) {
    const [peering] = seenBy(estate)
    assert.deepEqual(peering!.Status, { Code: 'pending-acceptance', Message: `Pending Acceptance by ${OTHER}` })
    assert.equal(peering!.RequesterVpcInfo!.CidrBlock, '10.0.0.0/16')
    assert.equal(peering!.AccepterVpcInfo!.CidrBlock, undefined)
  }
  here.refuses('CreateVpcPeeringConnection', request, 'VpcPeeringConnectionAlreadyExists')
  here.refuses('AcceptVpcPeeringConnection', { VpcPeeringConnectionId }, 'OperationNotPermitted')
  there.refuses('DeleteVpcPeeringConnection', { VpcPeeringConnectionId }, 'InvalidStateTransition')
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  for (const estate of [here, there]) {
    const [peering] = seenBy(estate)
    assert.equal(peering!.Status!.Code, 'active')
    assert.equal(peering!.ExpirationTime, undefined)
    assert.deepEqual(peering!.AccepterVpcInfo!.CidrBlockSet, [{ CidrBlock: '10.1.0.0/16' }])
    assert.deepEqual([peering!.RequesterVpcInfo!.VpcId, peering!.AccepterVpcInfo!.VpcId], [VpcId, PeerVpcId])
  }
  there.refuses('AcceptVpcPeeringConnection', { VpcPeeringConnectionId }, 'InvalidStateTransition')
  here.refuses('DeleteVpc', { VpcId }, 'DependencyViolation')
})

test('tags are each account’s own', () => {
  const { here, there, VpcPeeringConnectionId, seenBy } = twoAccounts()
  here.ask('CreateTags', { Resources: [VpcPeeringConnectionId], Tags: [{ Key: 'side', Value: 'here' }] })
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  there.ask('CreateTags', { Resources: [VpcPeeringConnectionId], Tags: [{ Key: 'side', Value: 'there' }] })
  assert.deepEqual(seenBy(here)[0]!.Tags, [{ Key: 'side', Value: 'here' }])
  assert.deepEqual(seenBy(there)[0]!.Tags, [{ Key: 'side', Value: 'there' }])
})

test('overlapping blocks and unknown VPCs of others fail at once, unseen by the other side', () => {
  const { here, there, seenBy } = twoAccounts({ cidr: '10.0.128.0/17' })
  assert.equal(seenBy(here)[0]!.Status!.Code, 'failed')
  assert.deepEqual(seenBy(there), [])
  const request = { VpcId: makeVpc(here, '10.5.0.0/16'), PeerVpcId: 'vpc-0', PeerOwnerId: OTHER }
  here.ask('CreateVpcPeeringConnection', request)
  assert.equal(seenBy(here).filter((one) => one.Status!.Code === 'failed').length, 2)
  here.wait(2 * 3600)
  assert.deepEqual(seenBy(here), [], 'failed ones are told of for two hours')
  here.refuses(
    'CreateVpcPeeringConnection',
    { VpcId: request.VpcId, PeerVpcId: 'vpc-0' },
    'InvalidVpcID.NotFound',
    "The vpc ID 'vpc-0' does not exist",
  )
})

test('who overlapped meanwhile fails on acceptance; an unanswered request expires', () => {
  const one = twoAccounts()
  one.here.ask('AssociateVpcCidrBlock', { VpcId: one.VpcId, CidrBlock: '10.1.1.0/24' })
  const { VpcPeeringConnectionId } = one
  const answer = one.there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  assert.equal(answer.VpcPeeringConnection!.Status!.Code, 'failed')
  const two = twoAccounts()
  two.here.wait(7 * DAY)
  assert.equal(two.seenBy(two.here)[0]!.Status!.Code, 'expired')
  two.there.wait(7 * DAY)
  two.there.refuses(
    'AcceptVpcPeeringConnection',
    { VpcPeeringConnectionId: two.VpcPeeringConnectionId },
    'InvalidStateTransition',
  )
})

test('a rejected one is over', () => {
  const { here, there, VpcPeeringConnectionId, request, seenBy } = twoAccounts()
  assert.deepEqual(there.ask('RejectVpcPeeringConnection', { VpcPeeringConnectionId }), { Return: true })
  assert.equal(seenBy(here)[0]!.Status!.Code, 'rejected')
  here.ask('CreateVpcPeeringConnection', request)
  there.wait(2 * 3600)
  assert.equal(seenBy(there).length, 1, 'the one who rejected sees it two hours')
  here.wait(2 * 3600)
  assert.equal(seenBy(here).length, 2, 'the requester two days')
})

test('between Regions it is accepted where the VPC is', () => {
  const here = newEstate()
  const west = newEstate({ store: here.store, region: 'us-west-2' })
  const VpcId = makeVpc(here, '10.0.0.0/16')
  const PeerVpcId = makeVpc(west, '10.1.0.0/16')
  const { VpcPeeringConnectionId } = here.ask('CreateVpcPeeringConnection', {
    VpcId,
    PeerVpcId,
    PeerRegion: 'us-west-2',
  }).VpcPeeringConnection!
  here.refuses(
    'AcceptVpcPeeringConnection',
    { VpcPeeringConnectionId: VpcPeeringConnectionId! },
    'OperationNotPermitted',
    `Incorrect region (us-east-1) specified for this request. VPC peering connection ${VpcPeeringConnectionId} must be accepted in region us-west-2`,
  )
  west.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: VpcPeeringConnectionId! })
  assert.equal(here.ask('DescribeVpcPeeringConnections', {}).VpcPeeringConnections![0]!.Status!.Code, 'active')
  here.refuses('CreateVpcPeeringConnection', { VpcId, PeerVpcId, PeerRegion: 'mars' }, 'InvalidParameterValue')
})

test('routes wait for it, live with it and turn black with its end', () => {
  const { here, there, VpcId, VpcPeeringConnectionId } = twoAccounts()
  const RouteTableId = here.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const toPeer = { RouteTableId, DestinationCidrBlock: '10.1.0.0/16', VpcPeeringConnectionId }
  here.ask('CreateRoute', toPeer)
  const state = () =>
    here
      .ask('DescribeRouteTables', { Filters: [{ Name: 'route.vpc-peering-connection-id', Values: ['pcx-*'] }] })
      .RouteTables![0]!.Routes!.find((route) => route.VpcPeeringConnectionId)!.State
  assert.equal(state(), 'blackhole')
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  assert.equal(state(), 'active')
  here.ask('DeleteVpcPeeringConnection', { VpcPeeringConnectionId })
  assert.equal(state(), 'blackhole')
  const stranger = makeVpc(here, '10.7.0.0/16')
  const elsewhere = here.ask('CreateRouteTable', { VpcId: stranger }).RouteTable!.RouteTableId!
  here.refuses('CreateRoute', { ...toPeer, RouteTableId: elsewhere }, 'InvalidVpcPeeringConnectionID.NotFound')
})

test('the blocks of a peer are not to be had, and new ones are told', () => {
  const { here, there, VpcId, VpcPeeringConnectionId, seenBy } = twoAccounts()
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  here.refuses('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.1.4.0/24' }, 'InvalidVpc.Range')
  here.ask('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.2.0.0/16' })
  assert.deepEqual(
    seenBy(there)[0]!.RequesterVpcInfo!.CidrBlockSet!.map((one) => one.CidrBlock),
    ['10.0.0.0/16', '10.2.0.0/16'],
  )
})

test('options: each side its own, and host names must be on', () => {
  const { here, there, VpcId, VpcPeeringConnectionId, seenBy } = twoAccounts()
  const mine = { VpcPeeringConnectionId, RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true } }
  here.refuses('ModifyVpcPeeringConnectionOptions', mine, 'InvalidStateTransition')
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  here.refuses('ModifyVpcPeeringConnectionOptions', mine, 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled')
  enableHostnames(here, VpcId)
  assert.equal(
    here.ask('ModifyVpcPeeringConnectionOptions', mine).RequesterPeeringConnectionOptions!
      .AllowDnsResolutionFromRemoteVpc,
    true,
  )
  there.refuses('ModifyVpcPeeringConnectionOptions', mine, 'OperationNotPermitted')
  assert.equal(seenBy(there)[0]!.RequesterVpcInfo!.PeeringOptions!.AllowDnsResolutionFromRemoteVpc, true)
  assert.equal(seenBy(there)[0]!.AccepterVpcInfo!.PeeringOptions!.AllowDnsResolutionFromRemoteVpc, false)
})

test('rules name groups across an active peering, and become stale with its end', () => {
  const { here, there, VpcId, PeerVpcId, VpcPeeringConnectionId } = twoAccounts()
  const theirs = there.ask('CreateSecurityGroup', { VpcId: PeerVpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const GroupId = here.ask('CreateSecurityGroup', { VpcId, GroupName: 'db', Description: 'db' }).GroupId!
  const rule = {
    GroupId,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: theirs, UserId: OTHER }] },
    ],
  }
  here.refuses('AuthorizeSecurityGroupIngress', rule, 'InvalidGroup.NotFound')
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  here.ask('AuthorizeSecurityGroupIngress', rule)
  const pair = () =>
    here.ask('DescribeSecurityGroups', { GroupIds: [GroupId] }).SecurityGroups![0]!.IpPermissions![0]!
      .UserIdGroupPairs![0]!
  assert.deepEqual(pair(), {
    GroupId: theirs,
    UserId: OTHER,
    VpcId: PeerVpcId,
    VpcPeeringConnectionId,
    PeeringStatus: 'active',
  })
  assert.deepEqual(there.ask('DescribeSecurityGroupReferences', { GroupId: [theirs] }).SecurityGroupReferenceSet, [
    { GroupId: theirs, ReferencingVpcId: VpcId, VpcPeeringConnectionId },
  ])
  const stale = () => here.ask('DescribeStaleSecurityGroups', { VpcId }).StaleSecurityGroupSet!
  assert.deepEqual(stale(), [])
  there.ask('DeleteVpcPeeringConnection', { VpcPeeringConnectionId })
  assert.equal(pair().PeeringStatus, 'deleted')
  assert.equal(stale()[0]!.GroupId, GroupId)
  assert.equal(stale()[0]!.StaleIpPermissions![0]!.UserIdGroupPairs![0]!.GroupId, theirs)
  there.ask('DeleteSecurityGroup', { GroupId: theirs })
})

test('what is asked for names both VPCs', () => {
  const { here, there, VpcId, PeerVpcId, VpcPeeringConnectionId, request } = twoAccounts()
  const [vpc, peering] = here.needs('CreateVpcPeeringConnection', request)
  const requester = `arn:aws:ec2:us-east-1:${ACCOUNT}:vpc/${VpcId}`
  const accepter = `arn:aws:ec2:us-east-1:${OTHER}:vpc/${PeerVpcId}`
  assert.equal(vpc!.resource, requester)
  assert.equal(peering!.resource, `arn:aws:ec2:us-east-1:${ACCOUNT}:vpc-peering-connection/*`)
  assert.deepEqual(peering!.context, {
    'ec2:Region': 'us-east-1',
    'ec2:RequesterVpc': requester,
    'ec2:AccepterVpc': accepter,
  })
  const needs = there.needs('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  assert.deepEqual(
    needs.map((need) => need.resource),
    [accepter, `arn:aws:ec2:us-east-1:${OTHER}:vpc-peering-connection/${VpcPeeringConnectionId}`],
  )
  assert.deepEqual(needs[1]!.context, {
    'ec2:Region': 'us-east-1',
    'ec2:VpcPeeringConnectionID': VpcPeeringConnectionId,
    'ec2:RequesterVpc': requester,
    'ec2:AccepterVpc': accepter,
  })
})

test('a connection crosses it once routes on both sides and a rule let it', () => {
  const here = newEstate()
  const there = newEstate({ store: here.store, account: OTHER, region: 'us-west-2' })
  const { VpcId, SubnetId } = withSubnet(here)
  const PeerVpcId = makeVpc(there, '10.1.0.0/16')
  const far = there.ask('CreateSubnet', { VpcId: PeerVpcId, CidrBlock: '10.1.0.0/24' }).Subnet!.SubnetId!
  const request = { VpcId, PeerVpcId, PeerOwnerId: OTHER, PeerRegion: 'us-west-2' }
  const VpcPeeringConnectionId = here.ask('CreateVpcPeeringConnection', request).VpcPeeringConnection!
    .VpcPeeringConnectionId!
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
  const source = here.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!
  const target = there.ask('CreateNetworkInterface', { SubnetId: far }).NetworkInterface!
  const blockers = () => {
    const network = buildNetwork(networkDocuments(here.store, ACCOUNT, REGION), REGION)
    const origin = { kind: 'interface', networkInterfaceId: source.NetworkInterfaceId! } as const
    const { verdict, blockers: found } = network.connect(origin, target.PrivateIpAddress!, 443)
    return [verdict, ...found.map((one) => one.code)]
  }
  const route = (estate: TestEstate, vpc: string, DestinationCidrBlock: string) => {
    const [main] = estate.ask('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] }).RouteTables!
    estate.ask('CreateRoute', { RouteTableId: main!.RouteTableId!, DestinationCidrBlock, VpcPeeringConnectionId })
  }
  assert.deepEqual(blockers(), ['timeout', 'NO_ROUTE_TO_DESTINATION'])
  route(here, VpcId, '10.1.0.0/16')
  assert.deepEqual(blockers(), ['timeout', 'ENI_SG_RULES_MISMATCH', 'NO_ROUTE_TO_DESTINATION'])
  route(there, PeerVpcId, '10.0.0.0/16')
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }
  there.ask('AuthorizeSecurityGroupIngress', { GroupId: target.Groups![0]!.GroupId!, IpPermissions: [https] })
  assert.deepEqual(blockers(), ['allowed'])
  there.ask('DeleteVpcPeeringConnection', { VpcPeeringConnectionId })
  assert.equal(blockers()[0], 'timeout')
})
