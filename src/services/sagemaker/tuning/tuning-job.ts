import type {
  CreateHyperParameterTuningJobCommandInput,
  DescribeHyperParameterTuningJobCommandOutput,
  HyperParameterTrainingJobDefinition,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Jobs } from '../job.ts'
import type { Job } from '../job.ts'
import { trainingJobs } from '../training/training-job.ts'
import type { TrainingJobRequest } from '../training/training-job.ts'

export type TuningRequest = Shape<CreateHyperParameterTuningJobCommandInput>
export type TuningDescription = Shape<DescribeHyperParameterTuningJobCommandOutput>
export type TuningJob = Job<TuningDescription>
export type TrainingDefinition = Shape<HyperParameterTrainingJobDefinition>

export const tuningJobs = new Jobs<TuningDescription>({
  type: 'hyper-parameter-tuning-job',
  create: 'CreateHyperParameterTuningJob',
  noun: 'hyperparameter tuning job',
  entryOf: (description) => ({
    created: description.CreationTime,
    modified: description.LastModifiedTime!,
    status: description.HyperParameterTuningJobStatus,
  }),
  // The model's error (API_DescribeHyperParameterTuningJob); the sentence is that of training jobs. inferred
  notFound: () => new AwsError('ResourceNotFound', 'Requested resource not found.'),
  children: (store, job) =>
    trainingJobs.all(store, job, `${job.name}-`).filter(({ description }) => description.TuningJobArn === job.arn),
  transfers({ name, description }) {
    const all = definitionsOf(description).map((definition) =>
      trainingJobs.facts.transfers({
        name,
        description: definition,
      } as unknown as Parameters<typeof trainingJobs.facts.transfers>[0]),
    )
    return {
      reads: all.flatMap(({ reads }) => reads),
      // Below the names of its training jobs, which nobody knows before.
      writes: [],
      outputs: [...new Set(all.flatMap(({ outputs }) => outputs))],
    }
  },
})

export function definitionsOf({
  TrainingJobDefinition: one,
  TrainingJobDefinitions: several,
}: Pick<TuningRequest, 'TrainingJobDefinition' | 'TrainingJobDefinitions'>): TrainingDefinition[] {
  return one ? [one] : (several ?? [])
}

/** The request that a training job of a definition is made by: one that SageMaker itself makes. */
export function trainingRequestOf(
  definition: TrainingDefinition,
  name: string,
  hyperparameters: Readonly<Record<string, string>>,
): TrainingJobRequest {
  const {
    DefinitionName: _name,
    TuningObjective: _objective,
    HyperParameterRanges: _ranges,
    StaticHyperParameters: fixed,
    HyperParameterTuningResourceConfig: flexible,
    ResourceConfig: resources,
    ...request
  } = definition
  return {
    ...request,
    TrainingJobName: name,
    HyperParameters: { ...fixed, ...hyperparameters },
    ResourceConfig: resources ?? resourcesOf(flexible),
  }
}

/** Of InstanceConfigs the first, which is there: AllocationStrategy Prioritized (API_HyperParameterTuningResourceConfig). */
function resourcesOf(flexible: TrainingDefinition['HyperParameterTuningResourceConfig']): object {
  const { InstanceConfigs: configs, AllocationStrategy: _, ...one } = flexible ?? {}
  return { ...one, ...configs?.[0] }
}
