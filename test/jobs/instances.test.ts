import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { findObject } from './objects.ts'
import { openJobLab, type JobLab } from './lab.ts'

const two = { ResourceConfig: { InstanceCount: 2 } }

describe('a job of several instances ("Give SageMaker Training Jobs Access to Resources in Your Amazon VPC")', () => {
  let lab: JobLab
  let subnet: string
  let group: string
  let closedGroup: string
  let vpc: string

  before(async () => {
    lab = await openJobLab(['talks'])
    vpc = (await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId
    subnet = (await lab.call('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.1.0/24' })).Subnet.SubnetId
    const Filters = [{ Name: 'vpc-id', Values: [vpc] }]
    const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', { Filters })
    group = (await lab.call('ec2', 'DescribeSecurityGroups', { Filters })).SecurityGroups[0].GroupId
    closedGroup = (
      await lab.call('ec2', 'CreateSecurityGroup', { VpcId: vpc, GroupName: 'closed', Description: 'lets nobody in' })
    ).GroupId
    await lab.call('ec2', 'CreateVpcEndpoint', {
      VpcId: vpc,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [RouteTables[0].RouteTableId],
    })
    for (const key of ['a', 'b', 'c', 'd'])
      await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: `data/${key}`, Body: key })
  })
  after(() => lab.close())

  const inVpc = (SecurityGroupId: string) => ({
    VpcConfig: { Subnets: [subnet], SecurityGroupIds: [SecurityGroupId] },
  })
  /** What each host said, by its key word, once the job is over. */
  async function heard(job: string): Promise<Record<string, Record<string, any>>> {
    const { description } = await lab.ended(job)
    const output = await lab.output(job)
    assert.equal(description.FailureReason, undefined, JSON.stringify(output, undefined, 1))
    return Object.fromEntries(
      Object.entries(output).map(([host, lines]) => [
        host,
        Object.fromEntries(
          lines.map((line) => {
            const [word = '', rest = ''] = line.split(/ (.*)/s)
            return [word, word === 'ADDRESS' ? rest : JSON.parse(rest)]
          }),
        ),
      ]),
    )
  }

  test('each host has its configuration, its share of the data and its log stream; they reach each other', async () => {
    const DataSource = {
      S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/data/', S3DataDistributionType: 'ShardedByS3Key' },
    }
    await lab.start('pair', 'talks', { ...two, InputDataConfig: [{ ChannelName: 'data', DataSource }] })
    const said = await heard('pair')
    assert.deepEqual(Object.keys(said), ['algo-1', 'algo-2'])
    for (const host of ['algo-1', 'algo-2']) {
      const { config, environment, name } = said[host]!['CONFIG']
      assert.deepEqual(
        [config.current_host, config.hosts, config.instance_groups[0].hosts, name, environment.CURRENT_HOST],
        [host, ['algo-1', 'algo-2'], ['algo-1', 'algo-2'], host, host],
      )
      assert.deepEqual(said[host]!['PEERS'], { 'algo-1': 'algo-1', 'algo-2': 'algo-2' })
      // The endpoint answers there; credentials are told by their own path alone.
      assert.deepEqual(said[host]!['AWS'], [404, 404])
    }
    const shares = [...said['algo-1']!['DATA'], ...said['algo-2']!['DATA']] as string[]
    assert.deepEqual(shares.toSorted(), ['a', 'b', 'c', 'd'])
    assert.equal(said['algo-1']!['DATA'].length, 2)
    assert.deepEqual(await findObject(lab, 'out/pair/output/model.tar.gz'), ['algo-1.txt', 'algo-2.txt'])
  })

  test('in a VPC each host has an interface, and reaches others as its groups allow', async () => {
    await lab.start('open', 'talks', { ...two, ...inVpc(group) })
    const open = await heard('open')
    const addresses = [open['algo-1']!['ADDRESS'], open['algo-2']!['ADDRESS']]
    assert.ok(addresses.every((one: string) => one.startsWith('10.0.1.')))
    assert.notEqual(addresses[0], addresses[1])
    assert.deepEqual(open['algo-1']!['PEERS'], { 'algo-1': 'algo-1', 'algo-2': 'algo-2' })
    // No way to AWS but the gateway endpoint for S3.
    assert.equal(open['algo-1']!['AWS'][0], 'timeout')

    await lab.start('closed', 'talks', { ...two, ...inVpc(closedGroup) })
    const closed = await heard('closed')
    assert.deepEqual(closed['algo-1']!['PEERS'], { 'algo-1': 'algo-1', 'algo-2': 'timeout' })
    assert.deepEqual(closed['algo-2']!['PEERS'], { 'algo-1': 'timeout', 'algo-2': 'algo-2' })
  })

  test('with network isolation hosts reach their peers and nothing else, in a VPC or not', async () => {
    for (const [name, place] of [
      ['apart', {}],
      ['apart-in-vpc', inVpc(group)],
    ] as const) {
      await lab.start(name, 'talks', { ...two, ...place, EnableNetworkIsolation: true })
      const said = await heard(name)
      for (const host of ['algo-1', 'algo-2']) {
        assert.deepEqual(said[host]!['PEERS'], { 'algo-1': 'algo-1', 'algo-2': 'algo-2' })
        assert.deepEqual(said[host]!['AWS'], ['gaierror', 'ConnectionRefusedError'])
        const { environment } = said[host]!['CONFIG']
        assert.deepEqual(
          Object.keys(environment).filter((one) => one.includes('CREDENTIALS')),
          [],
        )
      }
    }
  })

  test('jobs do not reach each other in the network that they share', async () => {
    await lab.start('stays', 'talks', { HyperParameters: { seconds: '100' } })
    const other = await lab.said('stays', 'algo-1', 'ADDRESS ')
    await lab.start('asks', 'talks', { HyperParameters: { others: other } })
    const said = await heard('asks')
    assert.deepEqual(said['algo-1']!['OTHERS'], { [other]: 'timeout' })
    await lab.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'stays' })
    await lab.ended('stays')
  })

  test('one that fails fails the job, and the others are ended', async () => {
    await lab.start('falls', 'talks', { ...two, HyperParameters: { fails: 'algo-2', seconds: '100' } })
    const { description } = await lab.ended('falls')
    assert.equal(description.TrainingJobStatus, 'Failed')
    assert.equal(description.FailureReason, 'AlgorithmError: algo-2 had enough, exit code: 3')
  })

  test('there is a quota of instances', async () => {
    await assert.rejects(lab.start('many', 'talks', { ResourceConfig: { InstanceCount: 21 } }), {
      code: 'ResourceLimitExceeded',
      message:
        /^The account-level service limit 'ml\.m5\.large for training job usage' is 20 Instances, .* a request delta of 21 Instances\./,
    })
  })

  test('two addresses are to be free for each instance', async () => {
    const { Subnet } = await lab.call('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.2.0/28' })
    const VpcConfig = { Subnets: [Subnet.SubnetId], SecurityGroupIds: [group] }
    await lab.start('crowded', 'talks', { VpcConfig, ResourceConfig: { InstanceCount: 6 } })
    const { description, leftovers } = await lab.ended('crowded')
    assert.match(description.FailureReason!, /does not have enough free addresses/)
    assert.equal(leftovers, undefined)
  })
})
