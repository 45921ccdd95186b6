import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { ApiClient } from './client.ts'
import { environmentOf, type Environment } from './command.ts'
import { until } from './until.ts'
import { account, buildPlace, jobAt, metrics, type Place } from './place.ts'

const logGroupName = '/aws/sagemaker/TrainingJobs'

/** The tour's flow on one client: everything is built, run, read back and taken down by that client alone. */
export function clientFlow(title: string, connect: (env: Environment) => ApiClient, egress: 'default' | 's3'): void {
  describe(`${title} runs a training job in a private subnet`, () => {
    let server: TestServer
    let client: ApiClient
    let place: Place
    let folder: string
    // oxlint-disable-next-line typescript/no-explicit-any -- as the API's model says
    let job: any
    const name = 'first'
    const arn = `arn:aws:sagemaker:us-east-1:${account}:training-job/${name}`

    before(async () => {
      server = await startTestServer()
      folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
      const env = await environmentOf(server.dataDir)
      client = connect(env)
      place = await buildPlace(client, env, { suffix: 'flow', egress })
    })

    after(async () => {
      await client.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    })

    test('the job is accepted and completes', async () => {
      const Tags = [{ Key: 'team', Value: 'iris' }]
      const { TrainingJobArn } = await client.call('sagemaker', 'CreateTrainingJob', { ...jobAt(place, name), Tags })
      assert.equal(TrainingJobArn, arn)
      await client.waitForJob(name)
      job = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: name })
      assert.equal(job.FailureReason, undefined)
      assert.equal(job.TrainingJobStatus, 'Completed')
      assert.deepEqual(
        job.SecondaryStatusTransitions.map((one: { Status: string }) => one.Status),
        ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed'],
      )
    })

    test('its log has a line for each epoch', async () => {
      const { logStreams } = await client.call('logs', 'DescribeLogStreams', {
        logGroupName,
        logStreamNamePrefix: `${name}/`,
      })
      const [{ logStreamName }] = logStreams
      assert.match(logStreamName, /^first\/algo-1-\d+$/)
      const { events } = await client.call('logs', 'GetLogEvents', { logGroupName, logStreamName, startFromHead: true })
      const lines = events.map((event: { message: string }) => event.message)
      assert.equal(lines[0], 'training on 120 rows, 3 epochs')
      assert.equal(lines.filter((line: string) => line.startsWith('epoch=')).length, 3)
      assert.equal(lines.at(-1), 'model saved')
    })

    test('its metrics are in its description and in CloudWatch, with the same values', async () => {
      const final = new Map<string, number>(
        job.FinalMetricDataList.map((one: { MetricName: string; Value: number }) => [one.MetricName, one.Value]),
      )
      assert.deepEqual([...final.keys()].sort(), metrics.map((one) => one.Name).sort())
      const { MetricDataResults } = await client.call('cloudwatch', 'GetMetricData', {
        MetricDataQueries: metrics.map(({ Name }, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: logGroupName,
              MetricName: Name,
              Dimensions: [{ Name: 'TrainingJobName', Value: name }],
            },
            Period: 3600,
            Stat: 'SampleCount',
          },
        })),
        ...lastHours(),
      })
      const counted = MetricDataResults.map((one: { Values: number[] }) =>
        one.Values.reduce((sum, value) => sum + value, 0),
      )
      assert.deepEqual(counted, [3, 3])
    })

    test('its model can be downloaded', async () => {
      const uri = `s3://${place.bucket}/models/${name}/output/model.tar.gz`
      assert.equal(job.ModelArtifacts.S3ModelArtifacts, uri)
      const file = join(folder, 'model.tar.gz')
      await client.download(place.bucket, `models/${name}/output/model.tar.gz`, file)
      const model = JSON.parse(execFileSync('tar', ['-xzOf', file, 'model.json'], { encoding: 'utf8' }))
      assert.equal(model.classes.length, 3)
    })

    test('its network interface is gone', async () => {
      // It goes once the outcome is known.
      const Filters = [{ Name: 'subnet-id', Values: [place['subnet']] }]
      await until('the interface is gone', async () => {
        const { NetworkInterfaces } = await client.call('ec2', 'DescribeNetworkInterfaces', { Filters })
        return NetworkInterfaces.length === 0
      })
    })

    test('it is listed, has its tags, and takes more', async () => {
      const { TrainingJobSummaries } = await client.call('sagemaker', 'ListTrainingJobs', { StatusEquals: 'Completed' })
      assert.deepEqual(
        TrainingJobSummaries.map((one: { TrainingJobArn: string }) => one.TrainingJobArn),
        [arn],
      )
      await client.call('sagemaker', 'AddTags', { ResourceArn: arn, Tags: [{ Key: 'stage', Value: 'test' }] })
      const { Tags } = await client.call('sagemaker', 'ListTags', { ResourceArn: arn })
      const sorted = Tags.toSorted((a: { Key: string }, b: { Key: string }) => a.Key.localeCompare(b.Key))
      assert.deepEqual(sorted, [
        { Key: 'stage', Value: 'test' },
        { Key: 'team', Value: 'iris' },
      ])
    })

    test('a job that is stopped keeps the model that it had', async () => {
      const long = jobAt(place, 'stopped', { HyperParameters: { epochs: '1000', seconds_per_epoch: '0.2' } })
      await client.call('sagemaker', 'CreateTrainingJob', long)
      await trained(client, 'stopped')
      await client.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'stopped' })
      await client.waitForJob('stopped')
      const stopped = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: 'stopped' })
      assert.equal(stopped.TrainingJobStatus, 'Stopped')
      assert.equal(stopped.SecondaryStatus, 'Stopped')
      const { ContentLength } = await client.call('s3', 'HeadObject', {
        Bucket: place.bucket,
        Key: 'models/stopped/output/model.tar.gz',
      })
      assert.ok(ContentLength > 0)
    })
  })
}

/** Whole hours around now, so that all of a job's points fall in one or two periods. */
function lastHours(): { StartTime: string; EndTime: string } {
  const hour = 3_600_000
  const next = Math.ceil(Date.now() / hour) * hour
  return { StartTime: new Date(next - 2 * hour).toISOString(), EndTime: new Date(next + hour).toISOString() }
}

/** Resolves when a job's program has written its first line. */
export async function trained(client: ApiClient, name: string): Promise<void> {
  const filter = { logGroupName, logStreamNamePrefix: `${name}/` }
  await until(`${name} logs`, async () => {
    const { TrainingJobStatus } = await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: name })
    assert.equal(TrainingJobStatus, 'InProgress')
    // The first job that logs makes the group.
    const found = await client.call('logs', 'FilterLogEvents', filter).catch(() => ({}))
    return Boolean(found.events?.length)
  })
}
