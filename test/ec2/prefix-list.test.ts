import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet, type TestEstate } from './estate.ts'

const blocks = (...cidrs: string[]) => cidrs.map((Cidr) => ({ Cidr }))

function withList(estate: TestEstate, MaxEntries = 3, cidrs = ['10.1.0.0/16']) {
  const list = estate.ask('CreateManagedPrefixList', {
    PrefixListName: 'offices',
    AddressFamily: 'IPv4',
    MaxEntries,
    Entries: blocks(...cidrs),
  }).PrefixList!
  const PrefixListId = list.PrefixListId!
  const entries = (TargetVersion?: number) =>
    estate
      .ask('GetManagedPrefixListEntries', { PrefixListId, ...(TargetVersion ? { TargetVersion } : {}) })
      .Entries!.map((entry) => entry.Cidr)
  const shown = () => estate.ask('DescribeManagedPrefixLists', { PrefixListIds: [PrefixListId] }).PrefixLists![0]!
  return { list, PrefixListId, entries, shown }
}

test('a list of one’s own stands beside AWS’s', () => {
  const estate = newEstate()
  const { list, PrefixListId } = withList(estate)
  assert.deepEqual(list, {
    PrefixListId,
    PrefixListArn: `arn:aws:ec2:us-east-1:123456789012:prefix-list/${PrefixListId}`,
    PrefixListName: 'offices',
    AddressFamily: 'IPv4',
    MaxEntries: 3,
    State: 'create-complete',
    Version: 1,
    OwnerId: '123456789012',
    Tags: [],
  })
  const owned = (owner: string) =>
    estate.ask('DescribeManagedPrefixLists', { Filters: [{ Name: 'owner-id', Values: [owner] }] }).PrefixLists!.length
  assert.deepEqual([owned('123456789012'), owned('AWS')], [1, 2])
  assert.equal(estate.ask('DescribePrefixLists', {}).PrefixLists!.length, 2)
  const request = { PrefixListName: 'once', AddressFamily: 'IPv6', MaxEntries: 1, ClientToken: 'once' }
  const once = estate.ask('CreateManagedPrefixList', request).PrefixList!.PrefixListId
  assert.equal(estate.ask('CreateManagedPrefixList', request).PrefixList!.PrefixListId, once)
  estate.refuses(
    'CreateManagedPrefixList',
    { ...request, ClientToken: 'two', Entries: blocks('10.0.0.0/8') },
    'InvalidParameterValue',
  )
  estate.refuses(
    'CreateManagedPrefixList',
    { ...request, ClientToken: 'two', PrefixListName: 'com.amazonaws.mine' },
    'InvalidParameterValue',
  )
  estate.refuses('DeleteManagedPrefixList', { PrefixListId: 'pl-63a5400a' }, 'AuthFailure')
})

