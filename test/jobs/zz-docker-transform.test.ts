import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { TransformJobDescription } from '../../src/services/sagemaker/transform/transform-job.ts'
import { boto3 } from '../clients/boto3.ts'
import { environmentOf, root } from '../clients/command.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { openJobLab, type JobLab } from './lab.ts'

type Input = Record<string, unknown>

const account = '123456789012'
const Image = `${account}.dkr.ecr.us-east-1.amazonaws.com/jobs/serves:latest`
const admin = `arn:aws:iam::${account}:role/jobs`
const group = '/aws/sagemaker/TransformJobs'

describe('batch transform jobs ("Use Your Own Inference Code with Batch Transform")', () => {
  let lab: JobLab
  let vpc: { Subnets: string[]; SecurityGroupIds: string[] }

  before(async () => {
    lab = await openJobLab(['serves'], { runner: 'docker', runner: 'docker' })
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    writeFileSync(join(folder, 'word.txt'), 'so: ')
    const Body = execFileSync('tar', ['-czf', '-', '-C', folder, 'word.txt'])
    rmSync(folder, { recursive: true })
    const objects = {
      'model.tar.gz': Body,
      'in/a.csv': 'one\ntwo\n\nthree\n',
      'in/deep/b.csv': 'four',
      'mixed/1': 'fine',
      'mixed/2': 'bad',
      'mixed/3': 'good',
      'shaky/x': 'shaky',
      'broken/x': 'broken',
      'crash/x': 'crash',
      'zip/x.gz': gzipSync('one\ntwo'),
      'large/x': 'x'.repeat(1024 * 1024 + 1),
      'many/list': JSON.stringify([{ prefix: 's3://jobs/in/' }, 'a.csv']),
    }
    for (const [Key, one] of Object.entries(objects))
      await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key, Body: one })
    const { VpcId } = (await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc
    const { SubnetId } = (await lab.call('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' })).Subnet
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
    const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', { Filters })
    const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', { Filters })
    const ServiceName = 'com.amazonaws.us-east-1.s3'
    await lab.call('ec2', 'CreateVpcEndpoint', { VpcId, ServiceName, RouteTableIds: [RouteTables[0].RouteTableId] })
    vpc = { Subnets: [SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] }
    await model('plain')
  })
  after(() => lab.close())

  const model = (ModelName: string, Environment: Record<string, string> = {}, more: Input = {}) =>
    lab.call('sagemaker', 'CreateModel', {
      ModelName,
      ExecutionRoleArn: admin,
      PrimaryContainer: { Image, ModelDataUrl: 's3://jobs/model.tar.gz', Environment },
      ...more,
    })
  const request = (
    name: string,
    prefix: string,
    { input, output, resources, ...changes }: Record<string, any> = {},
  ) => ({
    TransformJobName: name,
    ModelName: 'plain',
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://jobs/${prefix}` } },
      ...input,
    },
    TransformOutput: { S3OutputPath: `s3://jobs/out/${name}/`, ...output },
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1, ...resources },
    ...changes,
  })
  const start = (name: string, prefix: string, changes: Record<string, any> = {}) =>
    lab.call('sagemaker', 'CreateTransformJob', request(name, prefix, changes))
  const described = (name: string): Promise<TransformJobDescription> =>
    lab.call('sagemaker', 'DescribeTransformJob', { TransformJobName: name })
  async function ended(name: string): Promise<TransformJobDescription> {
    await until(`${name} is over`, async () =>
      ['Completed', 'Failed', 'Stopped'].includes((await described(name)).TransformJobStatus),
    )
    return described(name)
  }
  /** What the containers printed, and what the data log says. */
  async function lines(name: string): Promise<{ container: string[]; data: string[] }> {
    const all = { container: [] as string[], data: [] as string[] }
    const asked = { logGroupName: group, logStreamNamePrefix: `${name}/` }
    for (const { logStreamName } of (await lab.call('logs', 'DescribeLogStreams', asked)).logStreams) {
      assert.match(logStreamName, /^[^/]+\/i-0[0-9a-f]{16}-\d{10}(\/data-log)?$/)
      const { events } = await lab.call('logs', 'GetLogEvents', { logGroupName: group, logStreamName })
      const to = logStreamName.endsWith('/data-log') ? all.data : all.container
      to.push(...events.map((one: { message: string }) => one.message))
    }
    return all
  }
  const said = (from: string[], word: string) =>
    from.filter((line) => line.startsWith(`${word} `)).map((line) => JSON.parse(line.slice(word.length + 1)))
  async function results(name: string): Promise<Record<string, string>> {
    const Prefix = `out/${name}/`
    const { Contents = [] } = await lab.call('s3', 'ListObjectsV2', { Bucket: 'jobs', Prefix })
    const all: Record<string, string> = {}
    for (const { Key } of Contents) {
      const { Body } = await lab.call('s3', 'GetObject', { Bucket: 'jobs', Key })
      all[Key.slice(Prefix.length)] = Body.toString()
    }
    return all
  }

  test('each object is sent whole, and comes back as NAME.out; the container is told what batch transform tells', async () => {
    await start('whole', 'in/', {
      input: { ContentType: 'text/csv' },
      output: { Accept: 'text/plain' },
      MaxPayloadInMB: 1,
      Environment: { MORE: 'yes' },
    })
    const job = await ended('whole')
    assert.equal(job.FailureReason, undefined)
    assert.equal(job.TransformJobStatus, 'Completed')
    assert.deepEqual(await results('whole'), {
      'a.csv.out': 'so: ONE\nTWO\n\nTHREE\n',
      'deep/b.csv.out': 'so: FOUR',
    })
    const { container, data } = await lines('whole')
    const [[args, env]] = said(container, 'STARTED')
    assert.deepEqual(args, ['serve'])
    assert.deepEqual(
      [env.SAGEMAKER_BATCH, env.SAGEMAKER_MAX_PAYLOAD_IN_MB, env.SAGEMAKER_BATCH_STRATEGY, env.MORE],
      ['true', '1', undefined, 'yes'],
    )
    assert.deepEqual(said(container, 'ASKED')[1], ['/invocations', 'text/csv', 'text/plain', 'four'])
    assert.match(
      data[0]!,
      /^\d{4}-\d\d-\d\dT[\d:.]{12}:\[sagemaker logs\]: MaxConcurrentTransforms=1, MaxPayloadInMB=1, BatchStrategy=MULTI_RECORD$/,
    )
    await assert.rejects(start('whole', 'in/'), { code: 'ResourceInUse' })
    await start('part', 'in/de')
    assert.equal((await ended('part')).FailureReason, undefined)
    assert.deepEqual(Object.keys(await results('part')), ['deep/b.csv.out'])
  })

  test('lines go one by one or as many as fit; answers are put together in order', async () => {
    const input = { SplitType: 'Line' }
    await start('single', 'in/', { input, output: { AssembleWith: 'Line' }, BatchStrategy: 'SingleRecord' })
    await start('multi', 'zip/', { input: { ...input, CompressionType: 'Gzip' }, BatchStrategy: 'MultiRecord' })
    assert.equal((await ended('single')).FailureReason, undefined)
    assert.equal((await ended('multi')).FailureReason, undefined)
    assert.equal((await results('single'))['a.csv.out'], 'so: ONE\nso: TWO\nso: THREE\n')
    assert.deepEqual(await results('multi'), { 'x.gz.out': 'so: ONE\nTWO' })
  })

  test('the container may choose; several requests run at once', async () => {
    const PARAMETERS = '{"MaxConcurrentTransforms":3,"BatchStrategy":"SINGLE_RECORD","MaxPayloadInMB":2}'
    await model('chooses', { PARAMETERS, SLOW: '0.3' })
    await start('chosen', 'many/list', {
      ModelName: 'chooses',
      input: {
        DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://jobs/many/list' } },
        SplitType: 'Line',
      },
    })
    assert.equal((await ended('chosen')).FailureReason, undefined)
    const { container, data } = await lines('chosen')
    assert.match(data[0]!, /MaxConcurrentTransforms=3, MaxPayloadInMB=2, BatchStrategy=SINGLE_RECORD$/)
    assert.equal(Math.max(...said(container, 'MOST')), 3)
    assert.deepEqual(await results('chosen'), { 'a.csv.out': 'so: ONEso: TWOso: THREE' })
  })

  test('a bad record spoils its object and no other; the job fails', async () => {
    await start('mixed', 'mixed/')
    assert.equal((await ended('mixed')).FailureReason, 'ClientError: See job logs for more information')
    assert.deepEqual(await results('mixed'), { '1.out': 'so: FINE', '3.out': 'so: GOOD' })
    const { data } = await lines('mixed')
    assert.deepEqual(
      data.slice(1).map((line) => line.split(':[sagemaker logs]: ')[1]),
      ['ClientError: 400', '', 'Message:', 'what is', 'this'].map((line) => `jobs/mixed/2: ${line}`),
    )
  })

  for (const [name, changes, reason] of [
    ['broken', {}, 'AlgorithmError: See job logs for more information'],
    ['crash', {}, 'AlgorithmError: See job logs for more information'],
    ['large', { MaxPayloadInMB: 1 }, 'ClientError: See job logs for more information'],
    ['shaky', {}, undefined],
  ] as const) {
    test(`what becomes of a request: ${name}`, async () => {
      await start(name, `${name}/`, changes)
      assert.equal((await ended(name)).FailureReason, reason)
    })
  }

  test('without retries one failure is enough; a program that ends fails the job', async () => {
    await start('once', 'shaky/', { ModelClientConfig: { InvocationsMaxRetries: 0 } })
    assert.equal((await ended('once')).FailureReason, 'AlgorithmError: See job logs for more information')
    await model('ends', { ENDS: '1' })
    await start('ended', 'in/', { ModelName: 'ends' })
    assert.equal((await ended('ended')).FailureReason, 'AlgorithmError: See job logs for more information')
  })

  test("the model's VPC and isolation hold; hosts share the objects", async () => {
    await model('in-vpc', {}, { VpcConfig: vpc })
    await model('apart', {}, { VpcConfig: vpc, EnableNetworkIsolation: true })
    for (const ModelName of ['in-vpc', 'apart']) {
      await start(ModelName, 'in/', { ModelName, resources: { InstanceCount: 2 } })
      assert.equal((await ended(ModelName)).FailureReason, undefined)
      assert.equal(Object.keys(await results(ModelName)).length, 2)
      const { container } = await lines(ModelName)
      assert.equal(said(container, 'STARTED').length, 2)
      const credentials = Object.keys(said(container, 'STARTED')[0][1]).some((one) => one.includes('CREDENTIALS'))
      assert.equal(credentials, ModelName === 'in-vpc')
    }
  })

  test('a job is stopped while it waits for its container', async () => {
    await model('silent', { PING: '503' })
    await start('stopped', 'in/', { ModelName: 'silent' })
    await until('it runs', async () => (await described('stopped')).TransformStartTime !== undefined)
    await lab.call('sagemaker', 'StopTransformJob', { TransformJobName: 'stopped' })
    assert.equal((await ended('stopped')).TransformJobStatus, 'Stopped')
  })

  for (const [what, changes, message] of [
    [
      'no such model',
      { ModelName: 'none' },
      `Could not find model "arn:aws:sagemaker:us-east-1:${account}:model/none".`,
    ],
    ['too much at once', { MaxPayloadInMB: 60, MaxConcurrentTransforms: 2 }, /must not exceed 100/],
    ['a strategy without a split', { BatchStrategy: 'SingleRecord' }, /requires a SplitType/],
    [
      'a filter',
      { DataProcessing: { InputFilter: '$[1:]' } },
      /not built in Sallyport yet: DataProcessing\.InputFilter/,
    ],
    ['record files', { input: { SplitType: 'RecordIO' } }, /SplitType RecordIO/],
    ['too many instances', { resources: { InstanceCount: 21 } }, /for transform job usage/],
  ] as const) {
    test(`refused: ${what}`, async () => {
      await assert.rejects(start('refused', 'in/', changes), { message })
    })
  }

  test('nothing to transform is refused; so is a role that no longer trusts SageMaker', async () => {
    await assert.rejects(start('refused', 'nothing/'), {
      message: /^No S3 objects found under S3 URL "s3:\/\/jobs\/nothing\/"/,
    })
    const policy = (Effect: string) => ({
      RoleName: 'fickle',
      [Effect === 'Deny' ? 'PolicyDocument' : 'AssumeRolePolicyDocument']: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect, Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    })
    await lab.call('iam', 'CreateRole', policy('Allow'))
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    await lab.call('iam', 'AttachRolePolicy', { RoleName: 'fickle', PolicyArn })
    const ExecutionRoleArn = `arn:aws:iam::${account}:role/fickle`
    await model('fickle', {}, { ExecutionRoleArn })
    await lab.call('iam', 'UpdateAssumeRolePolicy', policy('Deny'))
    await assert.rejects(start('refused', 'in/', { ModelName: 'fickle' }), {
      code: 'ValidationException',
      message: `Could not assume role ${ExecutionRoleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    })
  })

  test('who may create transform jobs of the model need not pass its role', async () => {
    await lab.call('iam', 'CreateUser', { UserName: 'batch' })
    const Condition = {
      ArnEquals: { 'sagemaker:ModelArn': `arn:aws:sagemaker:us-east-1:${account}:model/plain` },
      'ForAllValues:StringLike': { 'sagemaker:InstanceTypes': 'ml.m5.*' },
    }
    const Statement = [{ Effect: 'Allow', Action: 'sagemaker:CreateTransformJob', Resource: '*', Condition }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await lab.call('iam', 'PutUserPolicy', { UserName: 'batch', PolicyName: 'it', PolicyDocument })
    const { AccessKey } = await lab.call('iam', 'CreateAccessKey', { UserName: 'batch' })
    const keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    const asUser = (name: string, changes: Record<string, any> = {}) =>
      call(lab.server.url, keys, 'sagemaker', 'CreateTransformJob', request(name, 'in/', changes))
    await asUser('as-user')
    const denied = { code: 'AccessDeniedException', message: /not authorized to perform: sagemaker:CreateTransformJob/ }
    await assert.rejects(asUser('of-another', { ModelName: 'fickle' }), denied)
    await assert.rejects(asUser('dear', { resources: { InstanceType: 'ml.p3.2xlarge' } }), denied)
    await assert.rejects(asUser('tagged', { Tags: [{ Key: 'a', Value: 'b' }] }), { message: /sagemaker:AddTags/ })
    assert.equal((await ended('as-user')).FailureReason, undefined)
  })

  test('boto3 starts one and AWS CLI lists it', async () => {
    const env = await environmentOf(lab.server.dataDir)
    const python = boto3(env)
    try {
      await python.call('sagemaker', 'CreateTransformJob', request('by-boto3', 'in/'))
      await ended('by-boto3')
      const job = await python.call('sagemaker', 'DescribeTransformJob', { TransformJobName: 'by-boto3' })
      assert.equal(job['TransformJobStatus'], 'Completed')
    } finally {
      await python.close()
    }
    const aws = join(root, '.venv/bin/aws')
    const { stdout } = await promisify(execFile)(
      aws,
      ['sagemaker', 'list-transform-jobs', '--name-contains', 'boto3'],
      {
        env,
      },
    )
    const [listed, ...more] = JSON.parse(stdout).TransformJobSummaries
    assert.deepEqual([listed.TransformJobName, listed.TransformJobStatus, more], ['by-boto3', 'Completed', []])
  })
})
