import { readFileSync } from 'node:fs'

type Statement = { Action: string | string[] } & Record<string, unknown>

interface Document {
  Version?: string
  Statement: Statement[]
}

/** A policy document of AWS's pages, as printed there (corpus/policy/README.md). */
export function printed(name: string): string {
  return readFileSync(new URL(`../../corpus/policy/documents/${name}.json`, import.meta.url), 'utf8')
}

export const trustSageMaker = printed('trust-sagemaker')

interface Scope {
  account: string
  region: string
  bucket: string
  repository: string
}

/**
 * The scoped policy of a training job with real values, and the VPC statement of the same page for every resource. A printed
 * object path stands for its prefix. `without` takes one action away.
 */
export function trainingPolicy({ account, region, bucket, repository }: Scope, without?: string): string {
  const text = printed('training-scoped')
    .replaceAll('arn:aws:s3:::inputbucket/object', `arn:aws:s3:::${bucket}/iris/*`)
    .replaceAll('arn:aws:s3:::outputbucket/path', `arn:aws:s3:::${bucket}/models/*`)
    .replaceAll('arn:aws:s3:::inputbucket', `arn:aws:s3:::${bucket}`)
    .replaceAll('arn:aws:ecr:region::repository/my-repo', `arn:aws:ecr:${region}:${account}:repository/${repository}`)
  const scoped = JSON.parse(text) as Document
  const vpc = JSON.parse(printed('training-vpc')) as Statement
  const statements = [...scoped.Statement, { ...vpc, Resource: '*' }]
  return JSON.stringify({
    ...scoped,
    Statement: without === undefined ? statements : statements.flatMap(less(without)),
  })
}

/** A statement without an action; a statement of nothing else goes. */
function less(action: string): (statement: Statement) => Statement[] {
  return (statement) => {
    const left = [statement.Action].flat().filter((one) => one !== action)
    return left.length ? [{ ...statement, Action: left }] : []
  }
}

/** "Allow only InvokeEndpoint on myEndpoint": the endpoint policy of the page, for another Region and account. */
export function onlyMyEndpoint(region: string, account: string): string {
  return printed('vpce-invoke-only-myendpoint').replace('us-west-2:123456789012', `${region}:${account}`)
}

/** The bucket policy of the page on compilation jobs: GetObject through one VPC endpoint only. */
export function denyUnlessEndpoint(bucket: string, vpcEndpointId: string): string {
  return printed('compilation-bucket-deny-unless-vpce')
    .replaceAll('your-sample-bucket', bucket)
    .replace('vpce-01234567890123456', vpcEndpointId)
}
