import { newJob } from '../../services/sagemaker/training/check-training-request.ts'
import { putTags, tagList, tagsOf } from '../../services/sagemaker/tags.ts'
import { trainingJobs, transition } from '../../services/sagemaker/training/training-job.ts'
import type { TrainingJobDescription } from '../../services/sagemaker/training/training-job.ts'
import { trainingRequestOf } from '../../services/sagemaker/tuning/tuning-job.ts'
import type { TuningJob } from '../../services/sagemaker/tuning/tuning-job.ts'
import type { TuningPlan } from '../../services/sagemaker/tuning/tuning-plan.ts'
import { currentSummary, saveTrial } from '../../services/sagemaker/tuning/tuning-trials.ts'
import type { Trial } from '../../services/sagemaker/tuning/tuning-trials.ts'
import { inherited } from '../../services/sagemaker/tuning/tuning-warm-start.ts'
import { isWorseThanMedian } from '../../tuning/early-stopping.ts'
import { bracketOf, judge } from '../../tuning/hyperband.ts'
import { suggest } from '../../tuning/search.ts'
import type { Tried } from '../../tuning/search.ts'
import type { Point } from '../../tuning/space.ts'
import type { World } from '../../world.ts'
import { ignoreMetrics, listenToMetrics } from '../training/live-metrics.ts'
import { isUnderWay, startJob, stopJob } from '../running.ts'

/** The hyperparameter by which a program is told what is tuned for ("How Hyperparameter Tuning Works" with one's own containers). */
const objectiveParameter = '_tuning_objective_metric'

/** The training jobs of one tuning job: launched, listened to, ended early, and counted. */
export class Trials {
  readonly all: Trial[]
  readonly #world: World
  readonly #job: TuningJob
  readonly #plan: TuningPlan
  /** Values of the objective of those that run, by number. */
  readonly #curves = new Map<number, number[]>()

  constructor(world: World, job: TuningJob, plan: TuningPlan, known: readonly Trial[]) {
    this.#world = world
    this.#job = job
    this.#plan = plan
    this.all = [...known]
    for (const trial of this.running) this.#listen(trial)
  }

  get count(): number {
    return this.all.length
  }

  get running(): Trial[] {
    return this.all.filter(({ endedAt }) => endedAt === undefined)
  }

  get succeeded(): number {
    return this.all.filter(({ objective }) => objective !== undefined).length
  }

  get failed(): number {
    return this.all.filter((one) => one.endedAt !== undefined && one.objective === undefined).length
  }

  /** In the order in which they became known. */
  objectives(): number[] {
    return inOrderOfEnd(this.all).map(({ objective }) => objective!)
  }

