import type { ParameterRanges } from '@aws-sdk/client-sagemaker'
import { autoRange } from '../../../tuning/auto-range.ts'
import type { Criteria } from '../../../tuning/completion.ts'
import { roundOf } from '../../../tuning/hyperband.ts'
import type { Resources } from '../../../tuning/hyperband.ts'
import { seedOf } from '../../../tuning/random.ts'
import type { Choice, Goal } from '../../../tuning/search.ts'
import { sizeOf } from '../../../tuning/space.ts'
import type { NumericRange, Range, Space } from '../../../tuning/space.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { definitionsOf } from './tuning-job.ts'
import type { TrainingDefinition, TuningRequest } from './tuning-job.ts'

/** What a tuning job searches, and how: its request, read. */
export interface TuningPlan {
  choice: Choice
  goal: Goal
  seed: number
  definitions: PlannedDefinition[]
  maxJobs: number
  maxParallel: number
  maxRuntimeSeconds?: number
  /** Of Hyperband. */
  resources?: Resources
  stopsEarly: boolean
  criteria: Criteria
}

export interface PlannedDefinition {
  definition: TrainingDefinition
  metric: string
  space: Space
  /** Examples of AutoParameters that no range can be made of. */
  fixed: Record<string, string>
}

/** Training jobs of one tuning job ("Quotas", automatic model tuning); random search may have more. */
export const quotas = { jobs: 750, randomJobs: 10_000, parallel: 100 } as const

/** Of a tuning job with Autotune whose request gives none. inferred */
const autotunedJobs = 25

/** Throws ValidationException for a request that is no plan. `seed`: a text that stands for one where RandomSeed is not given. */
export function planOf(request: TuningRequest, seed: string): TuningPlan {
  const config = request.HyperParameterTuningJobConfig
  const { Strategy: strategy, ResourceLimits: limits } = config
  const auto = request.Autotune?.Mode === 'Enabled'
  const definitions = definitionsOf(request).map((one) => plannedDefinition(request, one, auto))
  const goals = new Set(definitionsOf(request).map((one) => objectiveOf(request, one).Type))
  const [goal] = goals
  if (goal === undefined || goals.size > 1)
    throw invalid('The objective metrics of all training job definitions must be of the same type.')
  const resources = strategy === 'Hyperband' ? resourcesOf(request) : undefined
  const criteria = config.TuningJobCompletionCriteria
  const early = config.TrainingJobEarlyStoppingType
  return {
    choice: strategy === 'Hyperband' ? 'Random' : strategy,
    goal,
    seed: config.RandomSeed ?? seedOf(seed),
    definitions,
    maxJobs: limits.MaxNumberOfTrainingJobs ?? defaultJobs(strategy, definitions, resources, auto),
    maxParallel: limits.MaxParallelTrainingJobs,
    ...(limits.MaxRuntimeInSeconds !== undefined && { maxRuntimeSeconds: limits.MaxRuntimeInSeconds }),
    ...(resources && { resources }),
    stopsEarly: early === 'Auto' || (auto && early === undefined && strategy !== 'Hyperband'),
    criteria: {
      ...(criteria?.TargetObjectiveMetricValue !== undefined && { target: criteria.TargetObjectiveMetricValue }),
      ...(criteria?.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving !== undefined && {
        notImproving: criteria.BestObjectiveNotImproving.MaxNumberOfTrainingJobsNotImproving,
      }),
      onConvergence: criteria?.ConvergenceDetected?.CompleteOnConvergence === 'Enabled',
    },
  }
}

/** Grid: as many as there are points ("Grid search"). Hyperband: its brackets, once each. Else what one tuning job may have. */
function defaultJobs(
  strategy: string,
  definitions: readonly PlannedDefinition[],
  resources: Resources | undefined,
  auto: boolean,
): number {
  if (strategy === 'Grid') return definitions.reduce((sum, { space }) => sum + sizeOf(space), 0)
  if (resources) return Math.min(quotas.jobs, roundOf(resources))
  if (auto) return autotunedJobs
  return strategy === 'Random' ? quotas.randomJobs : quotas.jobs
}

/** One definition may leave its objective and its ranges to the tuning job. */
export function objectiveOf({ HyperParameterTuningJobConfig: config }: TuningRequest, definition: TrainingDefinition) {
  const objective = definition.TuningObjective ?? config.HyperParameterTuningJobObjective
  if (!objective) throw invalid('An objective metric is required for this hyperparameter tuning job.')
  return objective
}

