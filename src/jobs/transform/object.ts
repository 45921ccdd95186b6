import { createGunzip } from 'node:zlib'
import { Unreachable } from '../../door/locate.ts'
import type { TransformJobDescription } from '../../services/sagemaker/transform/transform-job.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { putOutput } from '../transfers/artifacts.ts'
import { JobFailure } from '../failure.ts'
import type { ModelAnswer, ModelServer } from '../model-server/model-server.ts'
import { getObject } from '../transfers/objects.ts'
import type { InputObject, S3Access } from '../transfers/objects.ts'
import { parseS3Uri, s3Uri } from '../transfers/s3-uri.ts'
import { assembled, payloads, TooMuchData } from './records.ts'
import type { Batching } from './records.ts'

/** How the job's objects are transformed: what the request says, else the container, else AWS's defaults. */
export interface TransformPlan extends Omit<Batching, 'split'> {
  concurrent: number
}

const MB = 1024 * 1024

/** What GET /execution-parameters may say ("How Containers Serve Requests", batch transform). */
interface ExecutionParameters {
  MaxConcurrentTransforms?: number
  BatchStrategy?: string
  MaxPayloadInMB?: number
}

export function planOf(job: TransformJobDescription, said: ExecutionParameters): TransformPlan {
  const strategy = job.BatchStrategy ?? (said.BatchStrategy === 'SINGLE_RECORD' ? 'SingleRecord' : 'MultiRecord')
  return {
    concurrent: job.MaxConcurrentTransforms || said.MaxConcurrentTransforms || 1,
    strategy,
    maxBytes: (job.MaxPayloadInMB ?? said.MaxPayloadInMB ?? 6) * MB,
  }
}

/** The container's wishes; who does not have the path has none. */
export async function executionParameters(server: Pick<ModelServer, 'ask'>, signal: AbortSignal) {
  const question = { method: 'GET', path: '/execution-parameters', timeoutMs: 2000, signal } as const
  const answer = await server.ask(question).catch(() => undefined)
  try {
    if (answer?.status === 200) return JSON.parse(answer.body.toString('utf8')) as ExecutionParameters
  } catch {
    // no JSON: none
  }
  return {}
}

/** What came of an object; `lines` go to the data log. */
export type Outcome = { kind: 'done' } | { kind: 'client' | 'algorithm'; lines: string[] }

/** By whom an object is transformed. */
export interface Transforming {
  access: S3Access
  server: Pick<ModelServer, 'ask'>
  /** Waits until there is room for one more request; who is in calls what it gives when it is done. */
  enter: () => Promise<() => void>
  signal: AbortSignal
}

/** Lets so many in at a time, first come, first served. */
export function gate(places: number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let free = places
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return leave
  }
}

/**
 * Transforms one object and uploads what came of it as PATH.out. A bad record spoils its object and no other. Rejects with
 * JobFailure where S3 does not do its part.
 */
export async function transformObject(
  { access, server, enter, signal }: Transforming,
  job: TransformJobDescription,
  plan: TransformPlan,
  object: InputObject,
): Promise<Outcome> {
  const { TransformInput: from, TransformOutput: to } = job
  const source = await tried(object, () => getObject(access, object))
  const body = from.CompressionType === 'Gzip' ? source.pipe(createGunzip()) : source
  if (body !== source) source.once('error', (error) => body.destroy(error))
  const split = from.SplitType === 'Line' ? 'Line' : 'None'
  const headers = {
    ...(from.ContentType && { 'content-type': from.ContentType }),
    ...(to!.Accept && { accept: to!.Accept }),
  }
  const answers: Promise<Buffer>[] = []
  let spoilt = false
  try {
    for await (const payload of payloads(body, { ...plan, split })) {
      const leave = await enter()
      if (spoilt) {
        leave()
        break
      }
      const answer = invoke(server, job, { headers, body: payload, signal }).finally(leave)
      answer.catch(() => (spoilt = true))
      answers.push(answer)
    }
    const result = assembled(await Promise.all(answers), to!.AssembleWith ?? 'None')
    const { bucket, key } = parseS3Uri(to!.S3OutputPath)
    const target = s3Uri(bucket, `${key.replace(/\/+$/, '')}/${object.path}.out`.replace(/^\//, ''))
    const by = { origin: access.origin, region: access.region, kmsKeyId: to!.KmsKeyId || undefined }
    await putOutput(access.acting, target, { Body: result, ContentLength: result.length }, by)
    return { kind: 'done' }
  } catch (error) {
    await Promise.allSettled(answers)
    return spoiled(error)
  } finally {
    source.destroy()
  }
}

/** The sentences are those of the live service's data log; that of a broken archive is inferred. [M] */
function spoiled(error: unknown): Outcome {
  if (error instanceof BadAnswer) return { kind: error.kind, lines: error.lines }
  if (error instanceof TooMuchData)
    return { kind: 'client', lines: ['ClientError: Too much data for max payload size'] }
  if ((error as NodeJS.ErrnoException).code?.startsWith('Z_'))
    return { kind: 'client', lines: [`ClientError: Unable to decompress the input: ${(error as Error).message}`] }
  throw error
}

class BadAnswer extends Error {
  readonly kind: 'client' | 'algorithm'
  readonly lines: string[]
  constructor(kind: 'client' | 'algorithm', lines: string[]) {
    super(lines[0])
    this.kind = kind
    this.lines = lines
  }
}

/** One request; what the container cannot help is tried again as ModelClientConfig says (defaults: 600 s, 3 times). */
async function invoke(
  server: Pick<ModelServer, 'ask'>,
  { ModelClientConfig: client = {} }: TransformJobDescription,
  { headers, body, signal }: { headers: Record<string, string>; body: Buffer; signal: AbortSignal },
): Promise<Buffer> {
  const timeoutMs = (client.InvocationsTimeoutInSeconds ?? 600) * 1000
  for (let left = client.InvocationsMaxRetries ?? 3; ; left -= 1) {
    const question = { method: 'POST', path: '/invocations', headers, body, timeoutMs, signal } as const
    const answer = await server.ask(question).catch(() => undefined)
    if (answer?.status === 200) return answer.body
    if (answer && answer.status < 500) throw new BadAnswer('client', told(`ClientError: ${answer.status}`, answer))
    if (left > 0 && !signal.aborted) continue
    if (!answer) throw new BadAnswer('algorithm', ['Unable to get response from algorithm'])
    throw new BadAnswer('algorithm', told(`Bad HTTP status received from algorithm: ${answer.status}`, answer))
  }
}

function told(first: string, { body }: ModelAnswer): string[] {
  return [first, '', 'Message:', ...body.toString('utf8', 0, 8192).split('\n')]
}

/** inferred: the sentences, by analogy with training jobs. */
async function tried<T>({ bucket, key }: InputObject, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const uri = s3Uri(bucket, key)
    if (error instanceof Unreachable)
      throw new JobFailure(`ClientError: Data download failed:Unable to execute request to S3 for ${uri}`, error)
    if (!(error instanceof AwsError)) throw error
    throw new JobFailure(
      `ClientError: Data download failed:Unable to download object ${uri} (${error.code}: ${error.message})`,
      error,
    )
  }
}
