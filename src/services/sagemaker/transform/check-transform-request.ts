import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { containersOf } from '../model/model.ts'
import type { Model } from '../model/model.ts'
import type { TransformJobRequest } from './transform-job.ts'

/** What CreateTransformJob knows on AWS and is not built: refused by name, before anything is done. */
export function refuseUnbuiltTransform(input: TransformJobRequest): void {
  const { DataProcessing: data, TransformInput: from } = input
  const { InputFilter = '$', OutputFilter = '$', JoinSource = 'None' } = data ?? {}
  refuseNamed({
    'DataProcessing.InputFilter': InputFilter !== '$',
    'DataProcessing.OutputFilter': OutputFilter !== '$',
    'DataProcessing.JoinSource Input': JoinSource !== 'None',
    DataCaptureConfig: input.DataCaptureConfig,
    [`SplitType ${from.SplitType}`]: from.SplitType === 'RecordIO' || from.SplitType === 'TFRecord',
    [`S3DataType ${from.DataSource.S3DataSource.S3DataType}`]: !['S3Prefix', 'ManifestFile'].includes(
      from.DataSource.S3DataSource.S3DataType,
    ),
  })
}

/** The same of models that can be made and not yet be run. */
export function refuseUnbuiltModelOf({ description }: Pick<Model, 'description'>): void {
  const containers = containersOf(description)
  refuseNamed({
    'inference pipelines (a model of several containers)': containers.length > 1,
    'models in MultiModel mode': containers.some(({ Mode }) => Mode === 'MultiModel'),
    AdditionalModelDataSources: containers.some((one) => one.AdditionalModelDataSources?.length),
  })
}

function refuseNamed(asked: Record<string, unknown>): void {
  const named = Object.keys(asked).filter((name) => asked[name])
  if (named.length === 0) return
  throw new AwsError(
    'NotImplemented',
    `CreateTransformJob: not built in Sallyport yet: ${named.join(', ')}; nothing was done.`,
    501,
  )
}

const payloadMax = 100

/** Rules between members, which the model cannot state (API_CreateTransformJob). inferred: sentences */
export function checkTransformRequest(input: TransformJobRequest): void {
  const { MaxPayloadInMB: payload, MaxConcurrentTransforms: concurrent, BatchStrategy, TransformInput: from } = input
  parseS3Uri(from.DataSource.S3DataSource.S3Uri)
  parseS3Uri(input.TransformOutput.S3OutputPath)
  if (payload !== undefined && (payload < 0 || payload > payloadMax))
    refuse(`MaxPayloadInMB must be between 0 and ${payloadMax}.`)
  if (concurrent !== undefined && concurrent < 0) refuse('MaxConcurrentTransforms must not be negative.')
  if (payload !== undefined && concurrent !== undefined && payload * concurrent > payloadMax)
    refuse(`The product of MaxConcurrentTransforms and MaxPayloadInMB must not exceed ${payloadMax}.`)
  const splits = from.SplitType !== undefined && from.SplitType !== 'None'
  if (BatchStrategy !== undefined && !splits) refuse('BatchStrategy requires a SplitType other than None.')
  const bytes = Buffer.byteLength(
    Object.entries(input.Environment ?? {})
      .flat()
      .join(''),
  )
  if (bytes > 10_240) refuse('Environment must not exceed 10 KB.')
}

function refuse(sentence: string): never {
  throw new AwsError('ValidationException', sentence)
}
