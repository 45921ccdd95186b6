import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newEstate, withSubnet } from './estate.ts'

function newGroup() {
  const estate = newEstate()
  const { VpcId } = withSubnet(estate)
  const GroupId = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const group = () => estate.ask('DescribeSecurityGroups', { GroupIds: [GroupId] }).SecurityGroups![0]!
  return { estate, VpcId, GroupId, group }
}

const https = (...blocks: string[]) => ({
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: blocks.map((CidrIp) => ({ CidrIp })),
})

test('a new group lets nothing in and everything out', () => {
  const { group } = newGroup()
  assert.deepEqual(group().IpPermissions, [])
  assert.deepEqual(group().IpPermissionsEgress![0]!.IpRanges, [{ CidrIp: '0.0.0.0/0' }])
})

test('a rule for each peer, permissions gathered by ports', () => {
  const { estate, GroupId, group } = newGroup()
  const { SecurityGroupRules: rules } = estate.ask('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [
      https('10.0.0.7/16', '0.0.0.0/0'),
      { IpProtocol: '6', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId, Description: 'among us' }] },
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }] },
    ],
  })
  assert.equal(rules!.length, 4)
  assert.match(rules![0]!.SecurityGroupRuleId!, /^sgr-[0-9a-f]{17}$/)
  assert.equal(rules![0]!.CidrIpv4, '10.0.0.0/16', 'host bits are zeroed')
  assert.deepEqual(group().IpPermissions, [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '10.0.0.0/16' }],
      Ipv6Ranges: [],
      PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }],
      UserIdGroupPairs: [{ GroupId, UserId: '123456789012', Description: 'among us' }],
    },
  ])
  const filter = [{ Name: 'group-id', Values: [GroupId] }]
  assert.equal(
    estate.ask('DescribeSecurityGroupRules', { Filters: filter }).SecurityGroupRules!.length,
    5,
    'egress too',
  )
})

test('a rule that is there already is named in the refusal', () => {
  const { estate, GroupId } = newGroup()
  const twice = (IpPermissions: object[], code: string, message?: string) => {
    const input = { GroupId, IpPermissions: IpPermissions as never }
    estate.ask('AuthorizeSecurityGroupIngress', input)
    estate.refuses('AuthorizeSecurityGroupIngress', input, code, message)
  }
  twice(
    [https('0.0.0.0/0')],
    'InvalidPermission.Duplicate',
    'the specified rule "peer: 0.0.0.0/0, TCP, from port: 443, to port: 443, ALLOW" already exists',
  )
  twice(
    [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${GroupId}, ALL, ALLOW" already exists`,
  )
  const same = { GroupId, IpPermissions: [https('10.0.0.0/8', '10.0.0.1/8')] }
  estate.refuses(
    'AuthorizeSecurityGroupIngress',
    same,
    'InvalidParameterValue',
    'The same permission must not appear multiple times',
  )
  estate.ask('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: [https('0.0.0.0/0')] })
})

test('rules go by content or by id, all or none', () => {
  const { estate, GroupId, group } = newGroup()
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [https('10.0.0.0/8'), https('11.0.0.0/8')] })
  estate.refuses(
    'RevokeSecurityGroupIngress',
    { GroupId, IpPermissions: [https('10.0.0.0/8', '12.0.0.0/8')] },
    'InvalidPermission.NotFound',
    'The specified rule does not exist in this security group',
  )
  assert.equal(group().IpPermissions![0]!.IpRanges!.length, 2)
  const gone = estate.ask('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [https('10.0.0.0/8')] })
  assert.equal(gone.RevokedSecurityGroupRules![0]!.CidrIpv4, '10.0.0.0/8')
  const [rule] = estate
    .ask('DescribeSecurityGroupRules', {})
    .SecurityGroupRules!.filter((one) => one.CidrIpv4 === '11.0.0.0/8')
  estate.refuses(
    'RevokeSecurityGroupEgress',
    { GroupId, SecurityGroupRuleIds: [rule!.SecurityGroupRuleId!] },
    'InvalidSecurityGroupRuleId.NotFound',
  )
  estate.ask('RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds: [rule!.SecurityGroupRuleId!] })
  assert.deepEqual(group().IpPermissions, [])
  estate.ask('RevokeSecurityGroupEgress', {
    GroupId,
    IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  })
  assert.deepEqual(group().IpPermissionsEgress, [], 'a group may be closed both ways')
})

test('the old single-rule form works', () => {
  const { estate, GroupId, group } = newGroup()
  estate.ask('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIp: '10.0.0.0/8',
  })
  assert.deepEqual(
    group().IpPermissions!.map((one) => [one.FromPort, one.IpRanges]),
    [[22, [{ CidrIp: '10.0.0.0/8' }]]],
  )
})

test('sixty rules for each direction', () => {
  const { estate, GroupId } = newGroup()
  const blocks = Array.from({ length: 60 }, (_, i) => `10.0.${i}.0/24`)
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [https(...blocks)] })
  estate.refuses(
    'AuthorizeSecurityGroupIngress',
    { GroupId, IpPermissions: [https('10.9.0.0/24')] },
    'RulesPerSecurityGroupLimitExceeded',
    'The maximum number of rules per security group has been reached.',
  )
})

