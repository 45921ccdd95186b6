import type { Call } from '../../../door/call.ts'
import type { Store } from '../../../store/store.ts'
import { sizeOf } from '../../../tuning/space.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { checkQuota, checkRequest } from '../training/check-training-request.ts'
import { definitionsOf, trainingRequestOf } from './tuning-job.ts'
import type { TrainingDefinition, TuningRequest } from './tuning-job.ts'
import { invalid, planOf, quotas } from './tuning-plan.ts'
import type { PlannedDefinition, TuningPlan } from './tuning-plan.ts'
import { checkWarmStart } from './tuning-warm-start.ts'
import { refuseUnbuilt } from '../unbuilt.ts'

/** Rules between members, which the model cannot state; then those of each definition as of a training job. Sentences inferred where none is cited. */
export function checkTuningRequest(store: Store, request: TuningRequest, call: Call): void {
  checkShape(request)
  const plan = planOf(request, '')
  for (const one of plan.definitions) checkMetric(one)
  checkStrategy(request, plan)
  checkLimits(request, plan)
  const inherited = checkWarmStart(store, request, call, plan)
  const most = request.HyperParameterTuningJobConfig.Strategy === 'Random' ? quotas.randomJobs : quotas.jobs
  refuseOver('training jobs launched by one hyperparameter tuning job', plan.maxJobs + inherited, most)
  refuseOver('parallel training jobs per hyperparameter tuning job', plan.maxParallel, quotas.parallel)
  for (const definition of definitionsOf(request)) {
    const training = trainingRequestOf(definition, request.HyperParameterTuningJobName, {})
    refuseUnbuilt(training)
    checkRequest(training, call)
    checkQuota(training)
  }
}

/** API_CreateHyperParameterTuningJob: one definition, or a list of named ones that bring their own objectives and ranges. */
function checkShape(request: TuningRequest): void {
  const { TrainingJobDefinition: one, TrainingJobDefinitions: several, HyperParameterTuningJobConfig: config } = request
  if ((one === undefined) === (several === undefined))
    throw invalid('Exactly one of TrainingJobDefinition and TrainingJobDefinitions must be provided.')
  for (const definition of definitionsOf(request)) checkResources(definition)
  if (!several) return
  const names = several.map(({ DefinitionName }) => DefinitionName)
  if (names.includes(undefined) || new Set(names).size < names.length)
    throw invalid('Each of TrainingJobDefinitions must have a DefinitionName of its own.')
  if (several.some((each) => !each.TuningObjective || !each.HyperParameterRanges))
    throw invalid('Each of TrainingJobDefinitions must have a TuningObjective and HyperParameterRanges.')
  if (config.HyperParameterTuningJobObjective || config.ParameterRanges)
    throw invalid(
      'HyperParameterTuningJobObjective and ParameterRanges cannot be provided with TrainingJobDefinitions.',
    )
  // "Warm start and early stopping are available only when tuning a single algorithm" ("Create a Hyperparameter Optimization Tuning Job for One or More Algorithms").
  if (several.length > 1 && request.WarmStartConfig)
    throw invalid('WarmStartConfig is only supported when tuning a single algorithm.')
  if (several.length > 1 && config.TrainingJobEarlyStoppingType === 'Auto')
    throw invalid('TrainingJobEarlyStoppingType Auto is only supported when tuning a single algorithm.')
}

function checkResources({
  ResourceConfig: resources,
  HyperParameterTuningResourceConfig: flexible,
}: TrainingDefinition): void {
  if ((resources === undefined) === (flexible === undefined))
    throw invalid('Exactly one of ResourceConfig and HyperParameterTuningResourceConfig must be provided.')
  if (
    flexible?.InstanceConfigs &&
    (flexible.InstanceType ?? flexible.InstanceCount ?? flexible.VolumeSizeInGB) !== undefined
  )
    throw invalid('InstanceConfigs cannot be provided with InstanceType, InstanceCount or VolumeSizeInGB.')
  if (flexible && !flexible.InstanceConfigs && !flexible.InstanceType)
    throw invalid('HyperParameterTuningResourceConfig must have an InstanceType or InstanceConfigs.')
}

/** The live service's sentence (github.com/aws/sagemaker-python-sdk/issues/3932). */
function checkMetric({ definition, metric }: PlannedDefinition): void {
  const { AlgorithmName, MetricDefinitions: metrics = [] } = definition.AlgorithmSpecification
  if (AlgorithmName || metrics.some(({ Name }) => Name === metric)) return
  throw invalid(
    'A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.',
  )
}

function checkStrategy(request: TuningRequest, { definitions }: TuningPlan): void {
  const {
    Strategy: strategy,
    StrategyConfig: own,
    TrainingJobEarlyStoppingType: early,
  } = request.HyperParameterTuningJobConfig
  if (own?.HyperbandStrategyConfig && strategy !== 'Hyperband')
    throw invalid('HyperbandStrategyConfig is only supported for the Hyperband strategy.')
  if (strategy === 'Hyperband' && early === 'Auto')
    throw invalid('TrainingJobEarlyStoppingType must be Off when the strategy is Hyperband.')
  if (strategy === 'Grid' && definitions.some(({ space }) => space.some(({ kind }) => kind !== 'categorical')))
    throw invalid('The Grid strategy supports only categorical hyperparameters.')
}

function checkLimits(request: TuningRequest, { definitions, maxJobs }: TuningPlan): void {
  const { Strategy: strategy, ResourceLimits: limits } = request.HyperParameterTuningJobConfig
  const points = definitions.reduce((sum, { space }) => sum + sizeOf(space), 0)
  const asked = limits.MaxNumberOfTrainingJobs
  if (strategy === 'Grid' && asked !== undefined && asked !== points)
    throw invalid(
      `MaxNumberOfTrainingJobs [${asked}] must be equal to the number of distinct categorical combinations [${points}] when the strategy is Grid.`,
    )
  // The live service's sentence (github.com/aws/amazon-sagemaker-operator-for-k8s/issues/123).
  if (asked !== undefined && points < asked)
    throw invalid(
      `You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for the provided ranges [${points}.0] must be equal or greater than the value of MaxNumberOfJobs, [${asked}]. Provide additional ranges.`,
    )
  if (asked !== undefined && limits.MaxParallelTrainingJobs > maxJobs)
    throw invalid(
      `MaxParallelTrainingJobs [${limits.MaxParallelTrainingJobs}] must be less than or equal to MaxNumberOfTrainingJobs [${maxJobs}].`,
    )
}

/** In the style of other limits (facts: errors.md A8); the limit's name is inferred. */
function refuseOver(what: string, asked: number, most: number): void {
  if (asked <= most) return
  throw new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit 'Maximum number of ${what}' is ${most}, with a request of ${asked}. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
  )
}
