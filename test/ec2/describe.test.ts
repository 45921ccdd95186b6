import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesWildcard } from '../../src/services/ec2/wildcard.ts'
import { newEstate, withSubnet } from './estate.ts'

function eightSubnets() {
  const estate = newEstate()
  const { VpcId } = estate.ask('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc!
  for (let i = 0; i < 8; i++) {
    estate.ask('CreateSubnet', {
      VpcId: VpcId!,
      CidrBlock: `10.0.${i}.0/24`,
      AvailabilityZone: i % 2 ? 'us-east-1b' : 'us-east-1a',
      TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: `job-${i}` }] }],
    })
  }
  const cidrs = (filters: { Name: string; Values?: string[] }[]) =>
    estate
      .ask('DescribeSubnets', { Filters: filters })
      .Subnets!.map((subnet) => subnet.CidrBlock!)
      .toSorted()
  return { estate, VpcId: VpcId!, cidrs }
}

test('filters are joined by and, their values by or, with wildcards', () => {
  const { cidrs } = eightSubnets()
  assert.equal(cidrs([]).length, 8)
  assert.deepEqual(cidrs([{ Name: 'cidr-block', Values: ['10.0.1.0/24', '10.0.2.0/24'] }]), [
    '10.0.1.0/24',
    '10.0.2.0/24',
  ])
  assert.deepEqual(
    cidrs([
      { Name: 'availability-zone', Values: ['us-east-1a'] },
      { Name: 'tag:Name', Values: ['job-[0-1]', 'job-?'] },
      { Name: 'cidr', Values: ['10.0.4*', '10.0.5*'] },
    ]),
    ['10.0.4.0/24'],
  )
  assert.deepEqual(cidrs([{ Name: 'tag-key', Values: ['name'] }]), [], 'case counts')
  assert.equal(cidrs([{ Name: 'tag-key', Values: ['Na*'] }]).length, 8)
  assert.equal(cidrs([{ Name: 'tag:Name', Values: ['job-3'] }]).length, 1)
  assert.deepEqual(cidrs([{ Name: 'tag:Other', Values: ['*'] }]), [])
  assert.equal(cidrs([{ Name: 'available-ip-address-count', Values: ['251'] }]).length, 8)
})

test('an unknown filter is refused', () => {
  const { estate } = eightSubnets()
  const filter = [{ Name: 'colour', Values: ['red'] }]
  estate.refuses('DescribeSubnets', { Filters: filter }, 'InvalidParameterValue', "The filter 'colour' is invalid")
  estate.refuses('DescribeSubnets', { Filters: [{ Name: 'toString', Values: [] }] }, 'InvalidParameterValue')
  estate.refuses('DescribeRegions', { Filters: [{ Name: 'tag:x', Values: ['y'] }] }, 'InvalidParameterValue')
})

test('pages come one after the other and together are the whole', () => {
  const { estate } = eightSubnets()
  const all = estate.ask('DescribeSubnets', {})
  assert.ok(!('NextToken' in all))
  const first = estate.ask('DescribeSubnets', { MaxResults: 5 })
  assert.equal(first.Subnets!.length, 5)
  const second = estate.ask('DescribeSubnets', { MaxResults: 5, NextToken: first.NextToken! })
  assert.deepEqual([...first.Subnets!, ...second.Subnets!], all.Subnets)
  assert.ok(!('NextToken' in second), 'the last page has no token')
  const filtered = estate.ask('DescribeSubnets', {
    MaxResults: 5,
    Filters: [{ Name: 'availability-zone', Values: ['us-east-1b'] }],
  })
  assert.equal(filtered.Subnets!.length, 4, 'a page is cut after the filters')
})

test('tokens that are none, or of another list, are refused', () => {
  const { estate } = eightSubnets()
  const { NextToken } = estate.ask('DescribeSubnets', { MaxResults: 5 })
  estate.refuses('DescribeSubnets', { NextToken: 'nonsense' }, 'InvalidNextToken')
  estate.refuses('DescribeVpcs', { NextToken: NextToken! }, 'InvalidNextToken')
  estate.refuses(
    'DescribeSubnets',
    { MaxResults: 0 },
    'InvalidParameterValue',
    'Value ( 0 ) for parameter maxResults is invalid. Expecting a value greater than 0.',
  )
})

