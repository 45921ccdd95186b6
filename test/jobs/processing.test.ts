import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import {
  processingJobs,
  type ProcessingJobDescription,
} from '../../src/services/sagemaker/processing/processing-job.ts'
import { environmentOf, root } from '../clients/command.ts'
import { boto3 } from '../clients/boto3.ts'
import { until } from '../clients/until.ts'
import { openJobLab, type JobLab } from './lab.ts'

type Input = Record<string, unknown>

const account = '123456789012'
const image = `${account}.dkr.ecr.us-east-1.amazonaws.com/jobs/processes:latest`
const admin = `arn:aws:iam::${account}:role/jobs`
const group = '/aws/sagemaker/ProcessingJobs'
const s3Input = (name: string, S3Uri: string, more: Input = {}) => ({
  InputName: name,
  S3Input: { S3Uri, LocalPath: `/opt/ml/processing/input/${name}`, S3DataType: 'S3Prefix', ...more },
})
const output = (S3Uri: string, S3UploadMode = 'EndOfJob') => ({
  Outputs: [{ OutputName: 'out', S3Output: { S3Uri, LocalPath: '/opt/ml/processing/output', S3UploadMode } }],
})

describe('processing jobs ("How Amazon SageMaker Processing Runs Your Processing Container Image")', () => {
  let lab: JobLab
  let vpc: { Subnets: string[]; SecurityGroupIds: string[] }

  before(async () => {
    lab = await openJobLab(['processes'])
    for (const key of ['in/a', 'in/b/c', 'in/d', 'code/run.py'])
      await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: key, Body: key })
    const manifest = JSON.stringify([{ prefix: 's3://jobs/in/' }, 'a', 'b/c'])
    await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: 'list.manifest', Body: manifest })
    const { VpcId } = (await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc
    const { SubnetId } = (await lab.call('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' })).Subnet
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
    const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', { Filters })
    const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', { Filters })
    const ServiceName = 'com.amazonaws.us-east-1.s3'
    await lab.call('ec2', 'CreateVpcEndpoint', { VpcId, ServiceName, RouteTableIds: [RouteTables[0].RouteTableId] })
    vpc = { Subnets: [SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] }
  })
  after(() => lab.close())

  const request = (name: string, { count = 1, ...changes }: Input = {}) => ({
    ProcessingJobName: name,
    RoleArn: admin,
    AppSpecification: { ImageUri: image },
    ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: count, VolumeSizeInGB: 1 } },
    ...changes,
  })
  const start = (name: string, changes: Input = {}) =>
    lab.call('sagemaker', 'CreateProcessingJob', request(name, changes))
  const described = (name: string): Promise<ProcessingJobDescription> =>
    lab.call('sagemaker', 'DescribeProcessingJob', { ProcessingJobName: name })
  async function ended(name: string): Promise<ProcessingJobDescription> {
    await until(`${name} is over`, async () =>
      ['Completed', 'Failed', 'Stopped'].includes((await described(name)).ProcessingJobStatus),
    )
    return described(name)
  }
  async function lines(name: string): Promise<Record<string, string[]>> {
    const { logStreams } = await lab.call('logs', 'DescribeLogStreams', {
      logGroupName: group,
      logStreamNamePrefix: `${name}/`,
    })
    const all: Record<string, string[]> = {}
    for (const { logStreamName } of logStreams) {
      const { events } = await lab.call('logs', 'GetLogEvents', { logGroupName: group, logStreamName })
      all[/^[^/]+\/(algo-\d+)-\d{10}$/.exec(logStreamName)![1]!] = events.map((one: { message: string }) => one.message)
    }
    return all
  }
  const found = (said: string[], word: string) =>
    JSON.parse(said.find((line) => line.startsWith(`${word} `))!.slice(word.length + 1))
  async function keys(Prefix: string): Promise<string[]> {
    const { Contents = [] } = await lab.call('s3', 'ListObjectsV2', { Bucket: 'jobs', Prefix })
    return Contents.map(({ Key }: { Key: string }) => Key)
  }

  test('the container finds its configuration and inputs; outputs keep their relative paths', async () => {
    const ExperimentConfig = { ExperimentName: 'weather' }
    await start('all', {
      ProcessingInputs: [
        s3Input('folder', 's3://jobs/in'),
        s3Input('one', 's3://jobs/code/run.py'),
        s3Input('part', 's3://jobs/co'),
        s3Input('listed', 's3://jobs/list.manifest', { S3DataType: 'ManifestFile' }),
        { ...s3Input('own', 's3://jobs/in'), AppManaged: true },
      ],
      ProcessingOutputConfig: output('s3://jobs/all/out/'),
      AppSpecification: { ImageUri: image, ContainerArguments: ['--year', '1850'] },
      Environment: { MESSAGE: 'x'.repeat(200), TIMES: '10' },
      ExperimentConfig,
      Tags: [{ Key: 'team', Value: 'sky' }],
    })
    const job = await ended('all')
    assert.equal(job.FailureReason, undefined)
    assert.equal(job.ProcessingJobStatus, 'Completed')
    assert.equal(job.ExitMessage, 'x'.repeat(1024))
    assert.deepEqual(job.ExperimentConfig, ExperimentConfig)
    assert.ok(job.ProcessingStartTime! <= job.ProcessingEndTime!)
    const said = (await lines('all'))['algo-1']!
    const { config, resources, arguments: args } = found(said, 'FOUND')
    assert.deepEqual(args, ['--year', '1850'])
    assert.deepEqual(resources, { current_host: 'algo-1', hosts: ['algo-1'] })
    assert.deepEqual(
      [config.ProcessingJobArn, config.ProcessingInputs[0].S3Input],
      [
        `arn:aws:sagemaker:us-east-1:${account}:processing-job/all`,
        {
          S3Uri: 's3://jobs/in',
          LocalPath: '/opt/ml/processing/input/folder',
          S3DataType: 'S3Prefix',
          S3InputMode: 'File',
          S3DataDistributionType: 'FullyReplicated',
          S3CompressionType: 'None',
        },
      ],
    )
    assert.deepEqual(found(said, 'INPUTS'), {
      'folder/a': 'in/a',
      'folder/b/c': 'in/b/c',
      'folder/d': 'in/d',
      'one/run.py': 'code/run.py',
      'part/code/run.py': 'code/run.py',
      'listed/a': 'in/a',
      'listed/b/c': 'in/b/c',
    })
    assert.equal(found(said, 'ENVIRONMENT').AWS_REGION, 'us-east-1')
    assert.deepEqual(await keys('all/'), ['all/out/algo-1.txt', 'all/out/deep/er/algo-1.txt'])
    const { Tags } = await lab.call('sagemaker', 'ListTags', { ResourceArn: job.ProcessingJobArn })
    assert.deepEqual(Tags, [{ Key: 'team', Value: 'sky' }])
    await assert.rejects(start('all'), { code: 'ResourceInUse', message: /already exists \(arn:.*\/all\)$/ })
  })

  test('hosts share what is sharded, and each uploads what it has; in a VPC, by its way', async () => {
    await start('pair', {
      count: 2,
      ProcessingInputs: [s3Input('in', 's3://jobs/in/', { S3DataDistributionType: 'ShardedByS3Key' })],
      ProcessingOutputConfig: output('s3://jobs/pair'),
      NetworkConfig: { VpcConfig: vpc, EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
    })
    const job = await ended('pair')
    assert.equal(job.FailureReason, undefined)
    const said = await lines('pair')
    const shares = ['algo-1', 'algo-2'].flatMap((host) => Object.keys(found(said[host]!, 'INPUTS')))
    assert.deepEqual(shares.toSorted(), ['in/a', 'in/b/c', 'in/d'])
    assert.deepEqual(found(said['algo-2']!, 'FOUND').resources, {
      current_host: 'algo-2',
      hosts: ['algo-1', 'algo-2'],
    })
    assert.deepEqual(await keys('pair/'), [
      'pair/algo-1.txt',
      'pair/algo-2.txt',
      'pair/deep/er/algo-1.txt',
      'pair/deep/er/algo-2.txt',
    ])
    // The outcome is known before the interfaces are gone.
    const kept = () => processingJobs.find(lab.server.world.store, lab.server, 'pair')!
    await until('its interfaces are gone', () => Promise.resolve(kept().leftovers === undefined))
  })

  test('a continuous output is in S3 while the program runs; who is told to stop may say so', async () => {
    await start('long', {
      ProcessingOutputConfig: output('s3://jobs/long', 'Continuous'),
      Environment: { SECONDS: '100' },
    })
    await until('something was uploaded', async () => (await keys('long/')).length === 2)
    assert.equal((await described('long')).ProcessingJobStatus, 'InProgress')
    await assert.rejects(lab.call('sagemaker', 'DeleteProcessingJob', { ProcessingJobName: 'long' }), {
      code: 'ResourceInUse',
    })
    await lab.call('sagemaker', 'StopProcessingJob', { ProcessingJobName: 'long' })
    const job = await ended('long')
    assert.deepEqual([job.ProcessingJobStatus, job.ExitMessage], ['Stopped', 'was told to stop'])
    await assert.rejects(lab.call('sagemaker', 'StopProcessingJob', { ProcessingJobName: 'long' }), {
      code: 'ValidationException',
    })
    await lab.call('sagemaker', 'DeleteProcessingJob', { ProcessingJobName: 'long' })
    await assert.rejects(described('long'), {
      code: 'ValidationException',
      message: 'Could not find requested job with name: long',
    })
  })

  test('a program that takes too long is stopped', async () => {
    await start('late', { StoppingCondition: { MaxRuntimeInSeconds: 1 }, Environment: { SECONDS: '100' } })
    assert.equal((await ended('late')).ProcessingJobStatus, 'Stopped')
  })

  for (const [name, Environment, reason, message] of [
    ['with-a-word', { CODE: '3', MESSAGE: 'no label' }, 'AlgorithmError: no label, exit code: 3', 'no label'],
    ['without', { CODE: '1' }, 'AlgorithmError: , exit code: 1', undefined],
    // Nothing of this machine is read by a link that the program leaves.
    ['by-a-link', { CODE: '1', LINKS: '1' }, 'AlgorithmError: , exit code: 1', undefined],
  ] as const) {
    test(`a program fails ${name}`, async () => {
      await start(name, { Environment })
      const job = await ended(name)
      assert.deepEqual([job.ProcessingJobStatus, job.FailureReason, job.ExitMessage], ['Failed', reason, message])
    })
  }

  test('links and pipes in an output are left out', async () => {
    await start('links', { ProcessingOutputConfig: output('s3://jobs/links'), Environment: { LINKS: '1' } })
    assert.equal((await ended('links')).FailureReason, undefined)
    assert.deepEqual(await keys('links/'), ['links/algo-1.txt', 'links/deep/er/algo-1.txt'])
  })

  for (const [what, changes, error] of [
    ['an input elsewhere', { ProcessingInputs: [s3Input('x', 's3://jobs/in', { LocalPath: '/etc' })] }, /LocalPath/],
    [
      'an input that climbs',
      { ProcessingInputs: [s3Input('x', 's3://jobs/in', { LocalPath: '/opt/ml/processing/../model' })] },
      /LocalPath/,
    ],
    ['no image', { AppSpecification: { ImageUri: 'busybox' } }, /^Invalid image URI busybox\./],
    ['a role of others', { RoleArn: 'arn:aws:iam::999999999999:role/x' }, /^RoleArn: Cross-account|PassRole/],
    ['a role that is not there', { RoleArn: `arn:aws:iam::${account}:role/none` }, /^Could not assume role/],
    ['a pipe', { ProcessingInputs: [s3Input('x', 's3://jobs/in', { S3InputMode: 'Pipe' })] }, /S3InputMode Pipe/],
    [
      'a feature store',
      {
        ProcessingOutputConfig: {
          Outputs: [{ OutputName: 'x', FeatureStoreOutput: { FeatureGroupName: 'x' }, AppManaged: true }],
        },
      },
      /FeatureStoreOutput/,
    ],
    ['too many instances', { count: 21 }, /'ml\.m5\.large for processing job usage' is 20 Instances/],
  ] as const) {
    test(`refused: ${what}`, async () => {
      await assert.rejects(start('refused', changes), { message: error })
    })
  }

  for (const [what, changes, reason] of [
    [
      'no such image',
      { AppSpecification: { ImageUri: image.replace('latest', 'none') } },
      `ClientError: API error (404): manifest for ${image.replace('latest', 'none')} not found: manifest unknown: Requested image not found`,
    ],
    [
      'no such bucket',
      { ProcessingInputs: [s3Input('x', 's3://nowhere-at-all/in')] },
      'ClientError: Failed to download data. ListObjectsV2 failed for s3://nowhere-at-all/in nextToken:[null]: The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket)',
    ],
  ] as const) {
    test(`fails: ${what}`, async () => {
      const name = what.replaceAll(' ', '-')
      await start(name, changes)
      assert.equal((await ended(name)).FailureReason, reason)
    })
  }

  describe('by the role page', () => {
    async function role(name: string, statements: object[]): Promise<string> {
      const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
      const { Role } = await lab.call('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument })
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      await lab.call('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'it', PolicyDocument })
      return Role.Arn
    }
    const any = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' })
    const base = any(
      'cloudwatch:PutMetricData',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:CreateLogGroup',
      'logs:DescribeLogStreams',
      's3:GetObject',
      's3:PutObject',
      's3:ListBucket',
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:GetDownloadUrlForLayer',
      'ecr:BatchGetImage',
    )
    const ec2 = any(
      'ec2:CreateNetworkInterface',
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteNetworkInterfacePermission',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeVpcs',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeSubnets',
      'ec2:DescribeSecurityGroups',
    )
    const data = () => ({
      ProcessingInputs: [s3Input('in', 's3://jobs/in/')],
      ProcessingOutputConfig: output('s3://jobs/page'),
    })

    test('its policy suffices, and with its VPC statement in a VPC', async () => {
      const RoleArn = await role('page', [base, ec2])
      await start('page', { RoleArn, ...data(), NetworkConfig: { VpcConfig: vpc } })
      assert.equal((await ended('page')).FailureReason, undefined)
    })

    for (const [what, statements, lacked] of [
      ['without the statement', [], 'ec2:CreateNetworkInterface, .*ec2:DescribeSecurityGroups'],
      ['without one action', [{ ...ec2, Action: ec2.Action.slice(1) }], 'ec2:CreateNetworkInterface'],
      [
        'with a condition',
        [{ ...ec2, Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } }],
        'ec2:CreateNetworkInterface, .*ec2:DescribeSecurityGroups',
      ],
      [
        'with a resource filter',
        [{ ...ec2, Resource: 'arn:aws:ec2:us-east-1:*:*' }],
        'ec2:CreateNetworkInterface, .*ec2:DescribeSecurityGroups',
      ],
    ] as const) {
      test(`VPC permissions ${what} fail validation at creation`, async () => {
        const RoleArn = await role(`vpc-${what.replaceAll(' ', '-')}`, [base, ...statements])
        await assert.rejects(start('unheard', { RoleArn, NetworkConfig: { VpcConfig: vpc } }), {
          code: 'ValidationException',
          message: new RegExp(`requires: ${lacked}\\. Please ensure`),
        })
        await assert.rejects(described('unheard'))
      })
    }

    for (const [action, reason] of [
      ['s3:ListBucket', /^ClientError: Failed to download data\. ListObjectsV2 failed for .* s3:ListBucket /],
      [
        's3:GetObject',
        /^ClientError: Failed to download data\. GetObject failed for s3:\/\/jobs\/in\/a: .* s3:GetObject /,
      ],
      ['s3:PutObject', /^ClientError: Artifact upload failed:Unable to upload object s3:\/\/jobs\/page\/algo-1\.txt/],
      ['ecr:BatchGetImage', /^ClientError: API error \(404\): pull access denied for .*jobs\/processes, /],
      ['logs:PutLogEvents', /^ClientError: Unable to write to CloudWatch Logs\. .* logs:PutLogEvents /],
    ] as const) {
      test(`${action} is needed`, async () => {
        const name = `no-${action.replace(':', '-')}`
        const RoleArn = await role(name, [any(...base.Action.filter((one) => one !== action))])
        await start(name, { RoleArn, ...data() })
        assert.match((await ended(name)).FailureReason!, reason)
      })
    }

    test('keys: its three statements suffice; of the data, each is needed; the caller may grant the volume', async () => {
      const key = (await lab.call('kms', 'CreateKey')).KeyMetadata.Arn
      const sealed = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }
      await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: 'sealed/a', Body: 'secret', ...sealed })
      const ClusterConfig = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1, VolumeKmsKeyId: key }
      const changes = (name: string) => ({
        ProcessingInputs: [s3Input('in', 's3://jobs/sealed/')],
        ProcessingOutputConfig: { ...output(`s3://jobs/${name}`), KmsKeyId: key },
        ProcessingResources: { ClusterConfig },
      })
      for (const [name, actions, reason] of [
        ['keys', ['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant'], undefined],
        ['callers-grant', ['kms:Decrypt', 'kms:Encrypt'], undefined],
        ['no-decrypt', ['kms:Encrypt', 'kms:CreateGrant'], /^ClientError: Failed to download data\. .* kms:Decrypt /],
        ['no-encrypt', ['kms:Decrypt', 'kms:CreateGrant'], /^ClientError: Artifact upload failed:.* kms:Encrypt /],
      ] as const) {
        await start(name, { RoleArn: await role(name, [base, any(...actions)]), ...changes(name) })
        const { FailureReason } = await ended(name)
        if (reason) assert.match(FailureReason!, reason)
        else assert.equal(FailureReason, undefined)
      }
      const made = await lab.call('s3', 'HeadObject', { Bucket: 'jobs', Key: 'keys/algo-1.txt' })
      assert.equal(made.SSEKMSKeyId, key)
      await until('grants are given up', async () => {
        const { Grants } = await lab.call('kms', 'ListGrants', { KeyId: key })
        return Grants.length === 0
      })
    })
  })

  describe('real clients', () => {
    test('AWS CLI lists and describes; boto3 waits', async () => {
      const env = await environmentOf(lab.server.dataDir)
      const python = boto3(env)
      try {
        await python.call('sagemaker', 'CreateProcessingJob', request('by-boto3'))
        await ended('by-boto3')
        const job = await python.call('sagemaker', 'DescribeProcessingJob', { ProcessingJobName: 'by-boto3' })
        assert.equal(job['ProcessingJobStatus'], 'Completed')
      } finally {
        await python.close()
      }
      const aws = async (...args: string[]) =>
        JSON.parse((await promisify(execFile)(join(root, '.venv/bin/aws'), ['sagemaker', ...args], { env })).stdout)
      const { ProcessingJobSummaries: listed } = await aws('list-processing-jobs', '--name-contains', 'boto3')
      assert.deepEqual(
        listed.map((one: Record<string, string>) => [one['ProcessingJobName'], one['ProcessingJobStatus']]),
        [['by-boto3', 'Completed']],
      )
      const running = await aws('list-processing-jobs', '--status-equals', 'InProgress')
      assert.deepEqual(running.ProcessingJobSummaries, [])
    })
  })
})
