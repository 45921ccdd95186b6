import { parsePolicy, PolicySyntaxError } from '../../policy/parse.ts'
import type { PolicyDocument, StatementDocument } from '../../policy/document.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { bucketArn } from './bucket.ts'

/** 20 KB (S3 User Guide, "Bucket policies for Amazon S3"). */
const MAX_BYTES = 20 * 1024

const required = ['Effect', 'Principal', 'Action', 'Resource'] as const

/**
 * What S3 asks of a bucket policy. Throws MalformedPolicy in S3's sentences; `Detail` says what and where in ours.
 * The first two sentences: facts errors.md A7; the others as users quote them (inferred: their order).
 */
export function checkBucketPolicy(text: string, bucket: string): PolicyDocument {
  // inferred: the code and the sentence.
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new AwsError('PolicyTooLarge', 'Policy exceeds the maximum allowed document size.', 400)
  }
  const raw = parseJson(text)
  if (raw['Statement'] === undefined) throw malformed('Missing required field Statement')
  for (const statement of [raw['Statement']].flat() as unknown[]) {
    if (typeof statement !== 'object' || statement === null) continue
    const missing = required.find((name) => !(name in statement) && !(name !== 'Effect' && `Not${name}` in statement))
    if (missing) throw malformed(`Missing required field ${missing}`)
  }
  const document = parse(text)
  for (const statement of document.Statement) checkStatement(statement, bucket)
  return document
}

function parseJson(text: string): Record<string, unknown> {
  try {
    if (text.startsWith('{')) return JSON.parse(text) as Record<string, unknown>
  } catch {}
  throw malformed("Policies must be valid JSON and the first byte must be '{'")
}

function parse(text: string): PolicyDocument {
  try {
    return parsePolicy(text, 'resource')
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    throw malformed('Invalid policy syntax.', error.reason)
  }
}

function checkStatement(statement: StatementDocument, bucket: string): void {
  const actions = statement.Action ?? statement.NotAction ?? []
  const strange = actions.find((action) => action !== '*' && !/^s3:[a-z*?]+$/i.test(action))
  if (strange !== undefined) throw malformed('Policy has invalid action', strange)

  const resources = statement.Resource ?? statement.NotResource ?? []
  const outside = resources.find((resource) => !isIn(bucketArn(bucket), resource))
  if (outside !== undefined) throw malformed('Policy has invalid resource', outside)

  if (!statement.Action || !statement.Resource) return
  const idle = actions.find((action) => !resources.some((resource) => applies(action, resource)))
  if (idle !== undefined) throw malformed('Action does not apply to any resource(s) in statement', idle)
}

/** The bucket, something in it, or (inferred) a pattern that begins with its whole name. */
function isIn(arn: string, resource: string): boolean {
  return resource === arn || resource.startsWith(`${arn}/`) || resource.startsWith(`${arn}*`)
}

/** An action without wildcards is about buckets or about objects, and so is an ARN. */
function applies(action: string, resource: string): boolean {
  if (/[*?]/.test(action) || /[*?]/.test(resource.split('/', 1)[0]!)) return true
  return objectAction.test(action) === resource.includes('/')
}

/** Service Authorization Reference, "Actions defined by Amazon S3": those whose resource type is `object`. */
const objectAction =
  /^s3:(?:AbortMultipartUpload|BypassGovernanceRetention|DeleteObject|GetObject|InitiateReplication|ListMultipartUploadParts|ObjectOwnerOverride|PutObject|Replicate|RestoreObject|UpdateObject)/i

export function malformed(message: string, detail?: string): AwsError {
  return new AwsError('MalformedPolicy', message, 400, detail === undefined ? {} : { Detail: detail })
}
