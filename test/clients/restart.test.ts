import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Explanation } from '../../src/advise/explanation.ts'
import { serve, type ChildServer } from './child-server.ts'
import { refusal, type ApiClient } from './client.ts'
import { environmentOf, sallyport, type Environment } from './command.ts'
import { trained } from './flow.ts'
import { jsSdk } from './js-sdk.ts'
import { buildPlace, jobAt, type Place } from './place.ts'
import { until } from './until.ts'

const long = { HyperParameters: { epochs: '1000', seconds_per_epoch: '0.1' } }

for (const [signal, how] of [
  ['SIGKILL', 'a server that is killed while a job runs'],
  ['SIGTERM', 'a server that is stopped while a job runs'],
] as const) {
  describe(how, () => {
    let dataDir: string
    let server: ChildServer
    let env: Environment
    let client: ApiClient
    let place: Place
    let refusedId: string
    const acknowledged = new Map<string, string>()
    /** Processes of the jobs' sandboxes, and of the VPCs that they are in, one of them SageMaker's own; before the end. */
    let sandbox: number[]
    let routers: number[]
    let folders: string[]

    before(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
      await start()
      place = await buildPlace(client, env, { suffix: 'restart' })
      await client.call('iam', 'CreateUser', { UserName: 'nobody', Tags: [{ Key: 'team', Value: 'none' }] })
      refusedId = await refusedCall()
    })

    after(async () => {
      await client.close()
      await server.end('SIGKILL')
      rmSync(dataDir, { recursive: true, force: true })
    })

    async function start(): Promise<void> {
      server = await serve(dataDir)
      env = await environmentOf(dataDir)
      assert.equal(env['AWS_ENDPOINT_URL'], server.url)
      client = jsSdk(env)
    }

    /** One denied call, by a user without rights; its request id. */
    async function refusedCall(): Promise<string> {
      const { AccessKey } = await client.call('iam', 'CreateAccessKey', { UserName: 'nobody' })
      const keys = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey }
      const nobody = jsSdk({ ...env, ...keys })
      const { requestId } = await refusal(nobody.call('sagemaker', 'ListTrainingJobs'))
      await nobody.close()
      return requestId
    }

    /** Uploads until the server is gone; what was acknowledged is remembered. */
    async function uploadUntilEnd(): Promise<void> {
      for (let at = 0; ; at++) {
        const bytes = randomBytes(1 + ((at * 7919) % 100_000))
        const Key = `writes/${at}`
        try {
          await client.call('s3', 'PutObject', { Bucket: place.bucket, Key, Body: bytes })
        } catch {
          return
        }
        acknowledged.set(Key, sha256(bytes))
      }
    }

    test('it ends in the middle of a job and of uploads', async () => {
      await client.call('sagemaker', 'CreateTrainingJob', jobAt(place, 'cut', long))
      await client.call('sagemaker', 'CreateTrainingJob', jobAt(place, 'cut-too', { ...long, VpcConfig: undefined }))
      await trained(client, 'cut')
      await trained(client, 'cut-too')
      sandbox = processesBelow(dataDir)
      assert.notEqual(sandbox.length, 0)
      routers = routersOf(dataDir)
      assert.equal(routers.length, 2)
      const jobs = join(dataDir, 'jobs/123456789012/us-east-1/training-job')
      folders = ['cut', 'cut-too'].map((name) => join(jobs, name))
      for (const folder of folders) assert.ok(existsSync(folder), folder)
      const uploads = uploadUntilEnd()
      await until('some writes are acknowledged', () => acknowledged.size >= 20)
      await server.end(signal)
      await uploads
      await client.close()
    })

    test('it starts again on the same folder', start)

    test('every acknowledged write is there', async () => {
      for (const [Key, digest] of acknowledged) {
        const { Body } = await client.call('s3', 'GetObject', { Bucket: place.bucket, Key })
        assert.equal(sha256(await Body.transformToByteArray()), digest, Key)
      }
      const { User } = await client.call('iam', 'GetUser', { UserName: 'nobody' })
      assert.deepEqual(User.Tags, [{ Key: 'team', Value: 'none' }])
      const { Role } = await client.call('iam', 'GetRole', { RoleName: place.role })
      assert.equal(Role.Arn, place.roleArn)
    })

    test('the job has failed, and says why', async () => {
      const job = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: 'cut' })
      assert.equal(job.TrainingJobStatus, 'Failed')
      assert.equal(
        job.FailureReason,
        'InternalServerError: The server was stopped while the job was at the step "Train". The job did not finish.',
      )
      const explanation = await explained(job.TrainingJobArn)
      assert.equal(explanation.job?.failureReason, job.FailureReason)
      assert.equal(explanation.steps?.at(-1)?.status, 'failed')
    })

    test('nothing of it goes on: no process, no network interface, no folder', async () => {
      await until('its processes are gone', () => sandbox.every((pid) => !existsSync(`/proc/${pid}`)))
      const Filters = [{ Name: 'subnet-id', Values: [place['subnet']] }]
      await until('its interface is gone', async () => {
        const { NetworkInterfaces } = await client.call('ec2', 'DescribeNetworkInterfaces', { Filters })
        return NetworkInterfaces.length === 0
      })
      assert.deepEqual(processesBelow(dataDir), [])
      await until('its networks are gone', () => routers.every((pid) => !existsSync(`/proc/${pid}`)))
      assert.deepEqual(routersOf(dataDir), [])
      const files = join(dataDir, 'fabric/files')
      assert.deepEqual(existsSync(files) ? readdirSync(files) : [], [])
      for (const folder of folders) await until('its folder is gone', () => !existsSync(folder))
    })

    test('a decision from before is still explained', async () => {
      const explanation = await explained(refusedId)
      assert.equal(explanation.requestId, refusedId)
      assert.equal(explanation.blockers[0]?.layer, 'caller-policy')
      assert.equal(explanation.caller.arn, 'arn:aws:iam::123456789012:user/nobody')
    })

    test('a new job completes', async () => {
      await client.call('sagemaker', 'CreateTrainingJob', jobAt(place, 'new'))
      await client.waitForJob('new')
      const { TrainingJobStatus } = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: 'new' })
      assert.equal(TrainingJobStatus, 'Completed')
    })

    async function explained(id: string): Promise<Explanation> {
      return JSON.parse(await sallyport(['explain', id, '--format', 'json'], env, [2])) as Explanation
    }
  })
}

test('two servers do not share a folder', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const server = await serve(dataDir)
  await assert.rejects(serve(dataDir), /ended before it was ready/)
  await server.end('SIGTERM')
  await (await serve(dataDir)).end('SIGTERM')
  rmSync(dataDir, { recursive: true, force: true })
})

test('a folder that was not written by Sallyport is left alone', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  writeFileSync(join(dataDir, 'sallyport.db'), 'not a database')
  await assert.rejects(serve(dataDir), /ended before it was ready/)
  assert.equal(readFileSync(join(dataDir, 'sallyport.db'), 'utf8'), 'not a database')
  rmSync(dataDir, { recursive: true, force: true })
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Processes whose command line or open mounts name a folder of the data folder: the sandboxes of its jobs. */
function processesBelow(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) =>
        read(`/proc/${pid}/mountinfo`).includes(`${dataDir}/jobs/`) ||
        read(`/proc/${pid}/cmdline`).includes(`${dataDir}/jobs/`),
    )
}

/** Processes that keep a VPC's namespaces, as they are noted. */
function routersOf(dataDir: string): number[] {
  const folder = join(dataDir, 'fabric/routers')
  return readdirSync(folder).flatMap((name) => {
    const { processes } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { processes: { pid: number }[] }
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
