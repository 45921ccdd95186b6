import { Readable, pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { AwsError } from '../../wire/aws-error.ts'
import type { Client } from '../client.ts'
import type { ModelReport } from './report.ts'
import { took } from './voice.ts'
import type { World } from './world.ts'

const metric = 'train:loss'
const pollMs = 120

/** What of DescribeTrainingJob the tour reads. Times are epoch seconds. */
export interface Job {
  TrainingJobName: string
  TrainingJobArn: string
  TrainingJobStatus: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped'
  SecondaryStatus: string
  SecondaryStatusTransitions?: { Status: string; StartTime: number; EndTime?: number }[]
  FailureReason?: string
  ModelArtifacts?: { S3ModelArtifacts: string }
}

/** A CreateTrainingJob request for the private subnet. */
export function jobRequest(
  world: World,
  name: string,
  { channels, epochs, pause = 0 }: { channels: readonly string[]; epochs: number; pause?: number },
) {
  return {
    TrainingJobName: name,
    RoleArn: world.roleArn,
    AlgorithmSpecification: {
      TrainingImage: world.image,
      TrainingInputMode: 'File',
      MetricDefinitions: [
        { Name: metric, Regex: `${metric}=([0-9.]+)` },
        { Name: 'validation:accuracy', Regex: 'validation:accuracy=([0-9.]+)' },
      ],
    },
    HyperParameters: { epochs: String(epochs), seconds_per_epoch: String(pause) },
    InputDataConfig: channels.map((ChannelName) => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${world.bucket}/iris/${ChannelName}/` } },
    })),
    OutputDataConfig: { S3OutputPath: `s3://${world.bucket}/models` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    VpcConfig: { Subnets: [world.subnet.id], SecurityGroupIds: [world.group.id] },
  }
}

/** Polls a job to its end, as every client does; passes on its status and, line by line, its log. */
export async function follow(
  client: Client,
  name: string,
  told: { status(text: string): void; log?(line: string): void },
): Promise<Job> {
  const readLog = logReader(client, name)
  for (;;) {
    const job = (await client.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: name })) as Job
    for (const line of told.log ? await readLog() : []) told.log!(line)
    if (['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus)) {
      for (const line of told.log ? await readLog() : []) told.log!(line)
      return job
    }
    told.status(job.SecondaryStatus)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

const logGroupName = '/aws/sagemaker/TrainingJobs'

/** New lines at every call, from logs:GetLogEvents and its token. */
function logReader(client: Client, jobName: string): () => Promise<string[]> {
  let logStreamName: string | undefined
  let nextToken: string | undefined
  return async () => {
    logStreamName ??= await streamOf(client, jobName)
    if (!logStreamName) return []
    const { events, nextForwardToken } = await client.call('logs', 'GetLogEvents', {
      logGroupName,
      logStreamName,
      startFromHead: true,
      ...(nextToken ? { nextToken } : {}),
    })
    nextToken = nextForwardToken
    return events.map((event: { message: string }) => event.message)
  }
}

async function streamOf(client: Client, jobName: string): Promise<string | undefined> {
  try {
    const { logStreams } = await client.call('logs', 'DescribeLogStreams', {
      logGroupName,
      logStreamNamePrefix: `${jobName}/`,
    })
    return logStreams[0]?.logStreamName
  } catch (error) {
    // The group is made by the first job that logs.
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** `Starting 0.2 s · Downloading 0.1 s · …`, without the end itself. */
export function phases({ SecondaryStatusTransitions: transitions = [] }: Job): string {
  return transitions
    .filter(({ StartTime, EndTime }) => EndTime !== undefined && EndTime > StartTime)
    .map(({ Status, StartTime, EndTime }) => `${Status} ${took(EndTime! - StartTime)}`)
    .join(' · ')
}

/** Fetches the model as its owner would, and looks into it. */
export async function fetchModel(bytes: Uint8Array, uri: string, log: readonly string[]): Promise<ModelReport> {
  const files: string[] = []
  for await (const entry of pipeline(Readable.from([bytes]), createGunzip(), extract(), () => {})) {
    if (entry.header.type === 'file') files.push(entry.header.name)
    entry.resume()
  }
  return { uri, bytes: bytes.length, files, metric: { name: metric, values: metricValues(log) } }
}

function metricValues(log: readonly string[]): number[] {
  return log.flatMap((line) => new RegExp(`${metric}=([0-9.]+)`).exec(line)?.[1] ?? []).map(Number)
}

const bars = '▁▂▃▄▅▆▇█'

/** Numbers as a row of bars. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  return values.map((value) => bars[Math.round(((value - low) / span) * (bars.length - 1))]).join('')
}
