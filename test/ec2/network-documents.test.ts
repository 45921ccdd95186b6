import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ec2Epoch, networkDocuments } from '../../src/services/ec2/documents.ts'
import type { NetworkDocuments } from '../../src/network/types.ts'
import { ACCOUNT, newEstate, REGION, withSubnet, type TestEstate } from './estate.ts'

const OTHER = '210987654321'

const documentsOf = (estate: TestEstate) => networkDocuments(estate.store, estate.account, estate.region)

/** The lists that are not the same object in both. */
const moved = (before: NetworkDocuments, after: NetworkDocuments) =>
  Object.keys(after).filter((name) => before[name as keyof NetworkDocuments] !== after[name as keyof NetworkDocuments])

test('every list is filled, and every kind of document moves the epoch', () => {
  const estate = newEstate()
  let epoch = ec2Epoch(estate.store)
  const moves = () => {
    assert.ok(ec2Epoch(estate.store) > epoch)
    epoch = ec2Epoch(estate.store)
  }
  const { VpcId, SubnetId } = withSubnet(estate)
  moves()
  estate.ask('CreateEgressOnlyInternetGateway', { VpcId })
  moves()
  const list = { PrefixListName: 'offices', AddressFamily: 'IPv4', MaxEntries: 2, Entries: [{ Cidr: '10.1.0.0/16' }] }
  const PrefixListId = estate.ask('CreateManagedPrefixList', list).PrefixList!.PrefixListId!
  moves()
  const TransitGatewayId = estate.ask('CreateTransitGateway', {}).TransitGateway!.TransitGatewayId!
  moves()
  estate.ask('CreateTransitGatewayVpcAttachment', { TransitGatewayId, VpcId, SubnetIds: [SubnetId] })
  moves()
  const { CustomerGatewayId } = estate.ask('CreateCustomerGateway', {
    Type: 'ipsec.1',
    IpAddress: '203.0.113.7',
  }).CustomerGateway!
  moves()
  const VpnGatewayId = estate.ask('CreateVpnGateway', { Type: 'ipsec.1' }).VpnGateway!.VpnGatewayId!
  moves()
  estate.ask('CreateVpnConnection', { CustomerGatewayId: CustomerGatewayId!, VpnGatewayId, Type: 'ipsec.1' })
  moves()
  const PeerVpcId = estate.ask('CreateVpc', { CidrBlock: '10.2.0.0/16' }).Vpc!.VpcId!
  estate.ask('CreateVpcPeeringConnection', { VpcId, PeerVpcId })
  moves()
  const documents = documentsOf(estate)
  const table = documents.TransitGatewayRouteTables[0]!
  assert.deepEqual([table.Routes!.length, table.Associations!.length, table.Propagations!.length], [1, 1, 1])
  assert.deepEqual(documents.ManagedPrefixLists.find((one) => one.PrefixListId === PrefixListId)!.Cidrs, [
    '10.1.0.0/16',
  ])
  assert.deepEqual(documents.TransitGatewayVpcAttachments[0]!.SubnetIds, [SubnetId])
  assert.equal(documents.TransitGatewayAttachments[0]!.ResourceId, VpcId)
  const filled = Object.entries(documents).filter(([, values]) => values.length > 0)
  const empty = ['InternetGateways', 'NatGateways', 'VpcEndpoints', 'Addresses']
  assert.deepEqual(
    Object.keys(documents)
      .filter((name) => !filled.some(([one]) => one === name))
      .toSorted(),
    empty.toSorted(),
  )
})

test('what did not change stays the same object: one document, one list', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  estate.ask('CreateNetworkInterface', { SubnetId })
  const first = documentsOf(estate)
  assert.deepEqual(moved(first, documentsOf(estate)), [])
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const second = documentsOf(estate)
  assert.deepEqual(moved(first, second), ['SecurityGroups'])
  assert.equal(second.SecurityGroups.length, first.SecurityGroups.length + 1)
  assert.ok(first.SecurityGroups.every((group) => second.SecurityGroups.includes(group)))
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [https] })
  const third = documentsOf(estate)
  assert.deepEqual(
    third.SecurityGroups.filter((group) => !second.SecurityGroups.includes(group)).map((group) => group.GroupId),
    [GroupId],
  )
  estate.ask('DeleteSecurityGroup', { GroupId })
  assert.deepEqual(documentsOf(estate).SecurityGroups, first.SecurityGroups)
  newEstate({ store: estate.store, account: OTHER }).ask('CreateVpc', { CidrBlock: '10.0.0.0/16' })
  assert.deepEqual(
    moved(first, documentsOf(estate)).filter((name) => name !== 'SecurityGroups'),
    [],
    'others are apart',
  )
})

