import { Unreachable } from '../../../door/locate.ts'
import type { Acting } from '../../../jobs/acting.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import type { S3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { because } from '../training/check-training-request.ts'
import { containersOf } from './model.ts'
import type { ModelContainer, ModelRequest } from './model.ts'

/** Where a container's artifacts are, as the request says it. */
export interface ModelData extends S3Uri {
  uri: string
  /** All objects that begin so, else the one of that name. */
  prefix: boolean
  /** An empty prefix will do: a multi-model endpoint's models may come later. */
  mayBeEmpty: boolean
}

/** The artifacts of one container: the model's own first, then the channels of AdditionalModelDataSources. */
export function modelDataOf(container: ModelContainer): ModelData[] {
  const { ModelDataUrl: url, ModelDataSource: source, AdditionalModelDataSources: more = [], Mode: mode } = container
  const multi = mode === 'MultiModel'
  const sources = [source?.S3DataSource, ...more.map(({ S3DataSource }) => S3DataSource)].flatMap((one) => one ?? [])
  return [
    ...(url === undefined ? [] : [{ ...place(url), uri: url, prefix: multi, mayBeEmpty: multi }]),
    ...sources.map(({ S3Uri: uri, S3DataType: type }) => ({
      ...place(uri),
      uri,
      prefix: type === 'S3Prefix',
      mayBeEmpty: false,
    })),
  ]
}

/** `s3://…`, or one of S3's web addresses, by path or by virtual host. */
function place(uri: string): S3Uri {
  const web = /^https:\/\/(?:(?<host>.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com\/(?<path>.*)$/s.exec(uri)?.groups
  if (!web) return parseS3Uri(uri)
  const { host, path = '' } = web
  return parseS3Uri(`s3://${host === undefined ? '' : `${host}/`}${path}`)
}

/**
 * CreateModel looks at the artifacts of every container by the role (facts: errors.md A8, B2 note a): trust and S3 are one
 * step with one sentence, in which `explain` tells the cause. Rejects with ValidationException.
 */
export async function checkModelData(acting: Acting, input: ModelRequest, region: string): Promise<void> {
  for (const data of containersOf(input).flatMap(modelDataOf)) {
    let found: boolean
    try {
      found = await lies(acting, data)
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof Unreachable)) throw error
      throw because(
        error,
        `Could not access model data at ${data.uri}. Please ensure that the role "${input.ExecutionRoleArn}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${region}. If your Model uses multiple models or uncompressed models, please ensure that the role has "s3:ListBucket" permission.`,
      )
    }
    if (!found) throw new AwsError('ValidationException', `Could not find model data at ${data.uri}.`)
  }
}

/** Who may not list is told "Forbidden" of an object that is not there, as by S3. */
async function lies(acting: Acting, { bucket, key, prefix, mayBeEmpty }: ModelData): Promise<boolean> {
  if (prefix) {
    const input = { Bucket: bucket, Prefix: key, MaxKeys: 1 }
    const { Contents } = await acting.call<{ Contents?: unknown[] }>('s3', 'ListObjectsV2', input)
    return mayBeEmpty || Boolean(Contents?.length)
  }
  try {
    await acting.call('s3', 'HeadObject', { Bucket: bucket, Key: key })
    return true
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) return false
    throw error
  }
}
