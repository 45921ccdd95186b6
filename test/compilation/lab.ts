import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { compilationJobs, type CompilationJob } from '../../src/services/sagemaker/compilation/compilation-job.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

type Input = Record<string, unknown>

/** A server with a role that may do anything, and the buckets `models` and `compiled`. */
export interface CompilationLab {
  server: TestServer
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  call(service: string, operation: string, input?: Input): Promise<any>
  /** Puts an archive of files. */
  model(key: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void>
  /** Starts a job; of s3://models/model.tar.gz as XGBoost for ml_c5 unless `changes` say otherwise. */
  start(name: string, changes?: Input): Promise<void>
  /** The job as it is kept, once it is over. */
  ended(name: string): Promise<CompilationJob>
  close(): Promise<void>
}

export const roleArn = 'arn:aws:iam::123456789012:role/neo'

export async function openCompilationLab(options: Parameters<typeof startTestServer>[0] = {}): Promise<CompilationLab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const ask = (service: string, operation: string, input: Input = {}) =>
    call(server.url, server.admin, service, operation, input)
  await ask('iam', 'CreateRole', { RoleName: 'neo', AssumeRolePolicyDocument: trust('*') })
  await ask('iam', 'AttachRolePolicy', { RoleName: 'neo', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
  for (const Bucket of ['models', 'compiled']) await ask('s3', 'CreateBucket', { Bucket })
  const kept = (name: string) => compilationJobs.find(server.world.store, server, name)!
  return {
    server,
    call: ask,
    async model(key, files) {
      await ask('s3', 'PutObject', { Bucket: 'models', Key: key, Body: await archive(files) })
    },
    async start(name, changes = {}) {
      await ask('sagemaker', 'CreateCompilationJob', requestOf(name, changes))
    },
    async ended(name) {
      while (!kept(name).over) await delay(50) // the test's own limit ends it
      return kept(name)
    },
    close: () => server.close(),
  }
}

export function requestOf(name: string, changes: Input = {}): Input {
  return {
    CompilationJobName: name,
    RoleArn: roleArn,
    StoppingCondition: { MaxRuntimeInSeconds: 300 },
    ...changes,
    InputConfig: { S3Uri: 's3://models/model.tar.gz', Framework: 'XGBOOST', ...(changes['InputConfig'] as Input) },
    OutputConfig: changes['OutputConfig'] ?? { S3OutputLocation: 's3://compiled/out', TargetDevice: 'ml_c5' },
  }
}

/** SageMaker may assume the role, for the jobs that the pattern names. */
export function trust(sourceArn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
      },
    ],
  })
}

async function archive(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, Buffer.from(content))
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of Readable.from(tar).pipe(createGzip())) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
