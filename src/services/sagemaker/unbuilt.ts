import { AwsError } from '../../wire/aws-error.ts'
import type { TrainingJobRequest } from './training-job.ts'

/** What CreateTrainingJob knows on AWS and this slice does not run: refused by name, before anything is done. */
export function refuseUnbuilt(input: TrainingJobRequest): void {
  const channels = input.InputDataConfig ?? []
  const algorithm = input.AlgorithmSpecification
  const asked: Record<string, unknown> = {
    'OutputDataConfig.KmsKeyId': input.OutputDataConfig.KmsKeyId,
    'OutputDataConfig.CompressionType NONE': input.OutputDataConfig.CompressionType === 'NONE',
    'ResourceConfig.VolumeKmsKeyId': input.ResourceConfig?.VolumeKmsKeyId,
    'ResourceConfig.InstanceGroups': input.ResourceConfig?.InstanceGroups?.length,
    'AlgorithmSpecification.AlgorithmName': algorithm?.AlgorithmName,
    'a job without AlgorithmSpecification.TrainingImage': !algorithm?.TrainingImage,
    'TrainingInputMode Pipe or FastFile':
      algorithm?.TrainingInputMode !== 'File' || channels.some((one) => one.InputMode && one.InputMode !== 'File'),
    'channels other than S3': channels.some((one) => !one.DataSource?.S3DataSource?.S3Uri),
    'S3DataType AugmentedManifestFile': channels.some(
      (one) => !['S3Prefix', 'ManifestFile'].includes(one.DataSource?.S3DataSource?.S3DataType ?? ''),
    ),
    'compressed channels': channels.some((one) => one.CompressionType === 'Gzip'),
    EnableManagedSpotTraining: input.EnableManagedSpotTraining,
    CheckpointConfig: input.CheckpointConfig,
    ServerlessJobConfig: (input as Record<string, unknown>)['ServerlessJobConfig'],
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
