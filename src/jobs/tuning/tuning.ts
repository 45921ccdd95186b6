import { setTimeout as delay } from 'node:timers/promises'
import { tuningJobs } from '../../services/sagemaker/tuning/tuning-job.ts'
import type { TuningDescription, TuningJob } from '../../services/sagemaker/tuning/tuning-job.ts'
import { planOf, type TuningPlan } from '../../services/sagemaker/tuning/tuning-plan.ts'
import { trialsOf } from '../../services/sagemaker/tuning/tuning-trials.ts'
import { progressOf } from '../../tuning/completion.ts'
import type { World } from '../../world.ts'
import { reasons } from '../failure.ts'
import type { JobKind, Signals } from '../job-kinds.ts'
import { whenEnded } from '../running.ts'
import { report } from './report.ts'
import { Trials } from './trials.ts'

/**
 * A tuning job runs no program: it launches training jobs, follows them, and ends when its search does. All that it knows is in
 * the store, so that a server that comes after goes on with it.
 */
export const tuningJob: JobKind<TuningDescription> = {
  run: (world, job, signals) => new TuningRun(world, job, signals).run(),
  fail: (job, reason, now) => end(job, 'Failed', now, reason),
  resumes: true,
}

function end(job: TuningJob, status: 'Completed' | 'Failed' | 'Stopped', now: number, reason?: string): void {
  const { description } = job
  description.HyperParameterTuningJobStatus = status
  description.HyperParameterTuningEndTime = now
  description.LastModifiedTime = now
  if (reason !== undefined) description.FailureReason = reason
  job.over = true
}

/** With so many failures and not one success a tuning job gives up. */
const attempts = 5
/** The live service's sentence (github.com/aws/amazon-sagemaker-examples/issues/2437). */
const noneSucceeded = (count: number) =>
  `No training job succeeded after ${count} attempts. Please take a look at the training job failures to get more details.`

class TuningRun {
  readonly #world: World
  readonly #signals: Signals
  readonly #plan: TuningPlan
  readonly #trials: Trials
  #job: TuningJob

  constructor(world: World, job: TuningJob, signals: Signals) {
    this.#world = world
    this.#job = job
    this.#signals = signals
    this.#plan = planOf(job.description, `${job.arn} ${job.description.CreationTime}`)
    this.#trials = new Trials(world, job, this.#plan, trialsOf(world.store, job, job.name))
  }

  /** Never rejects: the outcome is in the job's document. */
  async run(): Promise<void> {
    try {
      await this.#conduct()
    } catch (error) {
      if (this.#signals.shutdown.aborted) return
      this.#world.log.error({ err: error, job: this.#job.arn }, 'a tuning job failed by a fault of ours')
      this.#trials.stopAll()
      this.#change((job) => end(job, 'Failed', this.#seconds(), reasons.internal))
    } finally {
      this.#trials.close()
    }
  }

  async #conduct(): Promise<void> {
    while (!this.#signals.shutdown.aborted) {
      this.#trials.settle()
      const verdict = this.#verdict()
      if (verdict === 'goes on') this.#launch()
      else if (verdict !== 'waits') this.#trials.stopAll()
      this.#report()
      if (this.#trials.running.length === 0 && verdict !== 'goes on') return this.#finish(verdict)
      if (this.#trials.running.length === 0) return this.#finish('waits')
      await this.#anything()
    }
  }

  /** `waits`: nothing is launched any more, and what runs may end by itself. */
  #verdict(): 'goes on' | 'waits' | 'is complete' | 'is stopped' {
    const { criteria, goal, maxJobs, definitions } = this.#plan
    if (this.#signals.stop.aborted || this.#job.stopRequested || this.#timeLeft() <= 0) return 'is stopped'
    const axes = Math.max(...definitions.map(({ space }) => space.length))
    if (progressOf(goal, this.#trials.objectives(), axes, criteria).complete) return 'is complete'
    if (this.#trials.succeeded === 0 && this.#trials.failed >= attempts) return 'waits'
    return this.#trials.count < maxJobs ? 'goes on' : 'waits'
  }

  #launch(): void {
    const { maxJobs, maxParallel } = this.#plan
    while (this.#trials.running.length < maxParallel && this.#trials.count < maxJobs) if (!this.#trials.launch()) return
  }

  #finish(verdict: 'waits' | 'is complete' | 'is stopped'): void {
    const { failed, succeeded } = this.#trials
    this.#change((job) => {
      const now = this.#seconds()
      if (verdict === 'is stopped') end(job, 'Stopped', now)
      else if (succeeded === 0) end(job, 'Failed', now, noneSucceeded(failed))
      else end(job, 'Completed', now)
    })
  }

  /** Until a training job ends, somebody stops this one, or its time is over. */
  async #anything(): Promise<void> {
    const over = new AbortController()
    const signal = AbortSignal.any([this.#signals.shutdown, over.signal])
    const left = Math.min(this.#timeLeft(), 2 ** 31 - 1)
    const stopped = this.#signals.stop.aborted ? [] : [aborted(this.#signals.stop, over.signal)]
    try {
      await Promise.race([
        ...this.#trials.running.map((trial) => whenEnded(this.#world, this.#trials.arnOf(trial))),
        ...stopped,
        ...(left > 0 ? [delay(left, undefined, { signal })] : []),
        aborted(this.#signals.shutdown, over.signal),
      ]).catch(() => {})
      // A training job that this process does not hold was cut by the end of the one before; its end is being written.
      if (!this.#signals.shutdown.aborted && this.#trials.isAnyAdrift()) await delay(50)
    } finally {
      over.abort()
    }
  }

  /** Milliseconds of MaxRuntimeInSeconds. */
  #timeLeft(): number {
    const { maxRuntimeSeconds = Infinity } = this.#plan
    return this.#job.description.CreationTime * 1000 + maxRuntimeSeconds * 1000 - this.#world.now()
  }

  #report(): void {
    const told = report(this.#world.store, this.#job, this.#plan, this.#trials.all, this.#seconds())
    if (told) this.#change((job) => Object.assign(job.description, told))
  }

  #change(change: (job: TuningJob) => void): void {
    this.#job = tuningJobs.change(this.#world.store, this.#job, change)
  }

  /** Epoch seconds. */
  #seconds(): number {
    return this.#world.now() / 1000
  }
}

/** Resolves when the first is aborted, or nobody waits any more. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { signal: over, once: true })
  over.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
