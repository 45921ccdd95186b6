import { AwsError } from '../../../wire/aws-error.ts'
import type { Call } from '../../../door/call.ts'
import { containersOf } from './model.ts'
import type { ModelContainer, ModelRequest } from './model.ts'
import { modelDataOf } from './model-data.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { refuseForeignRole } from '../passed-role.ts'

const environmentBytesMax = 32 * 1024

/** What CreateModel knows on AWS and is not built: refused by name, before anything is done. */
export function refuseUnbuiltModel(input: ModelRequest): void {
  const containers = containersOf(input)
  const any = (asked: (container: ModelContainer) => unknown) => containers.some((one) => asked(one))
  const sources = containers.flatMap(({ ModelDataSource: own, AdditionalModelDataSources: more = [] }) =>
    [own?.S3DataSource, ...more.map(({ S3DataSource }) => S3DataSource)].flatMap((one) => one ?? []),
  )
  refuseNotBuilt('CreateModel', {
    // On AWS such a model is for inference components, whose endpoint brings the role.
    'a model without ExecutionRoleArn': !input.ExecutionRoleArn,
    ModelPackageName: any((one) => one.ModelPackageName),
    InferenceSpecificationName: any((one) => one.InferenceSpecificationName),
    'ImageConfig.RepositoryAccessMode Vpc': any((one) => one.ImageConfig?.RepositoryAccessMode === 'Vpc'),
    ContainerMetricsConfig: any((one) => one.ContainerMetricsConfig),
    HubAccessConfig: sources.some((one) => one.HubAccessConfig),
    ManifestS3Uri: sources.some((one) => one.ManifestS3Uri ?? one.ManifestEtag),
    'ModelDataSource.ETag': sources.some((one) => one.ETag),
  })
}

/** Rules between members, which the model cannot state (API_CreateModel, API_ContainerDefinition). inferred: sentences */
export function checkModelRequest(input: ModelRequest, call: Call): void {
  refuseForeignRole(call, input.ExecutionRoleArn)
  const { PrimaryContainer: primary, Containers: pipeline = [] } = input
  const containers = containersOf(input)
  if (primary && pipeline.length) refuse('You cannot specify both PrimaryContainer and Containers.')
  if (!containers.length) refuse('You must specify either PrimaryContainer or Containers.')
  if (primary && input.InferenceExecutionConfig) {
    refuse('InferenceExecutionConfig is only supported for models with Containers.')
  }
  const hostnames = pipeline.flatMap(({ ContainerHostname: name }) => name ?? [])
  if (hostnames.length && hostnames.length < pipeline.length) {
    refuse('If you specify ContainerHostname for one container, you must specify it for every container.')
  }
  if (new Set(hostnames).size < hostnames.length) refuse('ContainerHostname must be unique within a model.')
  containers.forEach(checkContainer)
  const environment = containers.flatMap(({ Environment = {} }) => Object.entries(Environment).flat())
  if (Buffer.byteLength(environment.join('')) > environmentBytesMax) {
    refuse('The combined length of all keys and values in Environment must not exceed 32 KB.')
  }
}

function checkContainer(container: ModelContainer): void {
  const { Image, ModelDataUrl: url, ModelDataSource: source, AdditionalModelDataSources: more = [], Mode } = container
  if (!Image) refuse('You must specify Image for every container.')
  if (url !== undefined && source) refuse('You cannot specify both ModelDataUrl and ModelDataSource.')
  if (Mode === 'MultiModel' && url === undefined) refuse('ModelDataUrl is required for a container in MultiModel mode.')
  if (Mode !== 'MultiModel' && container.MultiModelConfig) {
    refuse('MultiModelConfig is only supported for a container in MultiModel mode.')
  }
  const channels = more.map(({ ChannelName }) => ChannelName)
  if (new Set(channels).size < channels.length) refuse('Channel names must be unique.')
  for (const { S3DataSource: one } of [...(source ? [source] : []), ...more]) {
    if (one?.S3DataType !== 'S3Prefix') continue
    if (!one.S3Uri.endsWith('/')) refuse(`S3Uri ${one.S3Uri} of S3DataType S3Prefix must end with a forward slash.`)
    if (one.CompressionType === 'Gzip') refuse('CompressionType Gzip is not supported for S3DataType S3Prefix.')
  }
  modelDataOf(container) // what is no place in S3 is refused here
}

function refuse(sentence: string): never {
  throw new AwsError('ValidationException', sentence)
}
