import type { Store } from '../../store/store.ts'
import { autoMLJobs } from './automl/automl-job.ts'
import { compilationJobs } from './compilation/compilation-job.ts'
import type { Job, Jobs, JobType } from './job.ts'
import { processingJobs } from './processing/processing-job.ts'
import { trainingJobs } from './training/training-job.ts'
import { transformJobs } from './transform/transform-job.ts'
import { tuningJobs } from './tuning/tuning-job.ts'

/** The jobs of each type that is built. Descriptions differ: who needs more than is common to all asks the type's own. */
export const jobTable: Readonly<Partial<Record<JobType, Jobs<never>>>> = {
  'automl-job': autoMLJobs as unknown as Jobs<never>,
  'compilation-job': compilationJobs as unknown as Jobs<never>,
  'processing-job': processingJobs as unknown as Jobs<never>,
  'hyper-parameter-tuning-job': tuningJobs as unknown as Jobs<never>,
  'training-job': trainingJobs as unknown as Jobs<never>,
  'transform-job': transformJobs as unknown as Jobs<never>,
}

/** What is known of a job by its ARN, whatever its type. */
export interface FoundJob {
  job: Job
  jobs: Jobs<object>
  status: string
}

export function findJobByArn(store: Store, arn: string): FoundJob | undefined {
  const [, , service, region = '', account = '', rest = ''] = arn.split(':', 6)
  const slash = rest.indexOf('/')
  if (service !== 'sagemaker') return undefined
  const jobs = jobTable[rest.slice(0, slash) as JobType] as unknown as Jobs<object> | undefined
  const job = jobs?.find(store, { account, region }, rest.slice(slash + 1))
  return jobs && job && { job, jobs, status: jobs.facts.entryOf(job.description).status ?? '' }
}
