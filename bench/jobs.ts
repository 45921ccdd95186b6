/**
 * Training jobs: what one costs beyond its program's own time; a thousand in the queue, and the door meanwhile; a hundred
 * thousand that are over.
 *   node bench/jobs.ts [--only one|queue|history] [--queued 1000] [--finished 100000]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connect } from '../src/cli/client.ts'
import type { Client } from '../src/cli/client.ts'
import { imagePush } from '../src/cli/image-push.ts'
import { trainingJobs } from '../src/services/sagemaker/training/training-job.ts'
import type { TrainingJob } from '../src/services/sagemaker/training/training-job.ts'
import { startTestServer } from '../test/support/server.ts'
import { machine, median, startSallyport } from './support.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    queued: { type: 'string', default: '1000' },
    finished: { type: 'string', default: '100000' },
  },
})
const wanted = (part: string) => values.only === undefined || values.only === part
const ROUNDS = 20
const PROGRAM = '#!/bin/sh\nexit 0\n'
const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/bench:latest'
const lines: string[] = []
const say = (line = '') => {
  lines.push(line)
  console.log(line)
}

say('# Jobs')
say()
say(`\`node bench/jobs.ts\` on ${machine()}.`)
if (wanted('one')) await one()
if (wanted('queue')) await queue(Number(values.queued))
if (wanted('history')) await history(Number(values.finished))
if (values.only === undefined) writeFileSync('bench/results/jobs.md', `${lines.join('\n')}\n`)

/** A role that may do anything, a bucket, an image whose program ends at once, a VPC. */
async function prepare(client: Client): Promise<{ roleArn: string; vpc: object }> {
  const Principal = { Service: 'sagemaker.amazonaws.com' }
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] }
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  const { Role } = await client.call('iam', 'CreateRole', { RoleName: 'bench', AssumeRolePolicyDocument })
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await client.call('iam', 'AttachRolePolicy', { RoleName: 'bench', PolicyArn })
  await client.call('s3', 'CreateBucket', { Bucket: 'bench' })
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  writeFileSync(join(dir, 'train'), PROGRAM, { mode: 0o755 })
  const call = (service: string, operation: string, input: Record<string, unknown>) =>
    client.call(service, operation, input)
  await imagePush({ dir, imageUri: image, entrypoint: './train', call, progress: () => {} })
  rmSync(dir, { recursive: true })
  const { Vpc } = await client.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })
  const { Subnet } = await client.call('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.0.0/20' })
  const Filters = [{ Name: 'vpc-id', Values: [Vpc.VpcId] }]
  const { RouteTables } = await client.call('ec2', 'DescribeRouteTables', { Filters })
  const { SecurityGroups } = await client.call('ec2', 'DescribeSecurityGroups', { Filters })
  const ServiceName = 'com.amazonaws.us-east-1.s3'
  const RouteTableIds = [RouteTables[0].RouteTableId]
  await client.call('ec2', 'CreateVpcEndpoint', { VpcId: Vpc.VpcId, ServiceName, RouteTableIds })
  return {
    roleArn: Role.Arn,
    vpc: { VpcConfig: { Subnets: [Subnet.SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] } },
  }
}

function request(TrainingJobName: string, RoleArn: string, more: object = {}): Record<string, unknown> {
  return {
    TrainingJobName,
    RoleArn,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: 's3://bench/out' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...more,
  }
}

async function ended(client: Client, TrainingJobName: string): Promise<void> {
  for (;;) {
    const job = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
    if (job.TrainingJobStatus === 'Completed') return
    if (job.TrainingJobStatus === 'Failed') throw new Error(job.FailureReason)
    await delay(5)
  }
}

async function one(): Promise<void> {
  const server = await startSallyport()
  const { client } = server
  const { roleArn, vpc } = await prepare(client)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const program = join(folder, 'train')
  writeFileSync(program, PROGRAM, { mode: 0o755 })
  const own = median(Array.from({ length: ROUNDS }, () => timed(() => void execFileSync(program))))
  rmSync(folder, { recursive: true })
  const networks = { 'no VpcConfig': {}, VpcConfig: vpc, 'network isolation': { EnableNetworkIsolation: true } }
  const took = new Map(Object.keys(networks).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, [name, more]] of Object.entries(networks).entries()) {
      const start = performance.now()
      await client.call('sagemaker', 'CreateTrainingJob', request(`one-${round}-${at}`, roleArn, more))
      await ended(client, `one-${round}-${at}`)
      if (round > 0) took.get(name)!.push(performance.now() - start)
    }
  }
  await server.stop()
  say()
  say(`An empty training job, from the call to \`Completed\`; its program alone takes ${own.toFixed(1)} ms.`)
  say()
  say('| network | p50 ms | slowest ms | beyond the program, ms |')
  say('|---|---:|---:|---:|')
  for (const [name, times] of took)
    say(
      `| ${name} | ${median(times).toFixed(0)} | ${Math.max(...times).toFixed(0)} | ${(median(times) - own).toFixed(0)} |`,
    )
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** Milliseconds of one call after the other, until told to end. */
async function latencies(client: Client, until: () => boolean): Promise<number[]> {
  const times: number[] = []
  while (!until()) {
    const start = performance.now()
    await client.call('sts', 'GetCallerIdentity')
    times.push(performance.now() - start)
    await delay(5)
  }
  return times
}

