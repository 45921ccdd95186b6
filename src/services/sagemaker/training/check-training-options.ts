import { AwsError } from '../../../wire/aws-error.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import type { TrainingJobRequest } from './training-job.ts'

type Channel = NonNullable<TrainingJobRequest['InputDataConfig']>[number]

const invalid = (text: string) => new AwsError('ValidationException', text)

/** Rules between members of instances, input modes, spot training and checkpoints. Sentences inferred but for those that say where they are from. */
export function checkTrainingOptions(input: TrainingJobRequest): void {
  checkInstances(input)
  for (const channel of input.InputDataConfig ?? []) checkChannel(channel, input)
  checkSpot(input)
  checkCheckpoints(input)
}

/** API_ResourceConfig: a type and a count, or groups of them. */
function checkInstances({ ResourceConfig: resources }: TrainingJobRequest): void {
  if (!resources) throw invalid('ResourceConfig is required.')
  const { InstanceGroups: groups, InstanceType: type, InstanceCount: count } = resources
  if (!groups?.length) {
    if (type === undefined || !count) throw invalid('InstanceType and InstanceCount must be specified.')
    return
  }
  if (type !== undefined || count !== undefined)
    throw invalid('InstanceType and InstanceCount cannot be specified together with InstanceGroups.')
  const names = groups.map((one) => one.InstanceGroupName)
  if (new Set(names).size !== names.length) throw invalid('Instance group names must be unique.')
  if (groups.some((one) => one.InstanceCount < 1))
    throw invalid('InstanceCount of an instance group must be at least 1.')
}

function checkChannel(
  channel: Channel,
  { AlgorithmSpecification: algorithm, ResourceConfig }: TrainingJobRequest,
): void {
  const { ChannelName: name, CompressionType, RecordWrapperType } = channel
  const source = channel.DataSource?.S3DataSource
  if (!source) return
  parseS3Uri(source.S3Uri)
  const mode = channel.InputMode ?? algorithm?.TrainingInputMode
  const augmented = source.S3DataType === 'AugmentedManifestFile'
  if (augmented && mode !== 'Pipe')
    throw invalid(`AugmentedManifestFile can only be used if the channel's input mode is Pipe (channel "${name}").`)
  if (augmented && !source.AttributeNames?.length)
    throw invalid(`AttributeNames must be specified for an AugmentedManifestFile (channel "${name}").`)
  if (!augmented && source.AttributeNames?.length)
    throw invalid(`AttributeNames can only be specified for an AugmentedManifestFile (channel "${name}").`)
  if (mode !== 'Pipe' && CompressionType === 'Gzip')
    throw invalid(`CompressionType is used only in Pipe input mode (channel "${name}").`)
  if (mode !== 'Pipe' && RecordWrapperType === 'RecordIO')
    throw invalid(`RecordWrapperType is used only in Pipe input mode (channel "${name}").`)
  const groups = (ResourceConfig?.InstanceGroups ?? []).map((one) => one.InstanceGroupName)
  const stranger = source.InstanceGroupNames?.find((one) => !groups.includes(one))
  if (stranger !== undefined) throw invalid(`Channel "${name}" names an unknown instance group: ${stranger}.`)
}

/** API_StoppingCondition: MaxWaitTimeInSeconds "must be equal to or greater than MaxRuntimeInSeconds". */
function checkSpot({ EnableManagedSpotTraining: spot, StoppingCondition: stopping }: TrainingJobRequest): void {
  const { MaxWaitTimeInSeconds: wait, MaxRuntimeInSeconds: run = 86_400 } = stopping ?? {}
  // The live service's sentence (aws/sagemaker-python-sdk issues 1011 and 4140).
  if (!spot && wait !== undefined)
    throw invalid('Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true')
  if (spot && (wait === undefined || wait < run))
    throw invalid(
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    )
}

/** Folders of the container contract, and of the operating system, which checkpoints would hide. */
const TAKEN = [
  '/opt/ml/input',
  '/opt/ml/model',
  '/opt/ml/output',
  '/opt/ml/code',
  '/opt/program',
  '/proc',
  '/dev',
  '/etc',
]

function checkCheckpoints({ CheckpointConfig: checkpoints }: TrainingJobRequest): void {
  if (!checkpoints) return
  parseS3Uri(checkpoints.S3Uri)
  const { LocalPath: path } = checkpoints
  if (path === undefined) return
  const plain = path.startsWith('/') && !path.split('/').some((part) => part === '.' || part === '..')
  const taken =
    TAKEN.some((one) => `${path}/`.startsWith(`${one}/`)) ||
    ['/', '/opt', '/opt/ml'].includes(path.replace(/\/+$/, '') || '/')
  if (!plain || taken) throw invalid(`CheckpointConfig.LocalPath cannot be ${path}.`)
}
