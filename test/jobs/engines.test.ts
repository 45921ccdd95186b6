import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import Docker from 'dockerode'
import { RUN_LABEL } from '../../src/runners/docker/records.ts'
import { serve } from '../clients/child-server.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { installedEngines, startTestEngine } from '../support/engines.ts'
import type { TestEngine } from '../support/engines.ts'
import { image, openJobLab, type JobLab } from './lab.ts'

for (const runner of installedEngines())
  describe(`jobs as containers of ${runner}`, () => {
    let engine: TestEngine
    let lab: JobLab
    let VpcConfig: object
    const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    const variable = runner === 'podman' ? 'CONTAINER_HOST' : 'DOCKER_HOST'

    before(async () => {
      engine = await startTestEngine(runner)
      process.env[variable] = `unix://${engine.socket}`
      lab = await openJobLab(['talks'], { runner, dataDir })
      const vpc = (await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId
      const { Subnet } = await lab.call('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.1.0/24' })
      const Filters = [{ Name: 'vpc-id', Values: [vpc] }]
      const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', { Filters })
      const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', { Filters })
      await lab.call('ec2', 'CreateVpcEndpoint', {
        VpcId: vpc,
        ServiceName: 'com.amazonaws.us-east-1.s3',
        RouteTableIds: [RouteTables[0].RouteTableId],
      })
      VpcConfig = { Subnets: [Subnet.SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] }
      for (const key of ['a', 'b']) await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: `data/${key}`, Body: key })
    })
    after(async () => {
      delete process.env[variable]
      await engine.close()
      rmSync(dataDir, { recursive: true, force: true })
    })

    /** What a host said, by its key word. */
    async function heard(job: string, host: string) {
      const { description } = await lab.ended(job)
      const lines = (await lab.output(job))[host] ?? []
      assert.equal(description.FailureReason, undefined, lines.join('\n'))
      const said = lines.map((line) => /^(\w+) (.*)$/s.exec(line)!)
      return Object.fromEntries(
        said.map(([, word = '', rest = '']) => [word, word === 'ADDRESS' ? rest : JSON.parse(rest)]),
      )
    }

    test('two instances in a private subnet reach each other and S3, and nothing else', async () => {
      const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/data/' }
      await lab.start('pair', 'talks', {
        VpcConfig,
        ResourceConfig: { InstanceCount: 2 },
        InputDataConfig: [{ ChannelName: 'data', DataSource: { S3DataSource } }],
      })
      const said = await heard('pair', 'algo-2')
      assert.deepEqual(said['PEERS'], { 'algo-1': 'algo-1', 'algo-2': 'algo-2' })
      assert.deepEqual(said['DATA'], ['a', 'b'])
      assert.match(said['ADDRESS'], /^10\.0\.1\./)
      assert.equal(said['CONFIG'].name, 'algo-2')
      assert.equal(said['AWS'][0], 'timeout')
    })

    test('with network isolation there is nobody', async () => {
      await lab.start('alone', 'talks', { EnableNetworkIsolation: true })
      const said = await heard('alone', 'algo-1')
      assert.deepEqual(said['PEERS'], { 'algo-1': 'algo-1' })
      assert.deepEqual(said['AWS'], ['gaierror', 'URLError'].includes(said['AWS'][0]) ? said['AWS'] : ['gaierror'])
    })

    test('what a killed server leaves is taken away by the next, and nothing of others', async () => {
      await lab.close()
      const api = new Docker({ socketPath: engine.socket })
      const ours = () => api.listContainers({ all: true, filters: { label: [RUN_LABEL] } })
      assert.deepEqual(await ours(), [])
      const { admin } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8'))
      const start = () =>
        serve(dataDir, { options: ['--runner', runner], env: { [variable]: `unix://${engine.socket}` } })

      const killed = await start()
      await call(killed.url, admin, 'sagemaker', 'CreateTrainingJob', {
        TrainingJobName: 'cut',
        RoleArn: 'arn:aws:iam::123456789012:role/jobs',
        AlgorithmSpecification: { TrainingImage: image('talks'), TrainingInputMode: 'File' },
        OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
        StoppingCondition: { MaxRuntimeInSeconds: 120 },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        HyperParameters: { seconds: '1000' },
        VpcConfig,
      })
      await until('its container runs', async () => (await ours()).some(({ State }) => State === 'running'))
      const [{ Image } = { Image: '' }] = await ours()
      const other = await api.createContainer({
        Image,
        Entrypoint: ['/x'],
        Labels: { [RUN_LABEL]: 'of somebody else' },
      })
      await killed.end('SIGKILL')
      assert.equal((await ours()).filter(({ Id }) => Id !== other.id).length > 0, true)

      const next = await start()
      try {
        assert.deepEqual(
          (await ours()).map(({ Id }) => Id),
          [other.id],
        )
        const { FailureReason } = await call(next.url, admin, 'sagemaker', 'DescribeTrainingJob', {
          TrainingJobName: 'cut',
        })
        assert.match(
          FailureReason,
          /^InternalServerError: The server was stopped while the job was at the step "Train"/,
        )
        assert.deepEqual(existsSync(join(dataDir, 'running')) ? readdirSync(join(dataDir, 'running')) : [], [])
      } finally {
        await next.end('SIGTERM')
        await other.remove()
      }
    })
  })
