import { setTimeout as delay } from 'node:timers/promises'
import type { AutoMLJobSecondaryStatus } from '@aws-sdk/client-sagemaker'
import { ranked } from '../../services/sagemaker/automl/automl-candidates.ts'
import { autoMLJobs, tabular, transition } from '../../services/sagemaker/automl/automl-job.ts'
import type { AutoMLDescription, AutoMLJob, Candidate } from '../../services/sagemaker/automl/automl-job.ts'
import type { TrainingJob } from '../../services/sagemaker/training/training-job.ts'
import type { World } from '../../world.ts'
import { stepsImage } from './image.ts'
import { nextCandidate } from './next.ts'
import { resolve } from './resolve.ts'
import { folderBelow, newName, preparation, trial } from './steps.ts'
import { AutoMLTrainings, wasCut } from './trainings.ts'
import { JobFailure, reasons } from '../failure.ts'
import type { JobKind, Signals } from '../job-kinds.ts'
import { JobRun } from '../job-run.ts'

/**
 * An AutoML job conducts training jobs: one that looks at the data, then the candidates, some at a time. Its own
 * state is all in its document, so that a server that comes after goes on with it.
 */
export const autoMLJob: JobKind<AutoMLDescription> = {
  run: (world, job, signals) => new AutoMLRun(world, job, signals).run(),
  fail,
  resumes: true,
}

function fail(job: AutoMLJob, reason: string, now: number): void {
  job.description.FailureReason = reason
  endCandidates(job, now)
  transition(job, 'Failed', 'Failed', now)
}

function endCandidates({ description }: AutoMLJob, now: number): void {
  for (const one of description.candidates) {
    if (one.status !== 'InProgress') continue
    one.status = 'Stopped'
    one.ended = now
  }
}

/** Candidates that are trained at a time. */
const AT_A_TIME = 4
const TICK_MS = 100

type Ending = 'stopped' | 'time is over'

class AutoMLRun extends JobRun<AutoMLDescription> {
  readonly #trainings: AutoMLTrainings

  constructor(world: World, job: AutoMLJob, signals: Signals) {
    super(world, autoMLJobs, job, signals)
    this.#trainings = new AutoMLTrainings(world, this.acting, job)
  }

  protected fail = fail

  protected async all(): Promise<void> {
    // A server that comes after tries again what was cut.
    this.change((job) => (job.steps = job.steps.filter(({ status }) => status !== 'running')))
    if (this.stopAsked())
      return this.job.description.begun === undefined ? this.#end('Stopped', 'Stopped') : this.#endEarly('stopped')
    await this.step('AssumeRole', () => this.assumeRole())
    this.change(({ description }) => (description.begun ??= this.seconds()))
    try {
      await this.#conduct()
    } catch (error) {
      if (!this.signals.shutdown.aborted) this.#stopAll()
      throw error
    }
  }

