import type { Store } from '../../../store/store.ts'
import type { Space } from '../../../tuning/space.ts'
import type { Tried } from '../../../tuning/search.ts'
import type { Place } from '../resources.ts'
import { definitionsOf, tuningJobs } from './tuning-job.ts'
import type { TuningJob, TuningRequest } from './tuning-job.ts'
import { invalid, objectiveOf, planOf } from './tuning-plan.ts'
import type { TuningPlan } from './tuning-plan.ts'
import { trialsOf } from './tuning-trials.ts'

const parentNames = ({ WarmStartConfig: warm }: Pick<TuningRequest, 'WarmStartConfig'>): string[] =>
  (warm?.ParentHyperParameterTuningJobs ?? []).flatMap((one) => one.HyperParameterTuningJobName ?? [])

/** A parent that was deleted since is left out. */
export function parentsOf(store: Store, at: Place, request: Pick<TuningRequest, 'WarmStartConfig'>): TuningJob[] {
  return parentNames(request).flatMap((name) => tuningJobs.find(store, at, name) ?? [])
}

/** Static hyperparameters may become others or tunable, and tunable ones static, so often ("Warm start tuning job restrictions"). */
const changesMax = 10

/**
 * "Warm Start Tuning Job Restrictions" and API_HyperParameterTuningJobWarmStartConfig; sentences inferred. Returns how many
 * training jobs the parents have launched, which count against the quota.
 */
export function checkWarmStart(store: Store, request: TuningRequest, at: Place, plan: TuningPlan): number {
  const warm = request.WarmStartConfig
  if (!warm) return 0
  const { Strategy: strategy } = request.HyperParameterTuningJobConfig
  // "Hyperparameter tuning uses either Bayesian or random search" ("Run a Warm Start Hyperparameter Tuning Job").
  if (strategy !== 'Bayesian' && strategy !== 'Random')
    throw invalid(`WarmStartConfig is not supported for the ${strategy} strategy.`)
  const names = parentNames(request)
  if (names.length < warm.ParentHyperParameterTuningJobs.length)
    throw invalid('Each of ParentHyperParameterTuningJobs must have a HyperParameterTuningJobName.')
  if (new Set(names).size < names.length) throw invalid('Parent hyperparameter tuning jobs must be unique.')
  let launched = 0
  for (const name of names) {
    const parent = tuningJobs.find(store, at, name)
    if (!parent) throw invalid(`Could not find parent hyperparameter tuning job "${tuningJobs.arn(at, name)}".`)
    checkParent(request, plan, parent)
    launched += trialsOf(store, at, name).length
  }
  return launched
}

function checkParent(request: TuningRequest, plan: TuningPlan, parent: TuningJob): void {
  const { name, description } = parent
  const status = description.HyperParameterTuningJobStatus
  if (!['Completed', 'Stopped', 'Failed'].includes(status))
    throw invalid(`Parent hyperparameter tuning job [${name}] must be in a terminal state, and is in status ${status}.`)
  const definitions = definitionsOf(description)
  if (definitions.length > 1) throw invalid(`Parent hyperparameter tuning job [${name}] tunes more than one algorithm.`)
  const [one] = definitionsOf(request)
  const [theirs] = definitions
  const [objective, theirObjective] = [objectiveOf(request, one!), objectiveOf(description, theirs!)]
  if (objective.MetricName !== theirObjective.MetricName || objective.Type !== theirObjective.Type)
    throw invalid(`The objective metric must be the same as that of parent hyperparameter tuning job [${name}].`)
  checkParameters(plan, planOf(description, ''), name)
  if (request.WarmStartConfig!.WarmStartType !== 'IdenticalDataAndAlgorithm') return
  const [image, theirImage] = [one, theirs].map(
    (each) => each?.AlgorithmSpecification?.TrainingImage ?? each?.AlgorithmSpecification?.AlgorithmName,
  )
  if (image !== theirImage)
    throw invalid(
      `The training image must be the same as that of parent hyperparameter tuning job [${name}] for the warm start type IdenticalDataAndAlgorithm.`,
    )
  if (sources(one!.InputDataConfig) !== sources(theirs!.InputDataConfig))
    throw invalid(
      `The input data must be the same as that of parent hyperparameter tuning job [${name}] for the warm start type IdenticalDataAndAlgorithm.`,
    )
}

/** The same hyperparameters, static or tunable; the same kinds where both tune them; not too many changes. */
function checkParameters(plan: TuningPlan, parent: TuningPlan, name: string): void {
  const [own, theirs] = [parametersOf(plan), parametersOf(parent)]
  if (own.size !== theirs.size || [...own.keys()].some((one) => !theirs.has(one)))
    throw invalid(
      `The static and tunable hyperparameters together must be the same as those of parent hyperparameter tuning job [${name}].`,
    )
  let changes = 0
  for (const [parameter, { kind, value }] of own) {
    const other = theirs.get(parameter)!
    if (kind && other.kind && kind !== other.kind)
      throw invalid(
        `The type of hyperparameter [${parameter}] must be the same as in parent hyperparameter tuning job [${name}].`,
      )
    if (!kind && (other.kind !== undefined || other.value !== value)) changes += 1
  }
  if (changes > changesMax)
    throw invalid(`More than ${changesMax} hyperparameters differ from parent hyperparameter tuning job [${name}].`)
}

function parametersOf({ definitions }: TuningPlan): Map<string, { kind?: string; value?: string }> {
  const { space, fixed, definition } = definitions[0]!
  const settled = Object.entries({ ...definition.StaticHyperParameters, ...fixed })
  return new Map([
    ...settled.map(([name, value]): [string, { kind?: string; value?: string }] => [name, { value }]),
    ...space.map(({ name, kind }): [string, { kind?: string; value?: string }] => [name, { kind }]),
  ])
}

const sources = (channels: readonly object[] = []): string => JSON.stringify(channels)

/**
 * What the parents have found, as tries of the new search. With TransferLearning the data differ: each parent's values are
 * brought to the mean and the spread of the search's own, as soon as it has two.
 */
export function inherited(
  store: Store,
  at: Place,
  request: TuningRequest,
  space: Space,
  own: readonly number[],
): Tried[] {
  return parentsOf(store, at, request).flatMap((parent) => {
    const fixed = definitionsOf(parent.description)[0]!.StaticHyperParameters ?? {}
    const known = trialsOf(store, at, parent.name).filter(({ objective }) => objective !== undefined)
    const values = known.map(({ objective }) => objective!)
    const told = request.WarmStartConfig!.WarmStartType === 'TransferLearning' ? transferred(values, own) : values
    return known.flatMap(({ point }, index): Tried[] => {
      const all = { ...fixed, ...point }
      if (space.some(({ name }) => all[name] === undefined)) return []
      const here = Object.fromEntries(space.map(({ name }) => [name, all[name]!]))
      return [{ point: here, value: told[index]!, inherited: true }]
    })
  })
}

function transferred(values: readonly number[], own: readonly number[]): readonly number[] {
  if (own.length < 2 || values.length < 2) return values
  const [theirs, ours] = [momentsOf(values), momentsOf(own)]
  return values.map((value) => ours.mean + ((value - theirs.mean) / (theirs.spread || 1)) * ours.spread)
}

function momentsOf(values: readonly number[]): { mean: number; spread: number } {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  return { mean, spread: Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length) }
}
