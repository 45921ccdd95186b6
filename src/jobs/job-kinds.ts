import type { Job, JobType } from '../services/sagemaker/job.ts'
import type { World } from '../world.ts'

/** By whom a job is ended before its time: by its user, or by the end of this server. */
export interface Signals {
  stop: AbortSignal
  shutdown: AbortSignal
}

/** How jobs of a type are carried out. */
export interface JobKind<D extends object = object> {
  /** From its first step to its end. Never rejects: the outcome is in the job's document. */
  run(world: World, job: Job<D>, signals: Signals): Promise<void>
  /** Writes into the job that it failed. `now` in epoch seconds. */
  fail(job: Job<D>, reason: string, now: number): void
  /** A server that comes after goes on with it, as what it had done is all in the store. */
  resumes?: true
}

const loaders: Readonly<Partial<Record<JobType, () => Promise<JobKind<never>>>>> = {
  'automl-job': async () => (await import('./automl/automl.ts')).autoMLJob,
  'compilation-job': async () => (await import('./compilation/compilation.ts')).compilationJob,
  'processing-job': async () => (await import('./processing/processing.ts')).processingJob,
  'hyper-parameter-tuning-job': async () => (await import('./tuning/tuning.ts')).tuningJob,
  'training-job': async () => (await import('./training/training.ts')).trainingJob,
  'transform-job': async () => (await import('./transform/transform.ts')).transformJob,
}

/** Read when the first such job is run. */
export async function kindOf(type: JobType): Promise<JobKind> {
  const load = loaders[type]
  if (!load) throw new Error(`no job is of type ${type}`)
  return load()
}
