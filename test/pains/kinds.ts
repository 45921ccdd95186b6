import { readFileSync } from 'node:fs'
import { overlaid, policyOf, readChapters, without } from '../../src/verify/role-page.ts'
import type { Chapter, Row } from '../../src/verify/role-page.ts'
import type { Values } from '../../src/verify/world.ts'

export type KindName =
  | 'training'
  | 'processing'
  | 'transform'
  | 'tuning'
  | 'automl'
  | 'compilation'
  | 'notebook'
  | 'model'
  | 'domain'
  | (typeof passing)[number]

/** Other APIs that take a role, as corpus/pass-role.json has them: of them only that is asked. */
const passing = [
  'CreateDomain',
  'CreateFeatureGroup',
  'CreateFlowDefinition',
  'CreateImage',
  'CreateLabelingJob',
  'CreateMonitoringSchedule',
  'CreateUserProfile',
  'RenderUiTemplate',
  'UpdateImage',
] as const

/** A kind of request as the pains need it: from a bucket of the case's own, by the page's policy. */
export interface Kind extends Chapter {
  /** Policies of the role page for the base case; with `VPC`, those and the page's addition. */
  base: Row
  vpc?: Row
}

/** A kind's request as it is in a VPC. */
export function inVpc(kind: Kind): Pick<Kind, 'request' | 'before'> {
  const { before = [], request, vpc } = kind
  const [VpcConfig, model] = [{ Subnets: ['{subnet}'], SecurityGroupIds: ['{group}'] }, before[0]]
  // A transform job runs where its model does.
  return kind.create === 'CreateTransformJob'
    ? { request, before: [{ ...model!, input: { ...model!.input, VpcConfig } }] }
    : { request: overlaid(request, vpc?.request), before }
}

/** The page's policy for it, without some actions. */
export function rolePolicy(
  kind: Kind,
  values: Values,
  { vpc, lacks = [] }: { vpc?: boolean; lacks?: readonly string[] },
) {
  const row = vpc && kind.vpc ? kind.vpc : kind.base
  return lacks.reduce((policy, action) => without(policy, action), policyOf(row, values))
}

const chapters = new Map(readChapters().map(({ file, chapter }) => [file, chapter]))

function ofPage(file: string): Kind {
  const chapter = chapters.get(file)!
  const [base] = chapter.rows
  const vpc = chapter.rows.find(({ name }) => name === 'VPC')
  return ownBucket({ ...chapter, base: base!, ...(vpc && { vpc }) })
}

/** The page's buckets become the case's. */
function ownBucket<T>(template: T): T {
  return JSON.parse(
    JSON.stringify(template)
      .replaceAll('s3://inputbucket', 's3://{bucket}')
      .replaceAll('s3://outputbucket', 's3://{bucket}'),
  ) as T
}

function ofPassing(create: string): Kind {
  const apis = JSON.parse(readFileSync(new URL('../../corpus/pass-role.json', import.meta.url), 'utf8')) as Chapter[]
  const api = apis.find((one) => one.create === create)!
  // What such a role may do once it is passed is not the question.
  return { ...api, rows: [], base: { name: 'base', policies: ['training'] } }
}

/** A row of the page's chapter, as a change of the request: `KMS input`. */
export function asRow(kind: Kind, name: string): Record<string, unknown> {
  return ownBucket(kind.rows.find((row) => row.name === name)!.request ?? {})
}

const model = ofPage('model')

/** Its role is its model's; the page has no section for it, and the model's policy is what the model's page says. */
const transform: Kind = {
  title: 'CreateTransformJob',
  create: 'CreateTransformJob',
  name: 'TransformJobName',
  describe: {
    operation: 'DescribeTransformJob',
    status: 'TransformJobStatus',
    good: ['Completed'],
    bad: ['Failed', 'Stopped'],
  },
  arn: 'TransformJobArn',
  before: [
    {
      operation: 'CreateModel',
      input: { ...model.request, ModelName: '{model}', PrimaryContainer: { Image: '{serving}' } },
    },
  ],
  request: {
    TransformJobName: '{name}',
    ModelName: '{model}',
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://{bucket}/object/data.csv' } },
    },
    TransformOutput: { S3OutputPath: 's3://{bucket}/path' },
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  },
  rows: [
    {
      name: 'KMS input',
      policies: [],
      request: {
        TransformInput: { DataSource: { S3DataSource: { S3Uri: 's3://{bucket}/sealed/data.csv' } } },
      },
    },
    { name: 'KMS output', policies: [], request: { TransformOutput: { KmsKeyId: '{key}' } } },
    { name: 'KMS volume', policies: [], request: { TransformResources: { VolumeKmsKeyId: '{key}' } } },
  ],
  base: { name: 'base', policies: ['training'] },
  vpc: { name: 'VPC', policies: ['training', 'training-vpc'] },
}

export const kinds: Readonly<Record<KindName, Kind>> = {
  training: ofPage('training'),
  processing: ofPage('processing'),
  transform,
  tuning: ofPage('tuning'),
  automl: ofPage('automl'),
  compilation: ofPage('compilation'),
  notebook: ofPage('notebook'),
  model,
  domain: ofPage('domain'),
  ...(Object.fromEntries(passing.map((name) => [name, ofPassing(name)])) as Record<(typeof passing)[number], Kind>),
}
