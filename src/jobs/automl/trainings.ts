import { AwsError } from '../../wire/aws-error.ts'
import { trainingJobs, transition } from '../../services/sagemaker/training/training-job.ts'
import type { AutoMLJob, AutoMLStep } from '../../services/sagemaker/automl/automl-job.ts'
import type { TrainingJob } from '../../services/sagemaker/training/training-job.ts'
import type { World } from '../../world.ts'
import type { Acting } from '../acting.ts'
import { stepRequest } from './steps.ts'
import type { StepTask } from './steps.ts'
import { JobFailure, reasons } from '../failure.ts'
import { stopJob } from '../running.ts'

/** The training jobs that an AutoML job makes, each by its role, which it passes on to it (seed 003: iam:PassRole). */
export class AutoMLTrainings {
  readonly #world: World
  readonly #acting: Acting
  readonly #place: { account: string; region: string }

  constructor(world: World, acting: Acting, { account, region }: AutoMLJob) {
    this.#world = world
    this.#acting = acting
    this.#place = { account, region }
  }

  find(name: string): TrainingJob | undefined {
    return trainingJobs.find(this.#world.store, this.#place, name)
  }

  /** Makes it unless it is there. Rejects with JobFailure in the words of whoever refused it. */
  async ensure(job: AutoMLJob, image: string, step: AutoMLStep, task: StepTask): Promise<void> {
    if (this.find(step.name)) return
    try {
      await this.#acting.call('sagemaker', 'CreateTrainingJob', stepRequest(job, image, step, task))
    } catch (error) {
      throw error instanceof AwsError ? new JobFailure(`ClientError: ${error.message}`, error) : error // inferred
    }
  }

  /** Tells one that runs to stop. False when there is none, or it is over. */
  stop(name: string): boolean {
    const found = this.find(name)
    if (!found || found.over) return false
    if (found.description.TrainingJobStatus === 'InProgress') {
      trainingJobs.change(this.#world.store, found, (changed) => {
        changed.stopRequested = true
        transition(changed, 'Stopping', 'Stopping', 'Stopping the training job', this.#world.now() / 1000)
      })
    }
    stopJob(this.#world, found.arn)
    return true
  }

  /** Why a job fails whose training did: the same words, and the same call to explain. */
  failureOf({ description, steps }: TrainingJob): JobFailure {
    const requestId = steps.findLast((step) => step.requestId !== undefined)?.requestId
    const reason =
      description.FailureReason ?? `ClientError: The training job ${description.TrainingJobName} was stopped.` // inferred
    const cause = new AwsError('ClientError', reason)
    if (requestId !== undefined) cause.requestId = requestId
    return new JobFailure(reason, cause)
  }
}

/** Ended by the end of a server, not by itself. */
export function wasCut({ description }: TrainingJob): boolean {
  return description.FailureReason?.startsWith(reasons.restarted('').split('"')[0]!) ?? false
}