function plannedDefinition(request: TuningRequest, definition: TrainingDefinition, auto: boolean): PlannedDefinition {
  const objective = objectiveOf(request, definition)
  const ranges = definition.HyperParameterRanges ?? request.HyperParameterTuningJobConfig.ParameterRanges ?? {}
  const { space, fixed } = spaceOf(ranges, auto)
  if (space.length === 0) throw invalid('Hyperparameter ranges are required for this hyperparameter tuning job.')
  const names = space.map(({ name }) => name)
  if (new Set(names).size < names.length)
    throw invalid('Hyperparameter names must be unique within the parameter ranges.')
  const both = names.find((name) => Object.hasOwn(definition.StaticHyperParameters ?? {}, name))
  if (both !== undefined) throw invalid(`Hyperparameter [${both}] cannot be both static and tunable.`)
  return { definition, metric: objective.MetricName, space, fixed }
}

function spaceOf(ranges: Shape<ParameterRanges>, auto: boolean): { space: Space; fixed: Record<string, string> } {
  const hints = ranges.AutoParameters ?? []
  if (hints.length > 0 && !auto) throw invalid('AutoParameters can only be used when Autotune is enabled.')
  const guessed = hints.map(({ Name, ValueHint }) => ({ Name, ValueHint, range: autoRange(Name, ValueHint) }))
  return {
    space: [
      ...(ranges.IntegerParameterRanges ?? []).map((one) => numeric('integer', one)),
      ...(ranges.ContinuousParameterRanges ?? []).map((one) => numeric('continuous', one)),
      ...(ranges.CategoricalParameterRanges ?? []).map(({ Name, Values }): Range => {
        if (new Set(Values).size < Values.length)
          throw invalid(`The values of categorical hyperparameter [${Name}] must be unique.`)
        return { kind: 'categorical', name: Name, values: Values }
      }),
      ...guessed.flatMap(({ range }) => range ?? []),
    ],
    fixed: Object.fromEntries(guessed.flatMap(({ Name, ValueHint, range }) => (range ? [] : [[Name, ValueHint]]))),
  }
}

type GivenRange = { Name: string; MinValue: string; MaxValue: string; ScalingType?: NumericRange['scaling'] }

/** API_IntegerParameterRange, API_ContinuousParameterRange; sentences inferred. */
function numeric(
  kind: NumericRange['kind'],
  { Name: name, MinValue, MaxValue, ScalingType }: GivenRange,
): NumericRange {
  const min = numberOf(kind, name, MinValue)
  const max = numberOf(kind, name, MaxValue)
  if (min >= max)
    throw invalid(
      `The minimum value [${MinValue}] of hyperparameter [${name}] must be less than its maximum value [${MaxValue}].`,
    )
  const scaling = ScalingType ?? 'Auto'
  if (scaling === 'Logarithmic' && min <= 0)
    throw invalid(
      `Logarithmic scaling of hyperparameter [${name}] works only for ranges that have only values greater than 0.`,
    )
  if (scaling === 'ReverseLogarithmic' && (kind === 'integer' || min < 0 || max >= 1))
    throw invalid(
      `Reverse logarithmic scaling of hyperparameter [${name}] works only for continuous ranges that are entirely within the range 0 <= x < 1.0.`,
    )
  return { kind, name, min, max, scaling }
}

function numberOf(kind: NumericRange['kind'], name: string, text: string): number {
  const value = Number(text)
  const fits =
    kind === 'integer'
      ? /^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)
      : text.trim() !== '' && Number.isFinite(value)
  if (!fits)
    throw invalid(
      `The value [${text}] of hyperparameter [${name}] is not a valid ${kind === 'integer' ? 'integer' : 'number'}.`,
    )
  return value
}

const epochNames = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs']
const epochsMax = 20_000

/** API_HyperbandStrategyConfig: a MaxResource that is not given is looked for among the static hyperparameters. */
function resourcesOf(request: TuningRequest): Resources {
  const given = request.HyperParameterTuningJobConfig.StrategyConfig?.HyperbandStrategyConfig ?? {}
  const fixed = definitionsOf(request).map(({ StaticHyperParameters }) => StaticHyperParameters ?? {})
  const found = epochNames.flatMap((name) => fixed.flatMap((one) => one[name] ?? []))[0]
  const max = given.MaxResource ?? Number(found)
  const min = given.MinResource ?? 1
  if (!Number.isInteger(max) || max < 1)
    throw invalid(
      'MaxResource must be provided in HyperbandStrategyConfig, or be inferable from the static hyperparameters.',
    )
  if (max > epochsMax) throw invalid(`MaxResource must be less than or equal to ${epochsMax}.`)
  if (min > max) throw invalid('MinResource must be less than or equal to MaxResource.')
  return { min, max }
}

// inferred: sentences, but for those that are cited where they are made.
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message)
