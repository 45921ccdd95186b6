import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { ApiClient } from './client.ts'
import { environmentOf, sallyport, type Environment } from './command.ts'
import { denyUnlessEndpoint } from './documents.ts'
import { trained } from './flow.ts'
import { jsSdk } from './js-sdk.ts'
import { account, buildPlace, filled, jobAt, trainingJob, type Place } from './place.ts'

/** Program folders under programs/, pushed as images under their names. */
const programs = ['fails', 'sleeps', 'looks'] as const
type Program = (typeof programs)[number]

describe("what a training program finds, and what becomes of its end ('container contract' of SageMaker)", () => {
  let server: TestServer
  let env: Environment
  let client: ApiClient
  let place: Place
  let folder: string

  before(async () => {
    server = await startTestServer()
    env = await environmentOf(server.dataDir)
    client = jsSdk(env)
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    for (const name of programs) {
      const uri = `${account}.dkr.ecr.us-east-1.amazonaws.com/programs/${name}:latest`
      await sallyport(['image', 'push', `test/clients/programs/${name}`, uri], env)
    }
    const image = `${account}.dkr.ecr.us-east-1.amazonaws.com/programs/*:latest`
    place = await buildPlace(client, env, { suffix: 'programs', image })
  })

  after(async () => {
    await client.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs a program to its end; without a VPC unless `changes` say so. */
  async function ran(program: Program, job: string, changes: object = {}) {
    await client.call('sagemaker', 'CreateTrainingJob', request(program, job, changes))
    await client.waitForJob(job).catch(() => {}) // waiters reject when a job failed
    return client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: job })
  }

  function request(program: Program, job: string, changes: object): object {
    const TrainingImage = place.image.replace('*', program)
    const AlgorithmSpecification = { TrainingImage, TrainingInputMode: 'File' }
    return jobAt(place, job, { AlgorithmSpecification, VpcConfig: undefined, HyperParameters: {}, ...changes })
  }

  /** What a job's archive holds under a name. */
  async function unpacked(job: string, archive: string, file: string): Promise<string> {
    const path = join(folder, `${job}-${archive}`)
    await client.download(place.bucket, `models/${job}/output/${archive}`, path)
    return execFileSync('tar', ['-xzOf', path, file], { encoding: 'utf8' })
  }

  const found = async (job: string) => JSON.parse(await unpacked(job, 'model.tar.gz', 'report.json'))

  for (const [name, HyperParameters, reason] of [
    ['with a reason', { reason: 'the data has no label column' }, 'the data has no label column, exit code: 1'],
    ['without a word', {}, ', exit code: 1'],
    ['with its own exit code', { exit_code: '42' }, ', exit code: 42'],
    ['killed', { signal: 'SIGKILL' }, ', exit code: 137'],
  ] as const) {
    test(`a program that fails ${name}`, async () => {
      const job = await ran('fails', `fails-${name.replaceAll(' ', '-')}`, { HyperParameters })
      assert.equal(job.TrainingJobStatus, 'Failed')
      assert.equal(job.FailureReason, `AlgorithmError: ${reason}`)
    })
  }

  test('a long reason is cut to what FailureReason holds', async () => {
    const job = await ran('fails', 'fails-long', { HyperParameters: { reason: 'x'.repeat(2000) } })
    assert.equal(job.FailureReason, `AlgorithmError: ${'x'.repeat(1024 - 'AlgorithmError: '.length)}`)
  })

  test('a stopped program saves its model, and the job is Stopped', async () => {
    await client.call('sagemaker', 'CreateTrainingJob', request('sleeps', 'stopped', {}))
    await trained(client, 'stopped')
    await client.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'stopped' })
    await client.waitForJob('stopped')
    const job = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: 'stopped' })
    assert.deepEqual([job.TrainingJobStatus, job.SecondaryStatus], ['Stopped', 'Stopped'])
    assert.equal(await unpacked('stopped', 'model.tar.gz', 'model.txt'), 'saved when asked to stop')
  })

  test('a program that runs too long is stopped, and its model kept', async () => {
    const job = await ran('sleeps', 'late', { StoppingCondition: { MaxRuntimeInSeconds: 1 } })
    assert.deepEqual([job.TrainingJobStatus, job.SecondaryStatus], ['Stopped', 'MaxRuntimeExceeded'])
    assert.equal(await unpacked('late', 'model.tar.gz', 'model.txt'), 'saved when asked to stop')
  })

  const around = () => ({
    port: new URL(server.url).port,
    bucket: place.bucket,
    key: 'iris/train/train.csv',
  })

  test('configuration files, channels, environment and arguments are as documented', async () => {
    const InputDataConfig = [
      ...trainingJob.InputDataConfig,
      {
        ChannelName: 'picked',
        InputMode: 'File',
        ContentType: 'text/csv',
        DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://<bucket>/iris/manifest.json' } },
      },
    ]
    const manifest = [{ prefix: `s3://${place.bucket}/iris/` }, 'train/train.csv', 'validation/validation.csv']
    await client.call('s3', 'PutObject', {
      Bucket: place.bucket,
      Key: 'iris/manifest.json',
      Body: JSON.stringify(manifest),
    })
    const HyperParameters = { ...around(), text: 'with "quotes" and ü' }
    const Environment = { COLOUR: 'green' }
    const job = await ran('looks', 'looks', filled({ InputDataConfig, HyperParameters, Environment }, place))
    assert.equal(job.FailureReason, undefined)
    const report = await found('looks')

    assert.deepEqual(report.config.hyperparameters, HyperParameters)
    const plain = { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' }
    assert.deepEqual(report.config.inputdataconfig, {
      train: plain,
      validation: plain,
      picked: { ...plain, ContentType: 'text/csv' },
    })
    assert.deepEqual(report.config.resourceconfig, {
      current_host: 'algo-1',
      current_instance_type: 'ml.m5.large',
      current_group_name: 'homogeneousCluster',
      hosts: ['algo-1'],
      instance_groups: [{ instance_group_name: 'homogeneousCluster', instance_type: 'ml.m5.large', hosts: ['algo-1'] }],
      network_interface_name: 'eth0',
    })
    const { train, validation, picked } = report.channels
    assert.ok(train['train.csv'] > 0)
    assert.deepEqual(picked, {
      'train/train.csv': train['train.csv'],
      'validation/validation.csv': validation['validation.csv'],
    })
    assert.deepEqual(report.arguments, ['train'])
    assert.equal(report.folder, '/opt/program')
    assert.equal(report.environment.COLOUR, 'green')
    assert.equal(report.environment.TRAINING_JOB_NAME, 'looks')
    assert.equal(report.environment.AWS_REGION, 'us-east-1')
    assert.equal(await unpacked('looks', 'output.tar.gz', 'extra.txt'), 'beside the model')
  })

  test("nothing of the server's own environment or folders comes in", async () => {
    const report = await found('looks')
    const allowed =
      /^(PATH|HOME|HOSTNAME|PWD|SHLVL|_|LC_CTYPE|COLOUR|AWS_(REGION|DEFAULT_REGION|CONTAINER_CREDENTIALS_RELATIVE_URI)|NODE_EXTRA_CA_CERTS|TRAINING_JOB_(NAME|ARN)|CURRENT_HOST)$/
    assert.deepEqual(
      Object.keys(report.environment).filter((name) => !allowed.test(name)),
      [],
    )
  })

  test('outside a VPC the program has its role, and reaches AWS by it, but nothing of this machine', async () => {
    const report = await found('looks')
    assert.equal(report.identity, `arn:aws:sts::${account}:assumed-role/${place.role}/SageMaker`)
    assert.equal(report.object, report.channels.train['train.csv'])
    assert.equal(report.guessed, 400)
    assert.equal(report.openPort, false)
    assert.match(report.hostNames['algo-1'], /^10\.2\./)
  })

  test('in the private subnet it reaches S3 by the gateway endpoint, and nothing else', async () => {
    const vpc = { VpcConfig: { Subnets: [place['subnet']], SecurityGroupIds: [place['group']] } }
    const job = await ran('looks', 'inside', { ...vpc, HyperParameters: around() })
    assert.equal(job.FailureReason, undefined)
    const report = await found('inside')
    assert.equal(report.object, report.channels.train['train.csv'])
    assert.equal(report.identity, 'no answer')
  })

  test('with network isolation it has neither credentials nor network, and its data all the same', async () => {
    const job = await ran('looks', 'isolated', { EnableNetworkIsolation: true, HyperParameters: around() })
    assert.equal(job.FailureReason, undefined)
    const report = await found('isolated')
    assert.equal(report.openPort, false)
    assert.equal(report.guessed, null)
    assert.equal(report.hostNames['algo-1'], '127.0.0.1')
    assert.match(report.identity, /^nothing of that name/)
    assert.deepEqual(
      Object.keys(report.environment).filter((name) => /^AWS_(CONTAINER|ENDPOINT|ACCESS|SECRET|SESSION)/.test(name)),
      [],
    )
    assert.ok(report.channels.train['train.csv'] > 0)
  })

  test("the bucket's policy is told by which way the program comes", async () => {
    const Policy = denyUnlessEndpoint(place.bucket, place['endpoint']!)
    await client.call('s3', 'PutBucketPolicy', { Bucket: place.bucket, Policy })
    const job = (name: string, vpc: object) =>
      ran('looks', name, { ...vpc, InputDataConfig: undefined, HyperParameters: around() })
    await job('by-endpoint', { VpcConfig: { Subnets: [place['subnet']], SecurityGroupIds: [place['group']] } })
    await job('by-internet', {})
    const refused = JSON.parse(await sallyport(['explain', 'last', '--format', 'json'], env, [2]))
    // It keeps us out as well.
    await client.call('s3', 'DeleteBucketPolicy', { Bucket: place.bucket })
    assert.equal(typeof (await found('by-endpoint')).object, 'number')
    assert.equal((await found('by-internet')).object, 'refused: 403')
    assert.match(refused.origin.ip, /^44\.210\./)
    assert.equal(refused.way.via, 'public')
    assert.deepEqual(refused.way.context, { 'aws:sourceip': refused.origin.ip })
  })

  test("the request's own entrypoint and arguments replace the image's", async () => {
    const TrainingImage = place.image.replace('*', 'looks')
    const AlgorithmSpecification = {
      TrainingImage,
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['python3', './train'],
      ContainerArguments: ['--fast', 'two words'],
    }
    const job = await ran('looks', 'entrypoint', { AlgorithmSpecification, HyperParameters: around() })
    assert.equal(job.FailureReason, undefined)
    assert.deepEqual((await found('entrypoint')).arguments, ['--fast', 'two words'])
  })

  test('a model that finds no way out any more fails the job', async () => {
    const VpcConfig = { Subnets: [place['subnet']], SecurityGroupIds: [place['group']] }
    const { TrainingJobArn } = await client.call(
      'sagemaker',
      'CreateTrainingJob',
      request('sleeps', 'stranded', { VpcConfig }),
    )
    await trained(client, 'stranded')
    await client.call('ec2', 'DeleteVpcEndpoints', { VpcEndpointIds: [place['endpoint']] })
    await client.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'stranded' })
    await client.waitForJob('stranded').catch(() => {})
    const job = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: 'stranded' })
    assert.equal(
      job.FailureReason,
      "ClientError: Artifact upload failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3",
    )
    const explanation = JSON.parse(await sallyport(['explain', TrainingJobArn, '--format', 'json'], env, [2]))
    assert.equal(explanation.steps.at(-1).name, 'UploadModel')
    assert.equal(explanation.blockers[0].layer, 'route')
    assert.equal(explanation.blockers[0].component, place['routeTable'])
  })
})