  async #conduct(): Promise<void> {
    const image = await stepsImage(this.world, this.job.region)
    const early = await this.step('AnalyzeData', () => this.#prepare(image))
    if (early) return this.#endEarly(early)
    const { mode } = this.job.description.resolved!
    this.#at(mode === 'ENSEMBLING' ? 'TrainingModels' : 'ModelTuning')
    const ending = await this.step('TrainModels', () => this.#tryCandidates(image))
    if (ending) return this.#endEarly(ending)
    this.#noteFailures()
    const reached = mode === 'HYPERPARAMETER_TUNING' && tabular(this.job.description).CompletionCriteria?.MaxCandidates
    this.#end('Completed', reached ? 'MaxCandidatesReached' : 'Completed')
  }

  /** Looks at the data. Ends with what the job is about; returns why it was ended before, if it was. */
  async #prepare(image: string): Promise<Ending | undefined> {
    const { Mode: mode } = tabular(this.job.description)
    for (;;) {
      if (this.job.description.resolved) return undefined
      if (!this.job.description.preparation) {
        const name = newName(this.world, this.job.name, 'dpp1-1')
        const outputPath = folderBelow(this.job, 'data-processor-models')
        this.change(({ description }) => (description.preparation = { name, outputPath }))
      }
      const step = this.job.description.preparation!
      await this.#trainings.ensure(this.job, image, step, preparation(this.job))
      const ended = await this.#until(() => {
        const training = this.#trainings.find(step.name)!
        const working = training.description.SecondaryStatus === 'Training'
        this.#at(mode === 'ENSEMBLING' ? 'PreTraining' : working ? 'FeatureEngineering' : 'AnalyzingData')
        return training.over === true
      })
      if (ended) return ended
      const training = this.#trainings.find(step.name)!
      if (wasCut(training)) this.change(({ description }) => delete description.preparation)
      else this.#resolve(training)
    }
  }

  #resolve(training: TrainingJob): void {
    const { description } = training
    if (description.TrainingJobStatus !== 'Completed') throw this.#trainings.failureOf(training)
    const resolved = resolve(this.job.description, description.FinalMetricDataList ?? [])
    if (!resolved) throw new JobFailure(reasons.internal)
    this.#noteRefused(training)
    this.change((job) => (job.description.resolved = resolved))
  }

  /** Trains candidates until enough were tried. Returns why it was ended before, if it was. */
  async #tryCandidates(image: string): Promise<Ending | undefined> {
    const ending = await this.#until(async () => {
      this.#takeResults()
      for (const one of this.#running()) await this.#trainings.ensure(this.job, image, one, trial(this.job, one))
      while (this.#running().length < AT_A_TIME) {
        const next = this.#next(image)
        if (!next) break
        this.change(({ description }) => description.candidates.push(next))
        await this.#trainings.ensure(this.job, image, next, trial(this.job, next))
      }
      return this.#running().length === 0
    })
    if (ending) return ending
    if (ranked(this.job).length > 0) return undefined
    const failed = this.job.description.candidates.find((one) => one.reason !== undefined)
    const training = failed && this.#trainings.find(failed.name)
    throw training ? this.#trainings.failureOf(training) : new JobFailure(reasons.internal)
  }

  #running(): Candidate[] {
    return this.job.description.candidates.filter((one) => one.status === 'InProgress')
  }

  /** The next candidate to begin, if there is one now. */
  #next(image: string): Candidate | undefined {
    const { name, description } = this.job
    const next = nextCandidate(this.job)
    if (!next) return undefined
    const number = String(description.candidates.length + 1).padStart(3, '0')
    return {
      ...next,
      name: newName(this.world, name, number),
      outputPath: folderBelow(this.job, `tuning/${name}-dpp1-${next.algorithm}`),
      created: this.seconds(),
      status: 'InProgress',
      image,
    }
  }

  /** What trainings that are over have found out. One that the end of a server cut short is begun anew, unless it is too late. */
  #takeResults(late = false): void {
    for (const { name } of this.#running()) {
      const training = this.#trainings.find(name)
      if (!training?.over) continue
      this.#noteRefused(training)
      this.change(({ description }) => {
        const one = description.candidates.find((candidate) => candidate.name === name)!
        if (wasCut(training) && !late)
          one.name = newName(this.world, this.job.name, name.slice(this.job.name.length + 1).slice(0, 3))
        else settle(one, training)
      })
    }
  }

  /** What the role was refused and a training went on without stands in this job's record as well, once. */
  #noteRefused({ steps }: TrainingJob): void {
    const known = this.job.steps.map(({ name }) => name)
    const refused = steps.filter(({ name, status }) => status === 'refused' && !known.includes(name))
    if (refused.length > 0) this.change((job) => job.steps.push(...structuredClone(refused)))
  }

  #noteFailures(): void {
    const texts = new Set(this.job.description.candidates.flatMap(({ reason }) => reason ?? []))
    if (texts.size === 0) return
    const PartialFailureReasons = [...texts].slice(0, 5).map((PartialFailureMessage) => ({ PartialFailureMessage }))
    this.change(({ description }) => (description.PartialFailureReasons = PartialFailureReasons))
  }

  /** Looks again and again until `done`; returns why the job is to end before. */
  async #until(done: () => boolean | Promise<boolean>): Promise<Ending | undefined> {
    const seconds = tabular(this.job.description).CompletionCriteria?.MaxAutoMLJobRuntimeInSeconds
    for (;;) {
      this.signals.shutdown.throwIfAborted()
      if (this.stopAsked()) return 'stopped'
      if (seconds !== undefined && this.seconds() > this.job.description.begun! + seconds) return 'time is over'
      if (await done()) return undefined
      await delay(TICK_MS)
    }
  }

  /**
   * "The job is stopped automatically and its processing is ended gracefully. The AutoML job identifies the best model whose
   * training was completed" (API_AutoMLJobCompletionCriteria). inferred: which status that is.
   */
  async #endEarly(ending: Ending): Promise<void> {
    const names = this.#stopAll()
    await this.step('StopTrainingJobs', async () => {
      while (names.some((name) => !this.#trainings.find(name)!.over)) {
        this.signals.shutdown.throwIfAborted()
        await delay(TICK_MS)
      }
      this.#takeResults(true)
    })
    if (ending === 'stopped') return this.#end('Stopped', 'Stopped')
    this.#end(ranked(this.job).length > 0 ? 'Completed' : 'Stopped', 'MaxAutoMLJobRuntimeReached')
  }

  /** Tells what still runs to stop; returns its names. */
  #stopAll(): string[] {
    const { preparation: first } = this.job.description
    return [...(first ? [first.name] : []), ...this.#running().map(({ name }) => name)].filter((name) =>
      this.#trainings.stop(name),
    )
  }

  #at(secondary: AutoMLJobSecondaryStatus): void {
    const { AutoMLJobStatus, AutoMLJobSecondaryStatus } = this.job.description
    if (AutoMLJobStatus === 'Stopping' || AutoMLJobSecondaryStatus === secondary) return
    this.change((job) => {
      if (job.description.AutoMLJobStatus === 'InProgress') transition(job, 'InProgress', secondary, this.seconds())
    })
  }

  #end(status: 'Completed' | 'Stopped', secondary: AutoMLJobSecondaryStatus): void {
    this.change((job) => {
      endCandidates(job, this.seconds())
      transition(job, status, secondary, this.seconds())
    })
  }
}

/** A candidate's outcome is its training's. */
function settle(one: Candidate, { description }: TrainingJob): void {
  const { TrainingJobStatus: status } = description
  one.status = status === 'Completed' || status === 'Failed' ? status : 'Stopped'
  if (description.TrainingEndTime !== undefined) one.ended = description.TrainingEndTime
  if (description.FailureReason !== undefined) one.reason = description.FailureReason
  if (one.status !== 'Completed') return
  one.metrics = description.FinalMetricDataList ?? []
  one.modelUri = description.ModelArtifacts.S3ModelArtifacts!
}
