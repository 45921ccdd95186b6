import type { Call } from '../../../door/call.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { parseImageUri } from '../../ecr/image-uri.ts'
import { accountOf } from '../arns.ts'
import type { ProcessingJobRequest } from './processing-job.ts'

/** Where a processing container finds and leaves its data (API_ProcessingS3Input: LocalPath). */
export const PROCESSING = '/opt/ml/processing'

/** What CreateProcessingJob knows on AWS and is not built: refused by name, before anything is done. */
export function refuseUnbuiltProcessing(input: ProcessingJobRequest): void {
  const { ProcessingInputs: inputs = [], ProcessingOutputConfig: output } = input
  const { InstanceType, InstancePreferences } = input.ProcessingResources.ClusterConfig as Record<string, unknown>
  const asked: Record<string, unknown> = {
    'DatasetDefinition.AthenaDatasetDefinition': inputs.some((one) => one.DatasetDefinition?.AthenaDatasetDefinition),
    'DatasetDefinition.RedshiftDatasetDefinition': inputs.some(
      (one) => one.DatasetDefinition?.RedshiftDatasetDefinition,
    ),
    DatasetDefinition: inputs.some((one) => one.DatasetDefinition),
    'S3InputMode Pipe': inputs.some(({ S3Input, AppManaged }) => !AppManaged && S3Input?.S3InputMode === 'Pipe'),
    FeatureStoreOutput: output?.Outputs.some((one) => one.FeatureStoreOutput),
    'ClusterConfig.InstancePreferences': InstancePreferences,
    'a cluster without ClusterConfig.InstanceType': InstanceType === undefined && !InstancePreferences,
  }
  const named = Object.keys(asked).filter((name) => asked[name])
  if (named.length > 0) {
    throw new AwsError(
      'NotImplemented',
      `CreateProcessingJob: not built in Sallyport yet: ${named.join(', ')}; nothing was done.`,
      501,
    )
  }
}

/** Rules between members, which the model cannot state. Sentences inferred where facts (errors.md A8) have none. */
export function checkProcessingRequest(input: ProcessingJobRequest, call: Pick<Call, 'account'>): void {
  if (accountOf(input.RoleArn) !== call.account) refuse('RoleArn: Cross-account pass role is not allowed.')
  const { ImageUri } = input.AppSpecification
  if (!parseImageUri(ImageUri)) {
    refuse(
      `Invalid image URI ${ImageUri}. Please provide a valid Amazon Elastic Container Registry path of the Docker image to run.`,
    )
  }
  const { ProcessingInputs: inputs = [], ProcessingOutputConfig: output } = input
  const outputs = output?.Outputs ?? []
  requireUnique(
    'ProcessingInputs',
    inputs.map(({ InputName }) => InputName),
  )
  requireUnique(
    'ProcessingOutputConfig.Outputs',
    outputs.map(({ OutputName }) => OutputName),
  )
  for (const { InputName, S3Input, AppManaged } of inputs) {
    if (!S3Input) refuse(`ProcessingInput ${InputName} must have S3Input or DatasetDefinition.`)
    parseS3Uri(S3Input.S3Uri)
    if (AppManaged) continue
    requireLocalPath(InputName, S3Input.LocalPath)
    // API_ProcessingS3Input: "Gzip can only be used if Pipe mode is specified as the S3InputMode."
    if (S3Input.S3CompressionType === 'Gzip') refuse('S3CompressionType Gzip is only supported with S3InputMode Pipe.')
  }
  for (const { OutputName, S3Output, AppManaged } of outputs) {
    if (!S3Output) refuse(`ProcessingOutput ${OutputName} must have S3Output or FeatureStoreOutput.`)
    parseS3Uri(S3Output.S3Uri)
    if (!AppManaged) requireLocalPath(OutputName, S3Output.LocalPath)
  }
}

function requireUnique(list: string, names: readonly string[]): void {
  if (new Set(names).size < names.length) refuse(`Names in ${list} must be unique.`)
}

function requireLocalPath(name: string, path: string | undefined): void {
  const parts = path?.split('/') ?? []
  if (!path?.startsWith(`${PROCESSING}/`) || parts.includes('..') || parts.includes('.'))
    refuse(`LocalPath ${path ?? 'null'} of ${name} is invalid. It must be an absolute path below ${PROCESSING}/.`)
}

/** Default quota of most instance types that have one above zero. It bounds what one call may start on this machine. */
const instancesMax = 20

/** The live service's sentence; of one job's instances alone, others that run are not counted. */
export function checkInstanceQuota(usage: 'processing' | 'transform', type: string | undefined, count: number): void {
  if (count <= instancesMax) return
  throw new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit '${type} for ${usage} job usage' is ${instancesMax} Instances, with current utilization of 0 Instances and a request delta of ${count} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
  )
}

function refuse(sentence: string): never {
  throw new AwsError('ValidationException', sentence)
}
