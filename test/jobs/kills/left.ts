import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { until } from '../../clients/until.ts'
import type { Cut } from './cut.ts'
import type { Document } from './documents.ts'
import { arnOf, type Kind } from './kinds.ts'
import { keyOf, statusOf } from './points.ts'
import { isAlive } from './processes.ts'
import type { KillWorld } from './world.ts'

/** What a server that comes after has to make of a job. */
export function outcomeOf(kind: Kind, { document }: Cut): { status: string; reason?: string } {
  const { steps = [], over, stopRequested } = document
  if (over) return { status: statusOf(kind, document) }
  if (kind.children || steps.length === 0) return { status: stopRequested ? 'stopped' : 'completed' }
  const step = (steps.findLast(({ status }) => status === 'running') ?? steps.at(-1)!).name
  const reason = `InternalServerError: The server was stopped while the job was at the step "${step}". The job did not finish.`
  return { status: 'failed', reason }
}

/** The job is over as it has to be, everybody says so, and nothing half-done is shown of it. */
export async function checkOutcome(world: KillWorld, kind: Kind, cut: Cut): Promise<Document> {
  const { name } = cut
  const { documents, ask } = world
  const own = { kind: `sagemaker/${kind.type}`, key: keyOf(name) }
  await until(`${name} is over`, () => documents.find(own)?.over === true)
  const described = await ask('sagemaker', `Describe${kind.noun}`, { [`${kind.noun}Name`]: name })
  const status = String(described[`${kind.noun}Status`]).toLowerCase()
  const { status: expected, reason } = outcomeOf(kind, cut)
  assert.equal(status, expected, described.FailureReason)
  assert.equal(described.FailureReason || undefined, reason)
  const document = documents.find(own)!
  assert.deepEqual(
    (document.steps ?? []).filter((step) => step.status === 'running'),
    [],
  )
  const listed = await ask('sagemaker', `List${kind.noun}s`, {
    NameContains: name,
    StatusEquals: described[`${kind.noun}Status`],
  })
  const all = Object.values(listed).find(Array.isArray) as Record<string, string>[]
  assert.deepEqual(
    all.map((one) => one[`${kind.noun}Name`]),
    [name],
  )
  const explained = await ask('sallyport', 'Explain', { Id: arnOf(kind, name) })
  if (reason !== undefined) assert.equal(explained.Document.job.failureReason, reason)
  const children = kind.children ? documents.all('sagemaker/training-job', keyOf(`${name}-`)) : []
  for (const { key } of children)
    await until(`${key} is over`, () => documents.find({ kind: 'sagemaker/training-job', key })?.over === true)
  await checkObjects(world, cut)
  await checkLogs(world, kind, name)
  return document
}

/** All that was acknowledged is there, and each output of the job is whole or not there. */
async function checkObjects({ ask }: KillWorld, { name, written }: Cut): Promise<void> {
  for (const Key of written) {
    const { Body } = await ask('s3', 'GetObject', { Bucket: 'jobs', Key })
    assert.equal(String(Body), Key)
  }
  const { Contents = [] } = await ask('s3', 'ListObjectsV2', { Bucket: 'jobs', Prefix: `out/${name}` })
  for (const { Key, Size } of Contents as { Key: string; Size: number }[]) {
    const { Body } = await ask('s3', 'GetObject', { Bucket: 'jobs', Key })
    assert.equal((Body as Buffer).length, Size, Key)
    if (Key.endsWith('.tar.gz')) gunzipSync(Body as Buffer)
  }
  const { Uploads = [] } = await ask('s3', 'ListMultipartUploads', { Bucket: 'jobs' })
  assert.deepEqual(Uploads, [])
}

/** The streams of a job say what they hold. */
async function checkLogs({ ask }: KillWorld, { noun }: Kind, name: string): Promise<void> {
  const logGroupName = `/aws/sagemaker/${noun}s`
  const { logStreams } = await ask('logs', 'DescribeLogStreams', { logGroupName, logStreamNamePrefix: name }).catch(
    () => ({ logStreams: [] }), // nobody has written yet
  )
  for (const { logStreamName, firstEventTimestamp, lastEventTimestamp } of logStreams) {
    const { events } = await ask('logs', 'GetLogEvents', { logGroupName, logStreamName, startFromHead: true })
    const times = events.map(({ timestamp }: { timestamp: number }) => timestamp) as number[]
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    assert.deepEqual([firstEventTimestamp, lastEventTimestamp], [times[0], times.at(-1)], logStreamName)
  }
}

/** Nothing goes on of what was there, on this machine and in the account. */
export async function checkNothingLeft(world: KillWorld, { processes }: Pick<Cut, 'processes'>): Promise<void> {
  const { ask, dataDir, scratch, documents } = world
  const alive = () => processes.filter(isAlive)
  await soon('what it had started is gone', () => alive().length === 0).catch(() => assert.deepEqual(alive(), []))
  const Filters = [{ Name: 'subnet-id', Values: world.vpc.Subnets }]
  await soon('no interface is left', async () => {
    const { NetworkInterfaces } = await ask('ec2', 'DescribeNetworkInterfaces', { Filters })
    return NetworkInterfaces.length === 0
  })
  await soon('grants are given up', async () => {
    const { Grants } = await ask('kms', 'ListGrants', { KeyId: world.key })
    return Grants.length === 0
  })
  await soon('nothing is to be tidied', () => documents.all('sagemaker/unfinished-jobs').length === 0)
  const folders = () => filesBelow(join(dataDir, 'jobs'), 4)
  await soon('folders are gone', () => folders().length === 0).catch(() => assert.deepEqual(folders(), []))
  assert.deepEqual(filesBelow(join(dataDir, 'running'), 1), [])
  assert.deepEqual(filesBelow(join(dataDir, 'fabric/files'), 1), [])
  const kept = () => readdirSync(scratch).filter((entry) => entry.startsWith('sallyport'))
  await soon('nothing is kept for a moment', () => kept().length === 0)
}

/** For what takes no longer than a few seconds. */
async function soon(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await isSo()) return
    await delay(25)
  }
  throw new Error(`in vain waited until ${what}`)
}

/** Entries so many levels below a folder. */
function filesBelow(folder: string, levels: number): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  if (levels === 1) return entries.map(({ name }) => join(folder, name))
  return entries.flatMap((one) => (one.isDirectory() ? filesBelow(join(folder, one.name), levels - 1) : []))
}
