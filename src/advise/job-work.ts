import type { DecisionTrace } from '../door/trace.ts'
import { findJobByArn, type FoundJob } from '../services/sagemaker/job-table.ts'
import type { Job, Transfers } from '../services/sagemaker/job.ts'
import { models } from '../services/sagemaker/model/model.ts'
import type { Store } from '../store/store.ts'

/** What is known of the work that a call was made for. */
export interface Work {
  transfers: Transfers
  /** URIs of the containers' images. */
  images: readonly string[]
  vpcs: readonly Vpc[]
  /** CloudWatch log group of its containers. */
  logGroup?: string
  /** Keys on which a grant will be asked for. */
  granted?: readonly string[]
  /** The compiler looks at endpoints, too. */
  compiles: boolean
}

export interface Vpc {
  Subnets: readonly string[]
  SecurityGroupIds: readonly string[]
}

/** The job that a user made: that of a training job of a tuning or AutoML job is its parent. */
export function jobAsked(store: Store, arn: string | undefined): FoundJob | undefined {
  const found = arn === undefined ? undefined : findJobByArn(store, arn)
  const { TuningJobArn, AutoMLJobArn } = (found?.job.description ?? {}) as {
    TuningJobArn?: string
    AutoMLJobArn?: string
  }
  const parent = TuningJobArn ?? AutoMLJobArn
  return (parent === undefined ? undefined : findJobByArn(store, parent)) ?? found
}

const IMAGE =
  /\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z\d-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/[\w./-]+(?::[\w.-]*\w)?(?:@sha256:[\da-f]{64})?/g

/** Images that a text names. */
export const imagesIn = (text: string): string[] => [...new Set(text.match(IMAGE))]

/** Of a job what it was created with; of a request that was refused, what AWS's sentence about it names. */
export function workFor(store: Store, trace: DecisionTrace, outer: DecisionTrace | undefined): Work | undefined {
  const arn = doer(trace, outer)
  const found = jobAsked(store, arn)
  const own = arn === undefined ? undefined : findJobByArn(store, arn)
  if (found && own) {
    const work = workOfJob(store, found)
    // An AutoML job's image is named by its steps alone.
    return { ...work, images: [...new Set([...work.images, ...workOfJob(store, own).images])] }
  }
  // The two actions of the role page, "CreateDomain API: execution role permissions".
  if (trace.operation === 'DescribeKey' && arn?.includes(':app/'))
    return { ...NOTHING, granted: trace.needs.map(({ resource }) => resource) }
  const sentence = outer?.error?.message
  if (sentence === undefined) return undefined
  const uri = /^No S3 objects found under S3 URL "(s3:\/\/[^"]+)"/.exec(sentence)?.[1]
  const reads = uri === undefined ? [] : [{ uri, prefix: true }]
  return { ...NOTHING, transfers: { reads, writes: [], outputs: [] }, images: imagesIn(sentence) }
}

const NOTHING: Work = { transfers: { reads: [], writes: [], outputs: [] }, images: [], vpcs: [], compiles: false }

/** What a call was made for, be it by a service that was asked in turn: the ARN of a job or of another resource. */
export function doer(trace: DecisionTrace, outer: DecisionTrace | undefined): string | undefined {
  return [trace, outer].map((one) => one?.onBehalfOf).find((id) => id?.startsWith('arn:'))
}

export function workOfJob(store: Store, { job, jobs }: FoundJob): Work {
  const children = jobs.facts.children?.(store, job) ?? []
  const descriptions = [job, ...children].flatMap((one) => [one.description, ...modelOf(store, one)])
  const logGroup = LOG_GROUPS[job.type]
  return {
    transfers: jobs.facts.transfers(job),
    // The compiler is SageMaker's own; what a compilation names is where its model will run.
    images: job.type === 'compilation-job' ? [] : imagesIn(JSON.stringify(descriptions)),
    vpcs: descriptions.flatMap(vpcsIn),
    ...(logGroup !== undefined && { logGroup }),
    compiles: job.type === 'compilation-job',
  }
}

const LOG_GROUPS: Readonly<Record<Job['type'], string>> = {
  'training-job': '/aws/sagemaker/TrainingJobs',
  'hyper-parameter-tuning-job': '/aws/sagemaker/TrainingJobs',
  'automl-job': '/aws/sagemaker/TrainingJobs',
  'processing-job': '/aws/sagemaker/ProcessingJobs',
  'transform-job': '/aws/sagemaker/TransformJobs',
  'compilation-job': '/aws/sagemaker/CompilationJobs',
}

/** A transform job runs its model's image where its model says. */
function modelOf(store: Store, { type, account, region, description }: Job): object[] {
  const { ModelName } = description as { ModelName?: string }
  const model = type === 'transform-job' && ModelName ? models.find(store, { account, region }, ModelName) : undefined
  return model ? [model.description] : []
}

/** Every VpcConfig of a description, however deep. */
function vpcsIn(value: unknown): Vpc[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) =>
    name === 'VpcConfig' && one ? [one as Vpc] : vpcsIn(one),
  )
}
