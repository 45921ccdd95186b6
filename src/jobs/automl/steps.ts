import { createHash } from 'node:crypto'
import type { ProblemType } from '@aws-sdk/client-sagemaker'
import { tabular } from '../../services/sagemaker/automl/automl-job.ts'
import type { AutoMLJob, AutoMLStep, Candidate } from '../../services/sagemaker/automl/automl-job.ts'
import type { World } from '../../world.ts'

/** What a step's program is told, and where it reads. */
export interface StepTask {
  hyperParameters: Readonly<Record<string, string>>
  /** Channel → S3 prefix. */
  channels: readonly { name: string; uri: string; type?: 'S3Prefix' | 'ManifestFile' }[]
  metrics: readonly string[]
}

const regression = ['MSE', 'RMSE', 'MAE', 'R2']
const both = ['Accuracy', 'BalancedAccuracy', 'LogLoss']
const binary = [...both, 'F1', 'Precision', 'Recall', 'AUC']
const multiclass = [...both, 'F1macro', 'PrecisionMacro', 'RecallMacro']
const metricsOf: Readonly<Record<ProblemType, readonly string[]>> = {
  Regression: regression,
  BinaryClassification: binary,
  MulticlassClassification: multiclass,
}

const hours = (count: number) => count * 3600

/**
 * A name for a step's training job, as AWS builds them: the AutoML job's, a part that says which, something random. At most
 * 63 characters.
 */
export function newName(world: World, job: string, part: string): string {
  return `${job}-${part}-${world.hex(16)}`.slice(0, 63)
}

/** Where steps write, as AWS lays it out: below OUTPUT/JOB. */
export const folderBelow = ({ name, description }: AutoMLJob, folder: string): string =>
  `${description.request.OutputDataConfig.S3OutputPath.replace(/\/+$/, '')}/${name}/${folder}`

/** The first step: looks at the data, and finds what kind of problem it is. */
export function preparation({ arn, description }: AutoMLJob): StepTask {
  const { request } = description
  const { TargetAttributeName, SampleWeightAttributeName, ProblemType, FeatureSpecificationS3Uri } =
    tabular(description)
  const fraction = request.DataSplitConfig?.ValidationFraction
  return {
    hyperParameters: {
      step: 'prepare',
      target: TargetAttributeName,
      // The same job splits the same way whenever it is run.
      seed: String(createHash('sha256').update(arn).digest().readUInt32BE()),
      ...(SampleWeightAttributeName !== undefined && { sample_weight: SampleWeightAttributeName }),
      ...(ProblemType !== undefined && { problem_type: ProblemType }),
      ...(fraction !== undefined && { validation_fraction: String(fraction) }),
    },
    channels: [
      ...request.AutoMLJobInputDataConfig.map(({ ChannelType = 'training', DataSource }) => {
        const { S3Uri, S3DataType } = DataSource!.S3DataSource
        return { name: ChannelType, uri: S3Uri, type: S3DataType as 'S3Prefix' | 'ManifestFile' }
      }),
      ...(FeatureSpecificationS3Uri === undefined ? [] : [{ name: 'features', uri: FeatureSpecificationS3Uri }]),
    ],
    metrics: ['Rows', 'ValidationRows', 'Classes', 'Features', 'Bytes'].map((name) => `data:${name}`),
  }
}

/**
 * One candidate's training, or that of several whose mean it is. It reads the job's input as the first step did, and nothing
 * that a step wrote: the role page asks for no more than kms:Encrypt on the key of the output.
 */
export function trial(job: AutoMLJob, candidate: Candidate): StepTask {
  const { candidates, resolved } = job.description
  const { hyperParameters, channels } = preparation(job)
  const members = (candidate.members ?? []).map((name) => candidates.find((one) => one.name === name)!)
  return {
    hyperParameters: {
      ...hyperParameters,
      ...candidate.parameters,
      problem_type: resolved!.ProblemType,
      // What is left of its time is for measuring and writing.
      seconds: String(Math.ceil(runtimeOf(job) * 0.7)),
      ...(candidate.algorithm === 'ensemble'
        ? {
            step: 'ensemble',
            members: JSON.stringify(members.map(({ algorithm, parameters }) => ({ algorithm, parameters }))),
          }
        : { step: 'train', algorithm: candidate.algorithm }),
    },
    channels,
    metrics: [
      ...metricsOf[resolved!.ProblemType].flatMap((name) => [`train:${name}`, `validation:${name}`]),
      'validation:InferenceLatency',
    ],
  }
}

/** MaxRuntimePerTrainingJobInSeconds; the default is that of training jobs. */
const runtimeOf = ({ description }: AutoMLJob): number =>
  tabular(description).CompletionCriteria?.MaxRuntimePerTrainingJobInSeconds ?? hours(24)

/** The CreateTrainingJob by which AutoML makes a step. */
export function stepRequest(job: AutoMLJob, image: string, step: AutoMLStep, task: StepTask): Record<string, unknown> {
  const { request } = job.description
  const { SecurityConfig: security, OutputDataConfig: output } = request
  return {
    TrainingJobName: step.name,
    RoleArn: job.roleArn,
    AlgorithmSpecification: {
      TrainingImage: image,
      TrainingInputMode: 'File',
      MetricDefinitions: task.metrics.map((Name) => ({ Name, Regex: `${Name}=(-?[0-9.]+(?:e[-+]?[0-9]+)?);` })),
    },
    HyperParameters: task.hyperParameters,
    InputDataConfig: task.channels.map(({ name, uri, type = 'S3Prefix' }) => ({
      ChannelName: name,
      DataSource: { S3DataSource: { S3DataType: type, S3Uri: uri, S3DataDistributionType: 'FullyReplicated' } },
    })),
    OutputDataConfig: { S3OutputPath: step.outputPath, ...(output.KmsKeyId && { KmsKeyId: output.KmsKeyId }) },
    ResourceConfig: {
      InstanceType: 'ml.m5.4xlarge',
      InstanceCount: 1,
      VolumeSizeInGB: 50,
      ...(security?.VolumeKmsKeyId && { VolumeKmsKeyId: security.VolumeKmsKeyId }),
    },
    StoppingCondition: { MaxRuntimeInSeconds: runtimeOf(job) },
    EnableInterContainerTrafficEncryption: security?.EnableInterContainerTrafficEncryption ?? false,
    ...(security?.VpcConfig && { VpcConfig: security.VpcConfig }),
  }
}
