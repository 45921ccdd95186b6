import { image, region, roleArn, type Things } from './world.ts'

type Input = Record<string, unknown>

/** A kind of job, and one request of it in which every step has something to do. */
export interface Kind {
  title: string
  /** As in its ARN. */
  type: string
  /** As in its operations and members: Create…, Describe…, …Name, …Status. */
  noun: string
  /** `long`: its program does not end by itself. */
  request(things: Things, name: string, long: boolean): Input
  /** The step in which its program runs. */
  program?: string
  /** There is a Delete operation. */
  deletes: boolean
  /** A state that is no step. */
  state?: { member: string; value: string }
  /** A server that comes after goes on with it. What its training jobs' names go on with, of those that are cut. */
  children?: readonly string[]
}

const hosts = (key: string) => ({
  InstanceType: 'ml.m5.large',
  InstanceCount: 2,
  VolumeSizeInGB: 1,
  VolumeKmsKeyId: key,
})

const s3 = (uri: string) => ({ S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } })

const training = ({ vpc, key }: Things, name: string, changes: Input, hyperParameters: Input): Input => ({
  TrainingJobName: name,
  RoleArn: roleArn,
  AlgorithmSpecification: {
    TrainingImage: image('reports'),
    TrainingInputMode: 'File',
    MetricDefinitions: [{ Name: 'runs', Regex: 'RUNS ([0-9]+)' }],
  },
  InputDataConfig: [
    { ChannelName: 'data', DataSource: s3('s3://jobs/data/') },
    { ChannelName: 'piped', InputMode: 'Pipe', DataSource: s3('s3://jobs/data/') },
  ],
  CheckpointConfig: { S3Uri: `s3://jobs/checkpoints/${name}` },
  OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
  ResourceConfig: hosts(key),
  VpcConfig: vpc,
  HyperParameters: { checkpoints: '/opt/ml/checkpoints', points: '3', megabytes: '1', ...hyperParameters },
  ...changes,
})

export const kinds: readonly Kind[] = [
  {
    title: 'training',
    type: 'training-job',
    noun: 'TrainingJob',
    program: 'Train',
    deletes: true,
    request: (things, name, long) => training(things, name, {}, { seconds: long ? '600' : '0.1' }),
  },
  {
    title: 'training on spot instances that are taken back',
    type: 'training-job',
    noun: 'TrainingJob',
    program: 'Train',
    deletes: true,
    state: { member: 'SecondaryStatus', value: 'Interrupted' },
    request: (things, name, long) => {
      const spot = {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 600 },
        Environment: {
          SALLYPORT_SPOT_INTERRUPT_AFTER_SECONDS: long ? '' : '0.4',
          SALLYPORT_SPOT_WAIT_SECONDS: '0.1',
        },
      }
      return training(things, name, spot, { first: '600' })
    },
  },
  {
    title: 'processing',
    type: 'processing-job',
    noun: 'ProcessingJob',
    program: 'Process',
    deletes: true,
    request: ({ vpc, key }, name, long) => ({
      ProcessingJobName: name,
      RoleArn: roleArn,
      AppSpecification: { ImageUri: image('processes') },
      ProcessingResources: { ClusterConfig: hosts(key) },
      NetworkConfig: { VpcConfig: vpc },
      ProcessingInputs: [
        {
          InputName: 'in',
          S3Input: { S3Uri: 's3://jobs/data/', LocalPath: '/opt/ml/processing/input', S3DataType: 'S3Prefix' },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'out',
            S3Output: {
              S3Uri: `s3://jobs/out/${name}`,
              LocalPath: '/opt/ml/processing/output',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      Environment: { SECONDS: long ? '600' : '0.1' },
    }),
  },
  {
    title: 'transform',
    type: 'transform-job',
    noun: 'TransformJob',
    program: 'Transform',
    deletes: false,
    request: ({ key }, name, long) => ({
      TransformJobName: name,
      ModelName: long ? 'slow' : 'quick',
      TransformInput: { DataSource: s3('s3://jobs/in/') },
      TransformOutput: { S3OutputPath: `s3://jobs/out/${name}` },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeKmsKeyId: key },
    }),
  },
  {
    title: 'compilation',
    type: 'compilation-job',
    noun: 'CompilationJob',
    program: 'Compile',
    deletes: true,
    request: ({ vpc }, name, long) => ({
      CompilationJobName: name,
      RoleArn: roleArn,
      InputConfig: { S3Uri: 's3://jobs/model.tar.gz', Framework: 'XGBOOST' },
      OutputConfig: {
        S3OutputLocation: `s3://jobs/out/${name}`,
        TargetDevice: 'ml_c5',
        CompilerOptions: JSON.stringify({ seconds: long ? 600 : 0 }),
      },
      VpcConfig: vpc,
      StoppingCondition: { MaxRuntimeInSeconds: 900 },
    }),
  },
  {
    title: 'tuning',
    type: 'hyper-parameter-tuning-job',
    noun: 'HyperParameterTuningJob',
    deletes: true,
    children: ['-001-', '-003-'],
    request: ({ vpc, key }, name, long) => ({
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobConfig: {
        Strategy: 'Bayesian',
        HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
        ParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '10' }] },
        RandomSeed: 1,
        ResourceLimits: { MaxNumberOfTrainingJobs: 3, MaxParallelTrainingJobs: 2 },
      },
      TrainingJobDefinition: {
        RoleArn: roleArn,
        AlgorithmSpecification: {
          TrainingImage: image('tunes'),
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+);' }],
        },
        StaticHyperParameters: { epochs: long ? '600' : '2', seconds: long ? '1' : '0.05' },
        OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
        ResourceConfig: { ...hosts(key), InstanceCount: 1 },
        VpcConfig: vpc,
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
      },
    }),
  },
  {
    title: 'AutoML',
    type: 'automl-job',
    noun: 'AutoMLJob',
    deletes: false,
    children: ['-dpp1-1-', '-002-'],
    request: ({ vpc, key }, name) => ({
      AutoMLJobName: name,
      RoleArn: roleArn,
      InputDataConfig: [{ ChannelType: 'training', DataSource: s3('s3://jobs/table/'), TargetAttributeName: 'label' }],
      OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
      ProblemType: 'BinaryClassification',
      AutoMLJobObjective: { MetricName: 'F1' },
      AutoMLJobConfig: {
        Mode: 'HYPERPARAMETER_TUNING',
        CompletionCriteria: { MaxCandidates: 2 },
        SecurityConfig: { VolumeKmsKeyId: key, VpcConfig: vpc },
      },
    }),
  },
]

export const arnOf = ({ type }: Kind, name: string) => `arn:aws:sagemaker:${region}:123456789012:${type}/${name}`