  arnOf({ name }: Trial): string {
    return trainingJobs.arn(this.#job, name)
  }

  /** Reads what those that ended have come to. */
  settle(): void {
    for (const trial of this.running) {
      const job = trainingJobs.find(this.#world.store, this.#job, trial.name)
      if (job && !job.over) continue
      ignoreMetrics(this.#world, this.arnOf(trial))
      this.#keep(
        settled(this.#world, this.#job, this.#plan, trial, this.#curves.get(trial.number) ?? [], job?.description),
      )
      this.#curves.delete(trial.number)
    }
  }

  /** The next training job of the search; false when there is none left. */
  launch(): boolean {
    for (let tries = 0; tries < this.#plan.definitions.length; tries++) {
      // Definitions take turns; AWS does not tell how it shares them out. inferred
      const definition = (this.count + tries) % this.#plan.definitions.length
      const index = this.all.filter((one) => one.definition === definition).length
      const point = this.#next(definition, index)
      if (point) {
        this.#start(definition, index, point)
        return true
      }
    }
    return false
  }

  #next(definition: number, index: number): Point | undefined {
    const { choice, goal, seed, definitions } = this.#plan
    const { space } = definitions[definition]!
    const own = this.all.filter((one) => one.definition === definition)
    const values = inOrderOfEnd(own).map(({ objective }) => objective!)
    const tried: Tried[] = [
      ...inherited(this.#world.store, this.#job, this.#job.description, space, values),
      ...own.map(({ point, objective, endedAt }) => ({
        point,
        ...(objective !== undefined && { value: objective }),
        pending: endedAt === undefined,
      })),
    ]
    return suggest({ choice, goal, space, seed: seed + definition }, tried, index)
  }

  /**
   * SageMaker itself makes the training job: the execution role needs no permission to create one, and what the job does is
   * done by that role.
   */
  #start(definition: number, index: number, point: Point): void {
    const { store } = this.#world
    const { account, region, name: tuning, arn: tuningArn } = this.#job
    const { definition: given, metric, fixed } = this.#plan.definitions[definition]!
    const number = this.count + 1
    const name = `${tuning}-${String(number).padStart(3, '0')}-${this.#world.hex(8)}`
    const request = trainingRequestOf(given, name, { ...fixed, ...point, [objectiveParameter]: metric })
    const at = { account, region, time: this.#world.now() }
    const job = newJob(request, at, trainingJobs.arn(at, name))
    job.description.TuningJobArn = tuningArn
    const trial: Trial = {
      number,
      name,
      definition,
      index,
      point,
      summary: {
        ...(given.DefinitionName !== undefined && { TrainingJobDefinitionName: given.DefinitionName }),
        TrainingJobName: name,
        TrainingJobArn: job.arn,
        CreationTime: job.description.CreationTime,
        TrainingJobStatus: 'InProgress',
        TunedHyperParameters: point,
        ObjectiveStatus: 'Pending',
      },
    }
    store.transaction(() => {
      trainingJobs.save(store, job)
      // "Tags that you specify for the tuning job are also added to all training jobs that the tuning job launches."
      putTags(store, job.arn, tagList(tagsOf(store, tuningArn)))
      this.#keep(trial)
    })
    this.#listen(trial)
    startJob(this.#world, job)
  }

  #keep(trial: Trial): void {
    this.all[trial.number - 1] = trial
    saveTrial(this.#world.store, this.#job, this.#job.name, trial)
  }

  #listen(trial: Trial): void {
    const curve: number[] = []
    this.#curves.set(trial.number, curve)
    const { metric } = this.#plan.definitions[trial.definition]!
    listenToMetrics(this.#world, this.arnOf(trial), ({ name, value }) => {
      if (name !== metric) return
      curve.push(value)
      if (this.#isHopeless(trial, curve)) this.stop(trial)
    })
  }

  /** After each value of the objective, which stands for an epoch. */
  #isHopeless(trial: Trial, curve: readonly number[]): boolean {
    const { goal, resources, stopsEarly } = this.#plan
    const curveOf = (one: Trial) => this.#curves.get(one.number) ?? one.curve ?? []
    const others = this.all.filter((one) => one !== trial && one.definition === trial.definition)
    if (resources) {
      const bracket = bracketOf(resources, trial.index)
      const rivals = others.filter((one) => bracketOf(resources, one.index) === bracket)
      return judge(goal, resources, bracket, curve, rivals.map(curveOf)) !== 'goes on'
    }
    return (
      stopsEarly && isWorseThanMedian(goal, curve, others.filter(({ number }) => number < trial.number).map(curveOf))
    )
  }

  /** As StopTrainingJob does. */
  stop(trial: Trial): void {
    const { store } = this.#world
    const job = trainingJobs.find(store, this.#job, trial.name)
    if (!job || job.over) return
    if (!job.stopRequested)
      trainingJobs.change(store, job, (changed) => {
        changed.stopRequested = true
        transition(changed, 'Stopping', 'Stopping', 'Stopping the training job', this.#world.now() / 1000)
      })
    stopJob(this.#world, job.arn)
  }

  stopAll(): void {
    for (const trial of this.running) this.stop(trial)
  }

  /** True when one runs that this process does not hold. */
  isAnyAdrift(): boolean {
    return this.running.some((trial) => {
      const job = trainingJobs.find(this.#world.store, this.#job, trial.name)
      return job !== undefined && !job.over && !isUnderWay(this.#world, job)
    })
  }

  close(): void {
    for (const trial of this.running) ignoreMetrics(this.#world, this.arnOf(trial))
  }
}

const inOrderOfEnd = (trials: readonly Trial[]): Trial[] =>
  trials
    .filter(({ objective }) => objective !== undefined)
    .toSorted((a, b) => a.endedAt! - b.endedAt! || a.number - b.number)

/** The objective counts of jobs that completed and of those that were ended early; of failed ones it is not evaluated. */
function settled(
  world: World,
  tuning: TuningJob,
  { definitions, goal }: TuningPlan,
  trial: Trial,
  curve: number[],
  job: TrainingJobDescription | undefined,
): Trial {
  const { metric, definition } = definitions[trial.definition]!
  const final = job?.FinalMetricDataList?.find(({ MetricName }) => MetricName === metric)?.Value
  const objective = job?.TrainingJobStatus === 'Failed' ? undefined : final
  return {
    ...trial,
    curve,
    endedAt: job?.TrainingEndTime ?? world.now() / 1000,
    ...(objective !== undefined && { objective }),
    summary: {
      ...currentSummary(world.store, tuning, trial),
      // Of a training job that is gone nothing more will be known.
      ...(!job && { TrainingJobStatus: 'Failed' as const }),
      ObjectiveStatus: objective === undefined ? 'Failed' : 'Succeeded',
      ...(objective !== undefined && {
        FinalHyperParameterTuningJobObjectiveMetric: {
          ...(definition.TuningObjective && { Type: goal }),
          MetricName: metric,
          Value: objective,
        },
      }),
    },
  }
}