function quantile(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]!
}

async function queue(count: number): Promise<void> {
  const server = await startSallyport()
  const { client } = server
  const { roleArn } = await prepare(client)
  await client.call('sagemaker', 'CreateTrainingJob', request('first', roleArn))
  await ended(client, 'first')
  const begin = performance.now()
  const idle = await latencies(client, () => performance.now() - begin > 10_000)
  const names = Array.from({ length: count }, (_, at) => `queued-${at}`)
  const start = performance.now()
  let created = false
  let drainedAll = false
  const asking = connect(server.env)
  const phases = latencies(asking, () => created).then(async (queueing) => ({
    queueing,
    draining: await latencies(asking, () => drainedAll),
  }))
  const waiting = [...names]
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let name = waiting.pop(); name; name = waiting.pop())
        await client.call('sagemaker', 'CreateTrainingJob', request(name, roleArn))
    }),
  )
  created = true
  const queuedAfter = performance.now() - start
  while (!drainedAll) {
    await delay(500)
    const { TrainingJobSummaries: left } = await client.call('sagemaker', 'ListTrainingJobs', {
      StatusEquals: 'InProgress',
      MaxResults: 100,
    })
    drainedAll = left.length === 0
  }
  const drained = performance.now() - start
  const { queueing, draining } = await phases
  const outcomes: Record<string, number> = {}
  for (const TrainingJobName of names) {
    const { TrainingJobStatus } = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
    outcomes[TrainingJobStatus] = (outcomes[TrainingJobStatus] ?? 0) + 1
  }
  await server.stop()
  say()
  say(
    `${count} jobs queued in ${(queuedAfter / 1000).toFixed(1)} s and run in ${(drained / 1000).toFixed(1)} s: ${JSON.stringify(outcomes)}.`,
  )
  say()
  say('| GetCallerIdentity meanwhile | p50 ms | p99 ms | calls |')
  say('|---|---:|---:|---:|')
  const all = { idle, 'while eight clients queue them, as fast as they can': queueing, 'while they run': draining }
  for (const [name, times] of Object.entries(all))
    say(`| ${name} | ${quantile(times, 0.5).toFixed(2)} | ${quantile(times, 0.99).toFixed(2)} | ${times.length} |`)
  say(`| while they run, of idle | ${ratio(draining, idle, 0.5)} | ${ratio(draining, idle, 0.99)} | |`)
}

function ratio(some: number[], base: number[], share: number): string {
  return (quantile(some, share) / quantile(base, share)).toFixed(2)
}

async function history(count: number): Promise<void> {
  const few = await historyOf(100)
  const many = await historyOf(count)
  say()
  say(`| p50 ms | 100 jobs that are over | ${count.toLocaleString('en-US')} | ratio |`)
  say('|---|---:|---:|---:|')
  for (const [name, times] of few) {
    const others = many.get(name)!
    say(`| ${name} | ${median(times).toFixed(2)} | ${median(others).toFixed(2)} | ${ratio(others, times, 0.5)} |`)
  }
}

async function historyOf(count: number): Promise<Map<string, number[]>> {
  const server = await startTestServer({ fabric: 'off' })
  const { world, account, region } = server
  const client = connect({
    AWS_ACCESS_KEY_ID: server.admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.admin.secretAccessKey,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: region,
  })
  const { roleArn } = await prepare(client)
  await client.call('sagemaker', 'CreateTrainingJob', request('model', roleArn))
  await ended(client, 'model')
  const model = trainingJobs.find(world.store, { account, region }, 'model')!
  for (let at = 0; at < count; at += 1000) {
    world.store.transaction(() => {
      for (let next = at; next < Math.min(at + 1000, count); next++) trainingJobs.save(world.store, over(model, next))
    })
  }
  const calls: Record<string, (round: number) => Promise<unknown>> = {
    CreateTrainingJob: (round) => client.call('sagemaker', 'CreateTrainingJob', request(`new-${round}`, roleArn)),
    DescribeTrainingJob: (round) =>
      client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: `over-${(round * 37) % count}` }),
    'ListTrainingJobs, the newest 10': () => client.call('sagemaker', 'ListTrainingJobs'),
    'ListTrainingJobs, 100': () => client.call('sagemaker', 'ListTrainingJobs', { MaxResults: 100 }),
  }
  const took = new Map<string, number[]>()
  for (const [name, call] of Object.entries(calls)) {
    const times: number[] = []
    for (let round = 0; round < 60; round++) {
      const start = performance.now()
      await call(round)
      if (round >= 10) times.push(performance.now() - start)
      if (name === 'CreateTrainingJob') await ended(client, `new-${round}`)
    }
    took.set(name, times)
  }
  await server.close()
  return took
}

function over(model: TrainingJob, at: number): TrainingJob {
  const name = `over-${at}`
  const CreationTime = model.description.CreationTime - at
  const arn = model.arn.replace(/[^/]+$/, name)
  const description = { ...model.description, TrainingJobName: name, TrainingJobArn: arn, CreationTime }
  return { ...model, name, arn, description }
}
