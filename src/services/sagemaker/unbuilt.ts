import { AwsError } from '../../wire/aws-error.ts'
import type { TrainingJobRequest } from './training/training-job.ts'

/** What CreateTrainingJob knows on AWS and is not run here: refused by name, before anything is done. */
export function refuseUnbuilt(input: TrainingJobRequest): void {
  const channels = input.InputDataConfig ?? []
  const { AlgorithmSpecification: algorithm, ResourceConfig: resources } = input
  const sources = channels.flatMap((one) => one.DataSource?.S3DataSource ?? [])
  const asked: Record<string, unknown> = {
    'AlgorithmSpecification.AlgorithmName': algorithm?.AlgorithmName,
    'a job without AlgorithmSpecification.TrainingImage': !algorithm?.TrainingImage,
    'AlgorithmSpecification.TrainingImageConfig': algorithm?.TrainingImageConfig,
    'channels other than S3': channels.some((one) => !one.DataSource?.S3DataSource?.S3Uri),
    'S3DataType Converse': sources.some((one) => one.S3DataType === 'Converse'),
    'S3DataSource.HubAccessConfig': sources.some((one) => one.HubAccessConfig),
    'ResourceConfig.TrainingPlanArn': resources?.TrainingPlanArn,
    'ResourceConfig.InstancePreferences': unmodelled(resources, 'InstancePreferences'),
    'ResourceConfig.InstancePlacementConfig': unmodelled(resources, 'InstancePlacementConfig'),
    'SessionChainingConfig.EnableSessionTagChaining': input.SessionChainingConfig?.EnableSessionTagChaining,
    ServerlessJobConfig: unmodelled(input, 'ServerlessJobConfig'),
    MlflowConfig: unmodelled(input, 'MlflowConfig'),
    ModelPackageConfig: unmodelled(input, 'ModelPackageConfig'),
  }
  const named = Object.keys(asked).filter((name) => asked[name])
  if (named.length) {
    throw new AwsError(
      'NotImplemented',
      `CreateTrainingJob: not built in Sallyport yet: ${named.join(', ')}; nothing was done.`,
      501,
    )
  }
}

/** A member that the SDK's types may not have yet. */
const unmodelled = (value: object | undefined, name: string) => (value as Record<string, unknown> | undefined)?.[name]
