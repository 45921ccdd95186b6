import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { imagePush } from '../../src/cli/image-push.ts'
import { serve } from '../clients/child-server.ts'
import { environmentOf } from '../clients/command.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'

const account = '123456789012'
const RoleArn = `arn:aws:iam::${account}:role/jobs`
const image = (program: string) => `${account}.dkr.ecr.us-east-1.amazonaws.com/jobs/${program}:latest`
const resources = { InstanceType: 'ml.m5.large', InstanceCount: 1 }

function read(pid: number, file: string): string {
  try {
    return file === 'ns/net' ? readlinkSync(`/proc/${pid}/${file}`) : readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // gone meanwhile
  }
}

const processes = () => readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []))

/** Programs that see a job's folder of this server. */
const programsOf = (dataDir: string) => processes().filter((pid) => read(pid, 'mountinfo').includes(`${dataDir}/jobs/`))

/** Those of ours that wait in the programs' networks. */
function diallersOf(programs: readonly number[]): number[] {
  const networks = new Set(programs.map((pid) => read(pid, 'ns/net')))
  return processes().filter((pid) => read(pid, 'cmdline').includes('dial-inside') && networks.has(read(pid, 'ns/net')))
}

test('processing and transform jobs of a server that was killed have failed and say so; nothing is left of them', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  let server = await serve(dataDir)
  try {
    const env = await environmentOf(dataDir)
    const keys = { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! }
    const ask = (service: string, operation: string, input: Record<string, unknown> = {}) =>
      call(server.url, keys, service, operation, input)
    const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    await ask('iam', 'CreateRole', { RoleName: 'jobs', AssumeRolePolicyDocument })
    await ask('iam', 'AttachRolePolicy', {
      RoleName: 'jobs',
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    })
    await ask('s3', 'CreateBucket', { Bucket: 'jobs' })
    await ask('s3', 'PutObject', { Bucket: 'jobs', Key: 'in/x', Body: 'x' })
    for (const name of ['processes', 'serves']) {
      const dir = fileURLToPath(new URL(`programs/${name}`, import.meta.url))
      await imagePush({ dir, imageUri: image(name), entrypoint: './train', call: ask, progress: () => {} })
    }
    const { KeyId } = (await ask('kms', 'CreateKey')).KeyMetadata
    await ask('sagemaker', 'CreateProcessingJob', {
      ProcessingJobName: 'cut',
      RoleArn,
      AppSpecification: { ImageUri: image('processes') },
      ProcessingResources: { ClusterConfig: { ...resources, VolumeSizeInGB: 1, VolumeKmsKeyId: KeyId } },
      Environment: { SECONDS: '600' },
    })
    const container = { Image: image('serves'), Environment: { PING: '503' } }
    await ask('sagemaker', 'CreateModel', { ModelName: 'cut', ExecutionRoleArn: RoleArn, PrimaryContainer: container })
    await ask('sagemaker', 'CreateTransformJob', {
      TransformJobName: 'cut',
      ModelName: 'cut',
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/in' } } },
      TransformOutput: { S3OutputPath: 's3://jobs/out' },
      TransformResources: resources,
    })
    const last = async (type: string) => {
      const Id = `arn:aws:sagemaker:us-east-1:${account}:${type}/cut`
      return (await ask('sallyport', 'Explain', { Id })).Document.steps?.at(-1)?.name
    }
    await until(
      'both run',
      async () => (await last('processing-job')) === 'Process' && (await last('transform-job')) === 'Transform',
    )
    await until('programs and the dialler are there', () => {
      const programs = programsOf(dataDir)
      return programs.length >= 2 && diallersOf(programs).length === 1
    })
    const programs = programsOf(dataDir)
    const ours = [...programs, ...diallersOf(programs)]
    await server.end('SIGKILL')

    server = await serve(dataDir)
    const ends = async () => {
      const processing = await ask('sagemaker', 'DescribeProcessingJob', { ProcessingJobName: 'cut' })
      const transform = await ask('sagemaker', 'DescribeTransformJob', { TransformJobName: 'cut' })
      return [processing.FailureReason, transform.FailureReason]
    }
    await until('both are over', async () => (await ends()).every(Boolean))
    const cut = (step: string) =>
      `InternalServerError: The server was stopped while the job was at the step "${step}". The job did not finish.`
    assert.deepEqual(await ends(), [cut('Process'), cut('Transform')])
    await until('programs are gone', () => !ours.some((pid) => existsSync(`/proc/${pid}`)))
    await until('the grant is given up', async () => (await ask('kms', 'ListGrants', { KeyId })).Grants.length === 0)
  } finally {
    await server.end('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
})
