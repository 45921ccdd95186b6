import type { Store } from '../../store/store.ts'
import type { AwsError } from '../../wire/aws-error.ts'
import { Resources } from './resources.ts'
import type { Entry, Place, Resource } from './resources.ts'

/** Types of jobs, as in their ARNs. */
export type JobType =
  | 'training-job'
  | 'processing-job'
  | 'transform-job'
  | 'hyper-parameter-tuning-job'
  | 'automl-job'
  | 'compilation-job'

/** One step of the job as it was tried; `explain JOB` reads them. */
export interface StepRecord {
  name: string
  status: 'running' | 'done' | 'failed' | 'refused'
  /** Epoch seconds. */
  at: number
  text?: string
  /** The call that failed it. */
  requestId?: string
}

/** A job's network interface, and the permission by which SageMaker attaches it. */
export interface JobInterface {
  networkInterfaceId: string
  permissionId?: string
}

/** By which SageMaker may use a KMS key for the storage volume of a host. */
export interface VolumeGrant {
  keyId: string
  volumeId: string
  /** Absent: it is about to be made. */
  grantId?: string
}

/** What is kept of a job: AWS's own description, and how it went. */
export interface Job<D extends object = object> extends Resource<D> {
  type: JobType
  roleArn: string
  steps: StepRecord[]
  /** Its outcome is known. */
  over?: boolean
  stopRequested?: boolean
  /** What is to be undone when the server that ran it is gone. */
  leftovers?: JobInterface[]
  /** Grants on the volume key; given up at the end. */
  grants?: VolumeGrant[]
}

/** ARNs of jobs that are not over, or left something: what a new server looks at. */
const UNFINISHED = 'sagemaker/unfinished-jobs'

/** What a job asks of S3. */
export interface Transfers {
  /** `prefix`: all objects that begin so, which are listed first; else one object. */
  reads: { uri: string; prefix: boolean }[]
  /** Objects that it will surely make. */
  writes: string[]
  /** Prefixes that it writes below: what a policy should name. */
  outputs: string[]
}

/** What others must know of a type of jobs. */
export interface JobFacts<D extends object> {
  type: JobType
  /** `CreateTrainingJob` */
  create: string
  /** As in sentences: `training job`. */
  noun: string
  /** For lists; `status` is the job's. */
  entryOf(description: D): Omit<Entry, 'name'>
  /** AWS's sentence for a name that it does not know. */
  notFound?: string | ((arn: string, name: string) => AwsError)
  transfers(job: Job<D>): Transfers
  /** Jobs that it made, in their order: what it lacks, they lack. */
  children?(store: Store, job: Job<D>): Job[]
}

/** Jobs of one type. */
export class Jobs<D extends object> extends Resources<Job<D>> {
  readonly facts: JobFacts<D>

  constructor(facts: JobFacts<D>) {
    super(facts.type, ({ description }) => facts.entryOf(description), facts.notFound)
    this.facts = facts
  }

  override save(store: Store, job: Job<D>): void {
    store.transaction(() => {
      super.save(store, job)
      if (job.over && !job.leftovers && !job.grants) store.delete(UNFINISHED, job.arn)
      else if (!store.get(UNFINISHED, job.arn)) store.put(UNFINISHED, job.arn, {})
    })
  }

  override delete(store: Store, at: Place & { name: string }): boolean {
    return store.transaction(() => {
      store.delete(UNFINISHED, this.arn(at, at.name))
      return super.delete(store, at)
    })
  }
}

export function unfinishedJobs(store: Store): string[] {
  return store.list(UNFINISHED).map(({ key }) => key)
}
