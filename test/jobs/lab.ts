import { fileURLToPath } from 'node:url'
import { imagePush } from '../../src/cli/image-push.ts'
import { trainingJobs, type TrainingJob } from '../../src/services/sagemaker/training/training-job.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { until } from '../clients/until.ts'

type Input = Record<string, unknown>

/** A server with a role that may do anything, a bucket, and the programs beside this file as images. */
export interface JobLab {
  server: TestServer
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  call(service: string, operation: string, input?: Input): Promise<any>
  /** Starts a job of a program; hyperparameters are texts. `by`: somebody else than the administrator asks. */
  start(name: string, program: string, changes?: Input, by?: JobLab['call']): Promise<void>
  /** The job as it is kept, once it is over. */
  ended(name: string): Promise<TrainingJob>
  /** What the hosts of a job have printed, by host. */
  output(name: string): Promise<Record<string, string[]>>
  /** Waits for a host's line that begins so; gives what follows. */
  said(name: string, host: string, prefix: string): Promise<string>
  close(): Promise<void>
}

const roleArn = 'arn:aws:iam::123456789012:role/jobs'
const logGroupName = '/aws/sagemaker/TrainingJobs'
export const image = (program: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/${program}:latest`

export async function openJobLab(
  programs: readonly string[],
  options: Parameters<typeof startTestServer>[0] = {},
): Promise<JobLab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const ask = (service: string, operation: string, input: Input = {}) =>
    call(server.url, server.admin, service, operation, input)
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  await ask('iam', 'CreateRole', { RoleName: 'jobs', AssumeRolePolicyDocument: JSON.stringify(trust) })
  await ask('iam', 'AttachRolePolicy', {
    RoleName: 'jobs',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  await ask('s3', 'CreateBucket', { Bucket: 'jobs' })
  for (const name of programs) {
    const dir = fileURLToPath(new URL(`programs/${name}`, import.meta.url))
    await imagePush({ dir, imageUri: image(name), entrypoint: './train', call: ask, progress: () => {} })
  }

  const output = async (name: string) => {
    const streams = await ask('logs', 'DescribeLogStreams', { logGroupName, logStreamNamePrefix: `${name}/` }).catch(
      () => ({ logStreams: [] }), // nobody has written yet
    )
    const all: Record<string, string[]> = {}
    for (const { logStreamName } of streams.logStreams) {
      const { events } = await ask('logs', 'GetLogEvents', { logGroupName, logStreamName, startFromHead: true })
      const host = /\/(algo-\d+)-\d+$/.exec(logStreamName)![1]!
      all[host] = events.map((event: { message: string }) => event.message)
    }
    return all
  }
  const kept = (name: string) => trainingJobs.find(server.world.store, server, name)!
  const over = (name: string) => ['Completed', 'Failed', 'Stopped'].includes(kept(name).description.TrainingJobStatus)
  return {
    server,
    call: ask,
    async start(name, program, changes = {}, by = ask) {
      await by('sagemaker', 'CreateTrainingJob', {
        TrainingJobName: name,
        RoleArn: roleArn,
        AlgorithmSpecification: { TrainingImage: image(program), TrainingInputMode: 'File' },
        OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
        StoppingCondition: { MaxRuntimeInSeconds: 120 },
        ...changes,
        ResourceConfig: {
          InstanceType: 'ml.m5.large',
          InstanceCount: 1,
          VolumeSizeInGB: 1,
          ...(changes['ResourceConfig'] as Input | undefined),
        },
      })
    },
    async ended(name) {
      await until(`${name} is over`, () => over(name))
      return kept(name)
    },
    output,
    async said(name, host, prefix) {
      let line: string | undefined
      await until(`${name} ${host} said ${prefix}`, async () => {
        line = (await output(name))[host]?.find((one) => one.startsWith(prefix))
        if (line === undefined && over(name))
          throw new Error(`${name} is over without it: ${kept(name).description.FailureReason}`)
        return line !== undefined
      })
      return line!.slice(prefix.length)
    },
    close: () => server.close(),
  }
}