test('entries make versions; the caller must know the current one', () => {
  const estate = newEstate()
  const { PrefixListId, entries, shown } = withList(estate)
  const add = { PrefixListId, AddEntries: blocks('10.2.9.9/16', '10.3.0.0/16') }
  estate.refuses('ModifyManagedPrefixList', { ...add, CurrentVersion: 7 }, 'PrefixListVersionMismatch')
  estate.refuses(
    'ModifyManagedPrefixList',
    add,
    'PrefixListVersionMismatch',
    'The prefix list has the incorrect version number',
  )
  const changed = estate.ask('ModifyManagedPrefixList', { ...add, CurrentVersion: 1 }).PrefixList!
  assert.deepEqual([changed.Version, changed.State], [2, 'modify-complete'])
  assert.deepEqual(entries(), ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16'])
  const more = { PrefixListId, AddEntries: blocks('10.4.0.0/16'), CurrentVersion: 2 }
  estate.refuses('ModifyManagedPrefixList', more, 'PrefixListMaxEntriesExceeded')
  estate.refuses('ModifyManagedPrefixList', { ...more, MaxEntries: 5 }, 'InvalidParameterCombination')
  estate.ask('ModifyManagedPrefixList', { PrefixListId, MaxEntries: 5, PrefixListName: 'sites' })
  assert.deepEqual([shown().Version, shown().MaxEntries, shown().PrefixListName], [2, 5, 'sites'])
  const swap = { ...more, RemoveEntries: blocks('10.1.0.0/16') }
  estate.ask('ModifyManagedPrefixList', swap)
  assert.deepEqual(entries(), ['10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16'])
  assert.deepEqual(entries(1), ['10.1.0.0/16'])
  estate.refuses('ModifyManagedPrefixList', { ...swap, CurrentVersion: 3 }, 'InvalidParameterValue')
  estate.refuses('GetManagedPrefixListEntries', { PrefixListId, TargetVersion: 9 }, 'InvalidParameterValue')
  const restore = { PrefixListId, PreviousVersion: 1, CurrentVersion: 3 }
  assert.equal(estate.ask('RestoreManagedPrefixListVersion', restore).PrefixList!.Version, 4)
  assert.deepEqual(entries(), ['10.1.0.0/16'])
  assert.equal(shown().State, 'restore-complete')
})

test('groups and tables that name it hold it', () => {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  const { PrefixListId } = withList(estate)
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] }
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [ssh] })
  const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const InternetGatewayId = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId, VpcId })
  const route = { RouteTableId, DestinationPrefixListId: PrefixListId }
  estate.ask('CreateRoute', { ...route, GatewayId: InternetGatewayId })
  assert.deepEqual(
    estate
      .ask('GetManagedPrefixListAssociations', { PrefixListId })
      .PrefixListAssociations!.map((one) => one.ResourceId),
    [RouteTableId, GroupId].toSorted(),
  )
  estate.refuses('DeleteManagedPrefixList', { PrefixListId }, 'DependencyViolation')
  estate.ask('DeleteRoute', route)
  estate.ask('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [ssh] })
  estate.ask('DeleteManagedPrefixList', { PrefixListId })
  estate.refuses(
    'DeleteManagedPrefixList',
    { PrefixListId },
    'InvalidPrefixListID.NotFound',
    `The prefixList ID '${PrefixListId}' does not exist`,
  )
})

test('it counts for as many entries as it may hold', () => {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  const { PrefixListId, shown } = withList(estate, 40)
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const rule = (port: number) => ({
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, PrefixListIds: [{ PrefixListId }] }],
  })
  estate.ask('AuthorizeSecurityGroupIngress', rule(22))
  estate.refuses('AuthorizeSecurityGroupIngress', rule(443), 'RulesPerSecurityGroupLimitExceeded')
  const range = (cidr: string) => [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: cidr }] }]
  for (let i = 0; i < 20; i++) {
    estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: range(`10.0.${i}.0/24`) })
  }
  estate.refuses(
    'AuthorizeSecurityGroupIngress',
    { GroupId, IpPermissions: range('10.0.99.0/24') },
    'RulesPerSecurityGroupLimitExceeded',
  )
  const ipv6 = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }]
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: ipv6 })
  estate.ask('ModifyManagedPrefixList', { PrefixListId, MaxEntries: 41 })
  assert.deepEqual([shown().State, shown().MaxEntries], ['modify-failed', 40])
  assert.match(shown().StateMessage!, new RegExp(GroupId))
  const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  const eni = estate.ask('CreateNetworkInterface', {
    SubnetId: estate.ask('DescribeSubnets', {}).Subnets![0]!.SubnetId!,
  })
  const NetworkInterfaceId = eni.NetworkInterface!.NetworkInterfaceId!
  estate.ask('CreateRoute', { RouteTableId, DestinationPrefixListId: PrefixListId, NetworkInterfaceId })
  for (let i = 0; i < 9; i++) {
    estate.ask('CreateRoute', { RouteTableId, DestinationCidrBlock: `192.168.${i}.0/24`, NetworkInterfaceId })
  }
  const last = { RouteTableId, DestinationCidrBlock: '192.168.99.0/24', NetworkInterfaceId }
  estate.refuses('CreateRoute', last, 'RouteLimitExceeded')
})