test('malformed rules are told apart', () => {
  const { estate, GroupId } = newGroup()
  const refuses = (permission: object, code: string, message: string) =>
    estate.refuses('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [permission as never] }, code, message)
  refuses(https('10.0.0.0/33'), 'InvalidParameterValue', 'CIDR block 10.0.0.0/33 is malformed')
  refuses(
    { ...https('10.0.0.0/8'), IpProtocol: 'foo' },
    'InvalidParameterValue',
    "Invalid value 'foo' for IP protocol. Unknown protocol.",
  )
  refuses(
    { IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    'InvalidParameterValue',
    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
  )
  refuses(
    { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0' }] },
    'InvalidGroup.NotFound',
    "The security group 'sg-0' does not exist",
  )
  estate.refuses(
    'AuthorizeSecurityGroupIngress',
    { GroupId },
    'MissingParameter',
    'The request must contain the parameter ipPermissions',
  )
})

test('a group that another one names stays, and so does the default group', () => {
  const { estate, VpcId, GroupId } = newGroup()
  const other = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'db', Description: 'db' }).GroupId!
  const fromWeb = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }]
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId: other, IpPermissions: fromWeb })
  estate.refuses(
    'DeleteSecurityGroup',
    { GroupId },
    'DependencyViolation',
    `resource ${GroupId} has a dependent object`,
  )
  estate.ask('DeleteSecurityGroup', { GroupId: other })
  estate.ask('DeleteSecurityGroup', { GroupId })
  const [rest] = estate.ask('DescribeSecurityGroups', {}).SecurityGroups!
  estate.refuses(
    'DeleteSecurityGroup',
    { GroupId: rest!.GroupId! },
    'CannotDelete',
    `the specified group: "${rest!.GroupId}" name: "default" cannot be deleted by a user`,
  )
})

test('names are unique within a VPC', () => {
  const { estate, VpcId } = newGroup()
  const again = { VpcId, GroupName: 'web', Description: 'again' }
  estate.refuses(
    'CreateSecurityGroup',
    again,
    'InvalidGroup.Duplicate',
    `The security group 'web' already exists for VPC '${VpcId}'`,
  )
  estate.refuses('CreateSecurityGroup', { ...again, GroupName: 'default' }, 'InvalidParameterValue')
  estate.refuses('CreateSecurityGroup', { GroupName: 'x', Description: 'x' }, 'VPCIdNotSpecified')
})

test('rules are rewritten in place, and their descriptions too', () => {
  const { estate, GroupId, group } = newGroup()
  const [rule] = estate.ask('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [https('10.0.0.0/8')],
  }).SecurityGroupRules!
  const SecurityGroupRuleId = rule!.SecurityGroupRuleId!
  estate.ask('ModifySecurityGroupRules', {
    GroupId,
    SecurityGroupRules: [
      {
        SecurityGroupRuleId,
        SecurityGroupRule: { IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIpv4: '11.0.0.0/8' },
      },
    ],
  })
  estate.ask('UpdateSecurityGroupRuleDescriptionsIngress', {
    GroupId,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: 'names' }],
  })
  assert.deepEqual(
    group().IpPermissions!.map((one) => [one.IpProtocol, one.IpRanges]),
    [['udp', [{ CidrIp: '11.0.0.0/8', Description: 'names' }]]],
  )
})
