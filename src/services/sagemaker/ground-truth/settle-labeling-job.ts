import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import type { LabelingJobStatus } from '@aws-sdk/client-sagemaker'
import { Acting } from '../../../jobs/acting.ts'
import { JobFailure } from '../../../jobs/failure.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import type { Place } from '../resources.ts'
import type { Settle } from '../settling.ts'
import { labelingJobs, type LabelingJob } from './labeling-job.ts'
import { countObjects } from './manifest.ts'

/**
 * Initializing → InProgress, once the role has read manifest, template and categories; then the job waits for workers, who
 * alone can label. Stopping → Stopped. Nobody labels here: what is InProgress stays so until it is stopped.
 */
export const settleLabelingJob: Settle = async (world, at) => {
  const job = labelingJobs.find(world.store, at, at.name)
  if (job?.description.LabelingJobStatus === 'Initializing') await begin(world, job)
  if (labelingJobs.find(world.store, at, at.name)?.description.LabelingJobStatus === 'Stopping') {
    move(world, at, ['Stopping'], (changed) => (changed.LabelingJobStatus = 'Stopped'))
  }
}

async function begin(world: World, job: LabelingJob): Promise<void> {
  const { InputConfig, HumanTaskConfig, LabelCategoryConfigS3Uri: categories } = job.description
  const acting = new Acting(world, { ...job, roleArn: job.description.RoleArn })
  try {
    const manifest = InputConfig.DataSource.S3DataSource!.ManifestS3Uri
    const objects = countObjects(await read(acting, job, manifest, 'manifest file'))
    const template = HumanTaskConfig.UiConfig.UiTemplateS3Uri
    if (template !== undefined) await read(acting, job, template, 'UI template')
    if (categories !== undefined) await read(acting, job, categories, 'label category configuration')
    move(world, job, ['Initializing'], (changed) => {
      changed.LabelingJobStatus = 'InProgress'
      changed.LabelCounters.Unlabeled = objects
    })
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error
    move(world, job, ['Initializing'], (changed) => {
      changed.LabelingJobStatus = 'Failed'
      changed.FailureReason = error.message
    })
  }
}

/** Gives the object's text. Throws JobFailure. inferred: sentence, in the style of Ground Truth's for Lambda functions. */
async function read(acting: Acting, { description }: LabelingJob, uri: string, what: string): Promise<string> {
  const { bucket, key } = parseS3Uri(uri)
  try {
    const { Body } = await acting.call<{ Body: Readable }>('s3', 'GetObject', { Bucket: bucket, Key: key })
    return await text(Body)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new JobFailure(
      `ClientError: Unable to read the ${what} ${uri}. ${error.code}: ${error.message}. Ensure that the object exists, that the role ${description.RoleArn} has permissions to read it and try your request again.`,
      error,
    )
  }
}

/** Only from one of these states: another call may have been quicker. */
function move(
  world: World,
  at: Place & { name: string },
  from: readonly LabelingJobStatus[],
  change: (description: LabelingJob['description']) => void,
): void {
  if (!labelingJobs.find(world.store, at, at.name)) return
  labelingJobs.change(world.store, at, ({ description }) => {
    if (!from.includes(description.LabelingJobStatus)) return
    change(description)
    description.LastModifiedTime = world.now() / 1000
  })
}
