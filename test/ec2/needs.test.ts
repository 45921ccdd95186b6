import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operations } from '../../src/services/ec2/operations.ts'
import { serviceReference } from '../../src/services/iam/service-reference.ts'
import { newEstate, withSubnet } from './estate.ts'

const arn = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`

test('describing asks for * and prints no resource', () => {
  const estate = newEstate()
  const [need, ...more] = estate.needs('DescribeVpcs', {})
  assert.deepEqual(more, [])
  assert.deepEqual(need, {
    action: 'ec2:DescribeVpcs',
    resource: '*',
    shownAs: null,
    context: { 'ec2:Region': 'us-east-1' },
  })
})

test('making an interface asks for the interface, its subnet and each group, and for the tags', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const group = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  estate.ask('CreateTags', { Resources: [SubnetId], Tags: [{ Key: 'use', Value: 'jobs' }] })
  const needs = estate.needs('CreateNetworkInterface', {
    SubnetId,
    Groups: [group],
    TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'job', Value: 'one' }] }],
  })
  const tagged = { 'ec2:Region': 'us-east-1', 'aws:TagKeys': ['job'], 'aws:RequestTag/job': 'one' }
  assert.deepEqual(needs, [
    { action: 'ec2:CreateNetworkInterface', resource: arn('network-interface/*'), context: tagged },
    {
      action: 'ec2:CreateTags',
      resource: arn('network-interface/*'),
      context: { ...tagged, 'ec2:CreateAction': 'CreateNetworkInterface' },
    },
    {
      action: 'ec2:CreateNetworkInterface',
      resource: arn(`subnet/${SubnetId}`),
      context: {
        'ec2:Region': 'us-east-1',
        'ec2:SubnetID': SubnetId,
        'ec2:Vpc': arn(`vpc/${VpcId}`),
        'ec2:AvailabilityZone': 'us-east-1a',
        'ec2:AvailabilityZoneId': 'use1-az1',
        'ec2:ResourceTag/use': 'jobs',
        'aws:ResourceTag/use': 'jobs',
      },
    },
    {
      action: 'ec2:CreateNetworkInterface',
      resource: arn(`security-group/${group}`),
      context: { 'ec2:Region': 'us-east-1', 'ec2:SecurityGroupID': group, 'ec2:Vpc': arn(`vpc/${VpcId}`) },
    },
  ])
})

test('making an endpoint asks for everything that it touches', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const needs = estate.needs('CreateVpcEndpoint', {
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: ['rtb-0'],
    SubnetIds: [SubnetId],
    SecurityGroupIds: ['sg-0'],
  })
  assert.deepEqual(
    needs.map((one) => one.resource),
    [`vpc/${VpcId}`, 'vpc-endpoint/*', 'route-table/rtb-0', `subnet/${SubnetId}`, 'security-group/sg-0'].map(arn),
  )
  assert.equal(needs[1]!.context!['ec2:VpceServiceName'], 'com.amazonaws.us-east-1.s3')
  assert.deepEqual(
    needs[3]!.context,
    { 'ec2:Region': 'us-east-1', 'ec2:SubnetID': SubnetId },
    "only the action's own keys",
  )
})

test('what does not exist is asked for all the same: NotFound comes after the allow', () => {
  const estate = newEstate()
  const [need] = estate.needs('DeleteVpc', { VpcId: 'vpc-0' })
  assert.deepEqual(need, {
    action: 'ec2:DeleteVpc',
    resource: arn('vpc/vpc-0'),
    context: { 'ec2:Region': 'us-east-1' },
  })
})

test('every operation names itself and asks for something', () => {
  const estate = newEstate()
  for (const [name, operation] of Object.entries(operations)) {
    assert.equal(operation.name, name)
    assert.equal(operation.service, 'ec2')
    const needs = estate.needs(name as 'DescribeVpcs', {})
    assert.ok(needs.length > 0, `${name} asks for nothing`)
    assert.equal(needs[0]!.action, `ec2:${name}`)
  }
})

test('every resource is of a type that AWS lists for the action', () => {
  const estate = newEstate()
  const reference = serviceReference()
  const arns = new Map(
    [...reference.service('ec2')!.resourceTypes.values()].map((type) => [type.name, type.arn.split(':').at(-1)!]),
  )
  const kindOf = (resource: string) => resource.split(':').at(-1)!.split('/')[0]
  const listed = (name: string) => reference.action(`ec2:${name}`)!.resourceTypes
  for (const name of Object.keys(operations)) {
    const known = listed(name).map((type) => arns.get(type.name)!.split('/')[0])
    const needs = estate.needs(name as 'DescribeVpcs', {}).filter((need) => need.action === `ec2:${name}`)
    for (const { resource } of needs) {
      if (resource === '*') continue
      assert.ok(known.includes(kindOf(resource)), `${name} asks for ${resource}, AWS lists ${known.join(', ') || '*'}`)
    }
    if (known.length === 0)
      assert.deepEqual(
        needs.map((need) => need.resource),
        ['*'],
        name,
      )
  }
})