test('lists are right after very many changes, after an undone one, and on an overlay', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const eni = estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!
  documentsOf(estate)
  const key = `${ACCOUNT}/${REGION}/${eni.NetworkInterfaceId}`
  for (let i = 0; i < 2500; i++) estate.store.put('ec2/network-interface', key, { ...eni, Description: String(i) })
  const description = () => documentsOf(estate).NetworkInterfaces.map((one) => one.Description)
  assert.deepEqual(description(), ['2499'])
  try {
    estate.store.transaction(() => {
      estate.store.put('ec2/network-interface', key, { ...eni, Description: 'undone' })
      assert.deepEqual(description(), ['undone'])
      throw new Error('undo')
    })
  } catch {}
  assert.deepEqual(description(), ['2499'])
  const overlay = estate.store.overlay()
  overlay.delete('ec2/network-interface', key)
  assert.deepEqual(networkDocuments(overlay, ACCOUNT, REGION).NetworkInterfaces, [])
  overlay.put('ec2/network-interface', key, { ...eni, Description: 'what if' })
  assert.equal(networkDocuments(overlay, ACCOUNT, REGION).NetworkInterfaces[0]!.Description, 'what if')
  assert.deepEqual(description(), ['2499'])
})

test('an active peering brings the other side’s VPC along, and nothing else of its account', () => {
  const here = newEstate()
  const there = newEstate({ store: here.store, account: OTHER, region: 'us-west-2' })
  const { VpcId } = withSubnet(here)
  const peer = there.ask('CreateVpc', { CidrBlock: '10.1.0.0/16' }).Vpc!.VpcId!
  const stranger = there.ask('CreateVpc', { CidrBlock: '10.2.0.0/16' }).Vpc!.VpcId!
  const subnet = there.ask('CreateSubnet', { VpcId: peer, CidrBlock: '10.1.0.0/24' }).Subnet!.SubnetId!
  const request = { VpcId, PeerVpcId: peer, PeerOwnerId: OTHER, PeerRegion: 'us-west-2' }
  const { VpcPeeringConnectionId } = here.ask('CreateVpcPeeringConnection', request).VpcPeeringConnection!
  const vpcs = () => documentsOf(here).Vpcs.map((vpc) => vpc.VpcId)
  assert.deepEqual(vpcs(), [VpcId])
  there.ask('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: VpcPeeringConnectionId! })
  assert.deepEqual(vpcs(), [VpcId, peer])
  const seenThere = documentsOf(there).Vpcs.map((vpc) => vpc.VpcId)
  assert.deepEqual(new Set(seenThere), new Set([VpcId, peer, stranger]))
  const documents = documentsOf(here)
  assert.ok(documents.Subnets.some((one) => one.SubnetId === subnet))
  for (const name of ['RouteTables', 'NetworkAcls', 'SecurityGroups'] as const) {
    assert.deepEqual(new Set(documents[name].map((one) => one.VpcId)), new Set([VpcId, peer]), name)
  }
  assert.deepEqual(moved(documents, documentsOf(here)), [])
  const eni = there.ask('CreateNetworkInterface', { SubnetId: subnet }).NetworkInterface!.NetworkInterfaceId
  assert.deepEqual(moved(documents, documentsOf(here)), ['NetworkInterfaces'])
  assert.deepEqual(
    documentsOf(here).NetworkInterfaces.map((one) => one.NetworkInterfaceId),
    [eni],
  )
  here.ask('DeleteVpcPeeringConnection', { VpcPeeringConnectionId: VpcPeeringConnectionId! })
  assert.deepEqual(vpcs(), [VpcId])
})