test('ids and pages do not go together', () => {
  const { estate, VpcId } = eightSubnets()
  const text = 'The parameter VpcIds cannot be used with the parameter MaxResults'
  estate.refuses('DescribeVpcs', { VpcIds: [VpcId], MaxResults: 5 }, 'InvalidParameterCombination', text)
})

test('every noun has its own words for an id that is not there', () => {
  const estate = newEstate()
  estate.refuses(
    'DescribeSubnets',
    { SubnetIds: ['subnet-1'] },
    'InvalidSubnetID.NotFound',
    "The subnet ID 'subnet-1' does not exist",
  )
  estate.refuses(
    'DescribeSecurityGroups',
    { GroupIds: ['sg-1'] },
    'InvalidGroup.NotFound',
    "The security group 'sg-1' does not exist",
  )
  estate.refuses(
    'DescribeSecurityGroups',
    { GroupIds: ['web'] },
    'InvalidGroupId.Malformed',
    'Invalid id: "web" (expecting "sg-...")',
  )
  estate.refuses(
    'DescribeNetworkInterfaces',
    { NetworkInterfaceIds: ['eni-1'] },
    'InvalidNetworkInterfaceID.NotFound',
    "The networkInterface ID 'eni-1' does not exist",
  )
  estate.refuses(
    'DescribeNatGateways',
    { NatGatewayIds: ['nat-1'] },
    'NatGatewayNotFound',
    'The Nat Gateway nat-1 was not found',
  )
  estate.refuses('DescribeVpcEndpoints', { VpcEndpointIds: ['vpce-1'] }, 'InvalidVpcEndpointId.NotFound')
})

test('tags are laid over each other, taken away, and listed', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  estate.ask('CreateTags', {
    Resources: [VpcId, SubnetId],
    Tags: [
      { Key: 'env', Value: 'test' },
      { Key: 'team', Value: 'a' },
    ],
  })
  estate.ask('CreateTags', { Resources: [VpcId], Tags: [{ Key: 'env', Value: 'prod' }] })
  const listed = (filters: { Name: string; Values: string[] }[]) =>
    estate
      .ask('DescribeTags', { Filters: filters })
      .Tags!.map((tag) => `${tag.ResourceType} ${tag.Key}=${tag.Value}`)
      .toSorted()
  assert.deepEqual(listed([]), ['subnet env=test', 'subnet team=a', 'vpc env=prod', 'vpc team=a'])
  assert.deepEqual(listed([{ Name: 'tag:env', Values: ['p*'] }]), ['vpc env=prod'])
  assert.deepEqual(listed([{ Name: 'resource-type', Values: ['subnet'] }]), ['subnet env=test', 'subnet team=a'])
  estate.ask('DeleteTags', { Resources: [VpcId], Tags: [{ Key: 'env', Value: 'test' }, { Key: 'team' }] })
  assert.deepEqual(listed([{ Name: 'resource-id', Values: [VpcId] }]), ['vpc env=prod'], 'another value stays')
  estate.refuses('CreateTags', { Resources: ['thing-1'], Tags: [{ Key: 'a', Value: '' }] }, 'InvalidID')
  estate.refuses('CreateTags', { Resources: [VpcId], Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterValue')
  const fifty = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }))
  estate.refuses('CreateTags', { Resources: [VpcId], Tags: fifty }, 'TagLimitExceeded')
})

test('wildcards: any run, any one, and the literal ones', () => {
  for (const [pattern, text, expected] of [
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a\\?', 'a?', true],
    ['a\\\\b', 'a\\b', true],
    ['**b**', 'abc', true],
    ['.*', 'x', false],
    ['', '', true],
    ['', 'x', false],
  ] as const) {
    assert.equal(matchesWildcard(pattern, text), expected, `${pattern} on ${text}`)
  }
  assert.equal(matchesWildcard(`${'*a'.repeat(40)}b`, 'a'.repeat(2000)), false, 'and no pattern is slow')
})
