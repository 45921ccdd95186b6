import type { AutoMLAlgorithm, AutoMLMetricEnum, AutoMLMode, ProblemType } from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Algorithm, AutoMLJobRequest, AutoMLJobV1Request } from './automl-job.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { refuseForeignRole } from '../passed-role.ts'

/** Objectives by problem type (API_AutoMLJobObjective). */
const objectives: Readonly<Record<ProblemType, readonly AutoMLMetricEnum[]>> = {
  Regression: ['MAE', 'MSE', 'R2', 'RMSE'],
  BinaryClassification: ['Accuracy', 'AUC', 'BalancedAccuracy', 'F1', 'Precision', 'Recall'],
  MulticlassClassification: ['Accuracy', 'BalancedAccuracy', 'F1macro', 'PrecisionMacro', 'RecallMacro'],
}

/** Where none is given (API_AutoMLJobObjective). */
export const objectiveByDefault: Readonly<Record<ProblemType, AutoMLMetricEnum>> = {
  Regression: 'MSE',
  BinaryClassification: 'F1',
  MulticlassClassification: 'Accuracy',
}

/** Algorithms by training mode (API_AutoMLAlgorithmConfig). */
const algorithms: Readonly<Record<Exclude<AutoMLMode, 'AUTO'>, readonly AutoMLAlgorithm[]>> = {
  ENSEMBLING: [
    'catboost',
    'extra-trees',
    'fastai',
    'lightgbm',
    'linear-learner',
    'nn-torch',
    'randomforest',
    'xgboost',
  ],
  HYPERPARAMETER_TUNING: ['linear-learner', 'mlp', 'xgboost'],
}

const built: readonly string[] = ['linear-learner', 'xgboost', 'randomforest', 'extra-trees'] satisfies Algorithm[]

const contentTypes: readonly string[] = ['', 'text/csv', 'text/csv;header=present']

/** Kinds of problems that AutoML V2 knows beside tables. */
const otherProblems = [
  'ImageClassificationJobConfig',
  'TextClassificationJobConfig',
  'TimeSeriesForecastingJobConfig',
  'TextGenerationJobConfig',
] as const

/** What AWS would do and this server does not: refused by name, before anything is done. */
export function refuseUnbuiltAutoML(operation: string, input: AutoMLJobRequest): void {
  const { AutoMLProblemTypeConfig: problem, ModelDeployConfig: deploy } = input
  const table = problem.TabularJobConfig
  const named = algorithmsOf(input) ?? []
  refuseNotBuilt(operation, {
    ...Object.fromEntries(otherProblems.map((name) => [name, problem[name]])),
    'ModelDeployConfig (endpoints)': deploy?.AutoGenerateEndpointName || deploy?.EndpointName,
    GenerateCandidateDefinitionsOnly: table?.GenerateCandidateDefinitionsOnly,
    AutoMLComputeConfig: input.AutoMLComputeConfig,
    ...Object.fromEntries(named.map((name) => [`the algorithm ${name}`, !built.includes(name)])),
    'the content type Parquet': input.AutoMLJobInputDataConfig.some(({ ContentType = '' }) =>
      ContentType.includes('parquet'),
    ),
  })
}

/** Members of version 1's channels that must be the same in all. */
export function checkVersion1({ InputDataConfig: channels }: AutoMLJobV1Request): void {
  const [first, second] = channels
  if (second && second.TargetAttributeName !== first!.TargetAttributeName)
    invalid('All channels must have the same TargetAttributeName.') // inferred: sentence
  if (second && second.SampleWeightAttributeName !== first!.SampleWeightAttributeName)
    invalid('All channels must have the same SampleWeightAttributeName.') // inferred: sentence
}

/** Rules between members, which the model cannot state (API_CreateAutoMLJobV2 and what it points to). Sentences inferred. */
export function checkAutoMLRequest(input: AutoMLJobRequest, call: Call): void {
  refuseForeignRole(call, input.RoleArn)
  const { AutoMLJobInputDataConfig: channels, AutoMLJobObjective: objective, AutoMLProblemTypeConfig: problem } = input
  const table = problem.TabularJobConfig
  if (!table) throw new AwsError('ValidationException', 'AutoMLProblemTypeConfig must name one problem type.')
  if ((table.ProblemType === undefined) !== (objective === undefined))
    invalid('You must either provide both the AutoMLJobObjective and the ProblemType, or none at all.')
  const metric = objective?.MetricName
  if (table.ProblemType && metric && !objectives[table.ProblemType].includes(metric))
    invalid(`The objective metric ${metric} is not supported for the problem type ${table.ProblemType}.`)
  const types = channels.map(({ ChannelType = 'training' }) => ChannelType)
  if (types.filter((one) => one === 'training').length !== 1 || new Set(types).size !== types.length)
    invalid('Exactly one training channel and at most one validation channel must be given.')
  if (types.length > 1 && input.DataSplitConfig?.ValidationFraction !== undefined)
    invalid('A ValidationFraction and a validation channel cannot be given together.')
  for (const { ContentType = '', DataSource } of channels) {
    if (!contentTypes.includes(ContentType)) invalid(`The content type ${ContentType} is not supported.`)
    const source = DataSource?.S3DataSource
    if (!source) invalid('A channel must have a DataSource.')
    if (source.S3DataType === 'AugmentedManifestFile')
      invalid('The S3DataType AugmentedManifestFile is not supported for tabular problem types.')
    parseS3Uri(source.S3Uri)
  }
  parseS3Uri(input.OutputDataConfig.S3OutputPath)
  checkAlgorithms(input)
}

function checkAlgorithms(input: AutoMLJobRequest): void {
  const named = algorithmsOf(input)
  if (!named) return
  const mode = input.AutoMLProblemTypeConfig.TabularJobConfig!.Mode ?? 'AUTO'
  if (mode === 'AUTO') invalid('Algorithms cannot be selected when the training mode is AUTO.')
  if (named.length === 0) invalid('At least one algorithm must be selected.')
  const known = algorithms[mode]
  const strange = named.find((one) => !known.includes(one))
  if (strange) invalid(`The algorithm ${strange} is not supported in the training mode ${mode}.`)
}

/** The algorithms that a request selects. */
export function algorithmsOf(input: Pick<AutoMLJobRequest, 'AutoMLProblemTypeConfig'>): AutoMLAlgorithm[] | undefined {
  const generation = input.AutoMLProblemTypeConfig.TabularJobConfig?.CandidateGenerationConfig
  return generation?.AlgorithmsConfig?.[0]?.AutoMLAlgorithms
}

function invalid(sentence: string): never {
  throw new AwsError('ValidationException', sentence)
}
