import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CompilationJob } from '../../src/services/sagemaker/compilation/compilation-job.ts'
import { openCompilationLab, trust, type CompilationLab } from './lab.ts'

/** The policy of "Give Compilation Jobs Access to Resources in Your Amazon VPC". */
const actions = [
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:CreateNetworkInterface',
  'ec2:ModifyNetworkInterfaceAttribute',
]

describe('a compilation job in a VPC', () => {
  let lab: CompilationLab
  let VpcConfig: { Subnets: string[]; SecurityGroupIds: string[] }
  let vpcId: string
  let routeTableId: string

  /** A job that ends where our compiler would begin, as a framework that it does not take has no need for one. */
  async function ended(name: string, allowed: readonly string[], changes: object = {}): Promise<CompilationJob> {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['logs:*', 's3:*', ...allowed], Resource: '*' }],
    })
    await lab.call('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: trust('*') })
    await lab.call('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'page', PolicyDocument })
    const InputConfig = { Framework: 'KERAS', DataInputConfig: '{"a": [1]}' }
    await lab.start(name, { RoleArn: `arn:aws:iam::123456789012:role/${name}`, VpcConfig, InputConfig, ...changes })
    return lab.ended(name)
  }

  const interfaces = async (name: string) => {
    const { NetworkInterfaces } = await lab.call('ec2', 'DescribeNetworkInterfaces', {})
    return NetworkInterfaces.filter((one: { Description: string }) => one.Description.includes(`/${name};`))
  }
  /** Interfaces go after the outcome is known. */
  const tidied = async (name: string) => {
    for (;;) {
      const job = await lab.ended(name)
      if (!job.leftovers || job.steps.some((step) => step.name === 'DeleteNetworkInterface')) return job
      await delay(10)
    }
  }

  before(async () => {
    lab = await openCompilationLab()
    await lab.model('model.tar.gz', { 'x.model': 'x' })
    const { Vpc } = await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.20.0.0/16' })
    vpcId = Vpc.VpcId
    const subnet = { VpcId: vpcId, CidrBlock: '10.20.1.0/24' }
    const { SubnetId } = (await lab.call('ec2', 'CreateSubnet', subnet)).Subnet
    const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', {
      Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
    })
    routeTableId = RouteTables[0].RouteTableId
    const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', {
      Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
    })
    VpcConfig = { Subnets: [SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] }
  })
  after(() => lab.close())

  test('without a way to S3 its model does not come', async () => {
    const { description } = await ended('no-way', actions)
    assert.equal(description.CompilationJobStatus, 'FAILED')
    assert.match(description.FailureReason, /has a route to an S3 VPC endpoint or a NAT device/)
  })

  test("with a gateway endpoint the page's policy suffices, and each of its actions is needed but one that AWS's own policy lacks", async () => {
    await lab.call('ec2', 'CreateVpcEndpoint', {
      VpcId: vpcId,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      VpcEndpointType: 'Gateway',
      RouteTableIds: [routeTableId],
    })
    const whole = await ended('whole', actions)
    assert.match(whole.description.FailureReason, /TVM cannot convert Keras model/)
    await tidied('whole')
    assert.deepEqual(await interfaces('whole'), [])

    for (const dropped of actions) {
      const name = dropped.replace('ec2:', 'without-')
      const job = await ended(
        name,
        actions.filter((one) => one !== dropped),
      )
      if (dropped.startsWith('ec2:Delete')) {
        const { steps, leftovers } = await tidied(name)
        assert.equal(leftovers?.length, 1, dropped)
        assert.ok(steps.find((step) => step.status === 'refused')?.text?.includes(dropped), dropped)
      } else if (dropped === 'ec2:ModifyNetworkInterfaceAttribute') {
        const refusals = job.steps.filter((step) => step.status === 'refused')
        assert.deepEqual(
          refusals.map((step) => step.name),
          ['ModifyNetworkInterfaceAttribute'],
        )
        assert.match(job.description.FailureReason, /TVM cannot convert Keras model/)
      } else {
        const step = job.steps.find(({ status }) => status === 'failed')!
        assert.match(step.name, /^(CreateNetworkInterface|DescribeVpcEndpoints)$/, dropped)
        assert.ok(job.description.FailureReason.includes(dropped), job.description.FailureReason)
      }
    }
  })

  test('AmazonSageMakerFullAccess suffices, as the page says', async () => {
    await lab.call('iam', 'CreateRole', { RoleName: 'full-access', AssumeRolePolicyDocument: trust('*') })
    const attached = { RoleName: 'full-access', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' }
    await lab.call('iam', 'AttachRolePolicy', attached)
    const s3 = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }
    const PolicyDocument = JSON.stringify(s3)
    await lab.call('iam', 'PutRolePolicy', { RoleName: 'full-access', PolicyName: 'models', PolicyDocument })
    const InputConfig = { Framework: 'KERAS' }
    await lab.start('full-access', { RoleArn: 'arn:aws:iam::123456789012:role/full-access', VpcConfig, InputConfig })
    const { description } = await lab.ended('full-access')
    assert.match(description.FailureReason, /TVM cannot convert Keras model/)
  })

  test('not in a VPC of dedicated tenancy', async () => {
    const { Vpc } = await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.21.0.0/16', InstanceTenancy: 'dedicated' })
    const { Subnet } = await lab.call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.21.1.0/24' })
    const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', {
      Filters: [{ Name: 'vpc-id', Values: [Vpc.VpcId] }],
    })
    const vpc = { Subnets: [Subnet.SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] }
    const { description } = await ended('dedicated', actions, { VpcConfig: vpc })
    assert.match(description.FailureReason, /dedicated tenancy/)
  })

  test('not without two free addresses', async () => {
    const { Subnet } = await lab.call('ec2', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.20.2.0/28' })
    const { SubnetId, AvailableIpAddressCount: free } = Subnet
    for (let taken = 1; taken < free; taken++) await lab.call('ec2', 'CreateNetworkInterface', { SubnetId })
    const { description } = await ended('full', actions, { VpcConfig: { ...VpcConfig, Subnets: [SubnetId] } })
    assert.match(description.FailureReason, /InsufficientFreeAddressesInSubnet/)
  })
})
