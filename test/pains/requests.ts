import type { Kind } from './kinds.ts'

type Changes = (kind: Kind) => Record<string, unknown>

/** Members by which each kind says where its data lies. */
export const from =
  (S3Uri: string): Changes =>
  ({ create }) => {
    const data = { S3DataType: 'S3Prefix', S3Uri }
    const channels = [{ ChannelName: 'train', DataSource: { S3DataSource: data } }]
    switch (create) {
      case 'CreateTrainingJob':
        return { InputDataConfig: channels }
      case 'CreateHyperParameterTuningJob':
        return { TrainingJobDefinition: { InputDataConfig: channels } }
      case 'CreateProcessingJob': {
        const S3Input = { ...data, LocalPath: '/opt/ml/processing/input', S3InputMode: 'File' }
        return { ProcessingInputs: [{ InputName: 'data', S3Input }] }
      }
      case 'CreateTransformJob':
        return { TransformInput: { DataSource: { S3DataSource: data } } }
      case 'CreateAutoMLJob':
        return { InputDataConfig: [{ DataSource: { S3DataSource: data }, TargetAttributeName: 'y' }] }
      case 'CreateCompilationJob':
        return { InputConfig: { S3Uri: `${S3Uri}model.tar.gz` } }
      default:
        return { PrimaryContainer: { ModelDataUrl: `${S3Uri}model.tar.gz` } }
    }
  }

/** Members by which each kind names its container. */
export const withImage =
  (image: string): Changes =>
  ({ create }) => {
    const algorithm = { AlgorithmSpecification: { TrainingImage: image } }
    switch (create) {
      case 'CreateTrainingJob':
        return algorithm
      case 'CreateHyperParameterTuningJob':
        return { TrainingJobDefinition: algorithm }
      case 'CreateProcessingJob':
        return { AppSpecification: { ImageUri: image } }
      default:
        return { PrimaryContainer: { Image: image } }
    }
  }

/** Half a VpcConfig. */
export const withoutSubnets: Changes = ({ create }) => {
  const VpcConfig = { Subnets: [], SecurityGroupIds: ['{group}'] }
  switch (create) {
    case 'CreateProcessingJob':
      return { NetworkConfig: { VpcConfig } }
    case 'CreateHyperParameterTuningJob':
      return { TrainingJobDefinition: { VpcConfig } }
    case 'CreateAutoMLJob':
      return { AutoMLJobConfig: { SecurityConfig: { VpcConfig } } }
    default:
      return { VpcConfig }
  }
}
