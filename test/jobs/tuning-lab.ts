import assert from 'node:assert/strict'
import { tuningJobs } from '../../src/services/sagemaker/tuning/tuning-job.ts'
import { until } from '../clients/until.ts'
import type { JobLab } from './lab.ts'

type Input = Record<string, unknown>

export const tuningRole = 'arn:aws:iam::123456789012:role/jobs'
export const tuningImage = '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/tunes:latest'

/** What a training job of the program `tunes` is made of. */
export const definition = (changes: Input = {}): Input => ({
  RoleArn: tuningRole,
  AlgorithmSpecification: {
    TrainingImage: tuningImage,
    TrainingInputMode: 'File',
    MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+);' }],
  },
  OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 120 },
  ...changes,
})

export const objective = { Type: 'Minimize', MetricName: 'loss' }
export const x = { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '10' }] }
export const kinds = (...Values: string[]) => ({ CategoricalParameterRanges: [{ Name: 'kind', Values }] })
export const limits = (jobs: number, parallel: number) => ({
  MaxNumberOfTrainingJobs: jobs,
  MaxParallelTrainingJobs: parallel,
})

/** Input of CreateHyperParameterTuningJob; `config` over what it has, `more` beside it. */
export const tuning = (name: string, config: Input, more: Input = {}): Input => ({
  HyperParameterTuningJobName: name,
  HyperParameterTuningJobConfig: {
    Strategy: 'Random',
    HyperParameterTuningJobObjective: objective,
    ParameterRanges: x,
    RandomSeed: 1,
    ...config,
  },
  TrainingJobDefinition: definition(),
  ...more,
})

/** The tuning job as it is described, once it is over. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
export async function tuned(lab: JobLab, name: string): Promise<any> {
  const { world } = lab.server
  await until(`${name} is over`, () => tuningJobs.find(world.store, lab.server, name)?.over === true)
  return lab.call('sagemaker', 'DescribeHyperParameterTuningJob', { HyperParameterTuningJobName: name })
}

/** Its training jobs, in the order in which they were launched. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
export async function launched(lab: JobLab, name: string, more: Input = {}): Promise<any[]> {
  const answer = await lab.call('sagemaker', 'ListTrainingJobsForHyperParameterTuningJob', {
    HyperParameterTuningJobName: name,
    MaxResults: 100,
    ...more,
  })
  assert.equal(answer.NextToken, undefined)
  return answer.TrainingJobSummaries
}
