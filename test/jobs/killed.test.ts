import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Explanation } from '../../src/advise/explanation.ts'
import { imagePush } from '../../src/cli/image-push.ts'
import { serve, type ChildServer } from '../clients/child-server.ts'
import { environmentOf } from '../clients/command.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import type { Keys } from '../support/sign.ts'

const account = '123456789012'
const region = 'us-east-1'
const roleArn = `arn:aws:iam::${account}:role/jobs`
const image = `${account}.dkr.ecr.${region}.amazonaws.com/jobs/reports:latest`

/**
 * Each is held long enough to be met: by several hosts, a large image, many checkpoints, a large model.
 * AssumeRole, CreateGrant, CreateLogStream and PutLogEvents run in one turn of the server's loop: nobody outside sees them. JoinNetwork waits for what was begun before, mostly not at all.
 */
const STEPS = [
  'CreateNetworkInterface',
  'DownloadInputData',
  'DownloadCheckpoints',
  'PullImage',
  'Train',
  'UploadCheckpoints',
  'UploadModel',
]
/** A step may be over before it is seen: then it is tried again. */
const TRIES = 5

describe('a server that is killed in the middle of a training job', () => {
  let dataDir: string
  let server: ChildServer
  let keys: Keys
  let place: Record<string, string>
  let jobs = 0

  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says
  const ask = (service: string, operation: string, input: Record<string, unknown> = {}): Promise<any> =>
    call(server.url, keys, service, operation, input)

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    server = await serve(dataDir)
    const env = await environmentOf(dataDir)
    keys = { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! }
    place = await built()
  })
  after(async () => {
    await server.end('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })

  async function built(): Promise<Record<string, string>> {
    const Principal = { Service: 'sagemaker.amazonaws.com' }
    const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await ask('iam', 'CreateRole', { RoleName: 'jobs', AssumeRolePolicyDocument })
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    await ask('iam', 'AttachRolePolicy', { RoleName: 'jobs', PolicyArn })
    await ask('s3', 'CreateBucket', { Bucket: 'jobs' })
    for (let at = 0; at < 10; at++) {
      await ask('s3', 'PutObject', { Bucket: 'jobs', Key: `data/${at}`, Body: 'x' })
      await ask('s3', 'PutObject', { Bucket: 'jobs', Key: `checkpoints/${at}`, Body: 'x' })
    }
    const dir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    copyFileSync(fileURLToPath(new URL('programs/reports/train', import.meta.url)), join(dir, 'train'))
    writeFileSync(join(dir, 'ballast'), randomBytes(3_000_000))
    await imagePush({ dir, imageUri: image, entrypoint: './train', call: ask, progress: () => {} })
    rmSync(dir, { recursive: true })
    const vpc = (await ask('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId
    const subnet = (await ask('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.1.0/24' })).Subnet.SubnetId
    const Filters = [{ Name: 'vpc-id', Values: [vpc] }]
    const table = (await ask('ec2', 'DescribeRouteTables', { Filters })).RouteTables[0].RouteTableId
    const ServiceName = `com.amazonaws.${region}.s3`
    await ask('ec2', 'CreateVpcEndpoint', { VpcId: vpc, ServiceName, RouteTableIds: [table] })
    const group = (await ask('ec2', 'DescribeSecurityGroups', { Filters })).SecurityGroups[0].GroupId
    const key = (await ask('kms', 'CreateKey')).KeyMetadata.Arn
    return { subnet, group, key }
  }

  async function begin(step: string): Promise<string> {
    const name = `cut-${++jobs}`
    const DataSource = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/data/' } }
    const data = {
      InputDataConfig: [
        { ChannelName: 'data', DataSource },
        { ChannelName: 'piped', InputMode: 'Pipe', DataSource },
      ],
      CheckpointConfig: { S3Uri: `s3://jobs/checkpoints` },
    }
    await ask('sagemaker', 'CreateTrainingJob', {
      TrainingJobName: name,
      RoleArn: roleArn,
      AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
      ...data,
      OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
      ResourceConfig: {
        InstanceType: 'ml.m5.large',
        InstanceCount: 3,
        VolumeSizeInGB: 1,
        VolumeKmsKeyId: place['key'],
      },
      VpcConfig: { Subnets: [place['subnet']], SecurityGroupIds: [place['group']] },
      HyperParameters: {
        checkpoints: '/opt/ml/checkpoints',
        ...(step === 'UploadCheckpoints' ? { points: '40' } : {}),
        ...(step === 'Train' ? { seconds: '600' } : {}),
        ...(step === 'UploadModel' ? { megabytes: '10' } : {}),
      },
    })
    return name
  }

  /** Ends the server when the step is under way; what was running is told. */
  async function killAt(name: string, step: string): Promise<{ routers: number[]; programs: number[] }> {
    const Id = `arn:aws:sagemaker:${region}:${account}:training-job/${name}`
    for (;;) {
      const { steps = [] } = (await ask('sallyport', 'Explain', { Id })).Document as Explanation
      const now = steps.at(-1)
      const past = steps.some((one) => STEPS.indexOf(one.name) > STEPS.indexOf(step))
      if (past || (now?.name === step && now.status === 'running')) break
      assert.notEqual(now?.status, 'failed', JSON.stringify(now))
    }
    // The programs are to be there when their step is cut.
    if (step === 'Train') await until('programs run', () => processesBelow(dataDir).length > 0)
    const running = { routers: routersOf(dataDir), programs: processesBelow(dataDir) }
    await server.end('SIGKILL')
    return running
  }

  for (const step of STEPS) {
    test(`at the step ${step}: it has failed and says so, and nothing is left of it`, async () => {
      let reason = ''
      for (let tries = 0; tries < TRIES && !reason.includes(`"${step}"`); tries++) {
        const name = await begin(step)
        const running = await killAt(name, step)
        server = await serve(dataDir)
        reason = await checkGone(name, running)
      }
      assert.equal(
        reason,
        `InternalServerError: The server was stopped while the job was at the step "${step}". The job did not finish.`,
      )
    })
  }

  async function checkGone(name: string, { routers, programs }: { routers: number[]; programs: number[] }) {
    const TrainingJobName = name
    // What had not begun is queued again, and what is over may be over well: neither was met in its middle.
    await until(`${name} is over`, async () => {
      const { TrainingJobStatus } = await ask('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
      return TrainingJobStatus !== 'InProgress'
    })
    const job = await ask('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
    if (job.TrainingJobStatus === 'Failed') {
      assert.match(
        job.FailureReason,
        /^InternalServerError: The server was stopped while the job was at the step "\w+"\./,
      )
      assert.equal(job.SecondaryStatusTransitions.at(-1).Status, 'Failed')
      assert.equal(job.ModelArtifacts.S3ModelArtifacts, '')
    } else assert.equal(job.TrainingJobStatus, 'Completed')

    const Filters = [{ Name: 'subnet-id', Values: [place['subnet']] }]
    await until('its interfaces are gone', async () => {
      const { NetworkInterfaces } = await ask('ec2', 'DescribeNetworkInterfaces', { Filters })
      return NetworkInterfaces.length === 0
    })
    await until('its grants are given up', async () => {
      const { Grants } = await ask('kms', 'ListGrants', { KeyId: place['key'] })
      return Grants.length === 0
    })
    const folder = join(dataDir, 'jobs', account, region, 'training-job')
    await until('its folder is gone', () => !existsSync(join(folder, name)))
    await until('its processes are gone', () => [...routers, ...programs].every((pid) => !existsSync(`/proc/${pid}`)))
    assert.deepEqual(processesBelow(dataDir), [])
    const files = join(dataDir, 'fabric/files')
    assert.deepEqual(existsSync(files) ? readdirSync(files) : [], [])
    return (job.FailureReason as string | undefined) ?? ''
  }
})

/** Processes that have a folder of a job: the sandboxes. */
function processesBelow(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => ['mountinfo', 'cmdline'].some((file) => read(`/proc/${pid}/${file}`).includes(`${dataDir}/jobs/`)))
}

/** Processes that keep a VPC's namespaces, as they are noted. */
function routersOf(dataDir: string): number[] {
  const folder = join(dataDir, 'fabric/routers')
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const { processes } = JSON.parse(read(join(folder, name)) || '{"processes":[]}') as { processes: { pid: number }[] }
    return processes.map(({ pid }) => pid)
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
