import type {
  AutoMLJobObjective,
  AutoMLJobSecondaryStatus,
  AutoMLJobStatus,
  AutoMLPartialFailureReason,
  CreateAutoMLJobCommandInput,
  CreateAutoMLJobV2CommandInput,
  MetricData,
  ProblemType,
} from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Jobs } from '../job.ts'
import type { Job } from '../job.ts'
import type { Place } from '../resources.ts'

export type AutoMLJobV1Request = Shape<CreateAutoMLJobCommandInput>
export type AutoMLJobRequest = Shape<CreateAutoMLJobV2CommandInput>
export type TabularConfig = NonNullable<AutoMLJobRequest['AutoMLProblemTypeConfig']['TabularJobConfig']>

/** Algorithms that are built, as AutoML names them. */
export type Algorithm = 'linear-learner' | 'xgboost' | 'randomforest' | 'extra-trees'

/** A training job that AutoML makes: the name is chosen and kept before it is made, so that a server that comes after finds it. */
export interface AutoMLStep {
  name: string
  /** Folder of its output, below the job's S3OutputPath. */
  outputPath: string
}

/** One model that is tried. */
export interface Candidate extends AutoMLStep {
  algorithm: Algorithm | 'ensemble'
  parameters: Readonly<Record<string, string>>
  /** Of an ensemble: the candidates that it joins. */
  members?: readonly string[]
  /** Epoch seconds. */
  created: number
  ended?: number
  status: 'InProgress' | 'Completed' | 'Failed' | 'Stopped'
  reason?: string
  metrics?: Shape<MetricData>[]
  image: string
  modelUri?: string
}

/** What is kept of an AutoML job, of either version. */
export interface AutoMLDescription {
  /** As it was asked by CreateAutoMLJob; absent for one of version 2. */
  v1?: Omit<AutoMLJobV1Request, 'Tags'>
  /** What it comes to in the words of version 2. */
  request: Omit<AutoMLJobRequest, 'Tags'>
  CreationTime: number
  LastModifiedTime: number
  EndTime?: number
  AutoMLJobStatus: AutoMLJobStatus
  AutoMLJobSecondaryStatus: AutoMLJobSecondaryStatus
  FailureReason?: string
  PartialFailureReasons?: Shape<AutoMLPartialFailureReason>[]
  /** The step that looks at the data, once it was chosen. */
  preparation?: AutoMLStep
  /** Epoch seconds at which the first step began. */
  begun?: number
  /** As given, or as the data tell. */
  resolved?: { ProblemType: ProblemType; AutoMLJobObjective: Shape<AutoMLJobObjective>; mode: Mode }
  candidates: Candidate[]
}

export type Mode = 'ENSEMBLING' | 'HYPERPARAMETER_TUNING'
export type AutoMLJob = Job<AutoMLDescription>

/** True of a call that a running AutoML job makes. Only this server says on whose behalf a call is. */
export const isAutoMLStep = ({ onBehalfOf }: Pick<Call, 'onBehalfOf'>): boolean =>
  onBehalfOf?.split(':', 6)[5]?.startsWith('automl-job/') ?? false

/** How many candidates where the request does not say ("Training modes and algorithm support"). */
export const candidatesByDefault: Readonly<Record<Mode, number>> = { ENSEMBLING: 10, HYPERPARAMETER_TUNING: 100 }

export const tabular = ({ request }: AutoMLDescription): TabularConfig =>
  request.AutoMLProblemTypeConfig.TabularJobConfig!

class AutoMLJobs extends Jobs<AutoMLDescription> {
  override must(store: Store, at: Place, name: string): AutoMLJob {
    const found = this.find(store, at, name)
    // inferred: sentence
    if (!found) throw new AwsError('ResourceNotFound', `Could not find requested AutoML job with name: ${name}`)
    return found
  }
}

export const autoMLJobs = new AutoMLJobs({
  type: 'automl-job',
  create: 'CreateAutoMLJob',
  noun: 'AutoML job',
  entryOf: (description) => ({
    created: description.CreationTime,
    modified: description.LastModifiedTime,
    status: description.AutoMLJobStatus,
  }),
  transfers({ description: { request } }) {
    const sources = request.AutoMLJobInputDataConfig.flatMap(({ DataSource }) => DataSource?.S3DataSource ?? [])
    const folder = request.OutputDataConfig.S3OutputPath.replace(/\/+$/, '')
    return {
      reads: sources.map(({ S3Uri, S3DataType }) => ({ uri: S3Uri, prefix: S3DataType === 'S3Prefix' })),
      writes: [],
      outputs: [`${folder}/`],
    }
  },
})

const OVER: readonly AutoMLJobStatus[] = ['Completed', 'Failed', 'Stopped']

/** Moves a job on. `now` in epoch seconds. */
export function transition(
  job: AutoMLJob,
  status: AutoMLJobStatus,
  secondary: AutoMLJobSecondaryStatus,
  now: number,
): void {
  const { description } = job
  description.AutoMLJobStatus = status
  description.AutoMLJobSecondaryStatus = secondary
  description.LastModifiedTime = now
  if (!OVER.includes(status)) return
  description.EndTime = now
  job.over = true
}

/** A request of version 1 in the words of version 2 ("Migrate a CreateAutoMLJob to CreateAutoMLJobV2"). */
export function asVersion2(v1: AutoMLJobV1Request): AutoMLJobRequest {
  const { AutoMLJobConfig: config = {}, InputDataConfig: channels } = v1
  const { CandidateGenerationConfig: generation = {} } = config
  const { TargetAttributeName, SampleWeightAttributeName } = channels[0]!
  const table = given({
    TargetAttributeName,
    SampleWeightAttributeName,
    ProblemType: v1.ProblemType,
    Mode: config.Mode,
    CompletionCriteria: config.CompletionCriteria,
    GenerateCandidateDefinitionsOnly: v1.GenerateCandidateDefinitionsOnly,
    FeatureSpecificationS3Uri: generation.FeatureSpecificationS3Uri,
    CandidateGenerationConfig: generation.AlgorithmsConfig && { AlgorithmsConfig: generation.AlgorithmsConfig },
  })
  return given({
    AutoMLJobName: v1.AutoMLJobName,
    AutoMLJobInputDataConfig: channels.map(({ TargetAttributeName: _, SampleWeightAttributeName: __, ...one }) => one),
    OutputDataConfig: v1.OutputDataConfig,
    AutoMLProblemTypeConfig: { TabularJobConfig: table },
    RoleArn: v1.RoleArn,
    Tags: v1.Tags,
    SecurityConfig: config.SecurityConfig,
    AutoMLJobObjective: v1.AutoMLJobObjective,
    ModelDeployConfig: v1.ModelDeployConfig,
    DataSplitConfig: config.DataSplitConfig,
  }) as AutoMLJobRequest
}

/** Without the members that are not there. */
export function given<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
