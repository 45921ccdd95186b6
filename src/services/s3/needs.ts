import { need, type Call, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import { bucketArn, findBucket, type Bucket } from './bucket.ts'
import { findObject, type StoredObject } from './object.ts'
import { compiledAcl } from './compiled-acl.ts'
import { denialsOf, policyFor } from './compiled-bucket-policy.ts'
import { aclsDisabled } from './object-ownership.ts'
import { tagKeys, type Tags } from './tags.ts'
import { isVersionId } from './version-id.ts'
import { findVersion } from './versions.ts'

type Values = Record<string, string | readonly string[] | undefined>

/** A need on a bucket itself. */
export function onBucket(call: Call, action: string, name: string, context: Values = {}): Need {
  return s3Need(call, action, bucketArn(name), name, context)
}

/** A need on an object, there or not; the tags that it has are part of the context. */
export function onObject(
  call: Call,
  action: string,
  name: string,
  key: string,
  context: Values = {},
  versionId?: string,
): Need {
  const object = objectThere(call, name, key, versionId)
  const tags = object?.tags
  return s3Need(
    call,
    action,
    `${bucketArn(name)}/${key}`,
    name,
    {
      ...(tags && tagKeys('s3:ExistingObjectTag', tags)),
      's3:versionid': versionId,
      ...context,
    },
    object,
  )
}

/**
 * To read an object; a missing one is only told to who may list the bucket, all others get a 403
 * (S3 API Reference, GetObject, "Permissions").
 */
export function readObject(call: Call, action: string, name: string, key: string, versionId?: string): Need[] {
  const needs = [onObject(call, action, name, key, {}, versionId)]
  if (!objectThere(call, name, key, versionId)) needs.push(onBucket(call, 's3:ListBucket', name))
  return needs
}

/** The version that a call is about; what is no version id is refused by `perform`. */
export function objectThere({ world }: Call, name: string, key: string, versionId?: string): StoredObject | undefined {
  return versionId === undefined || !isVersionId(versionId)
    ? findObject(world.store, name, key)
    : findVersion(world.store, name, key, versionId)?.object
}

/** For the operations that ask for one permission on their bucket. */
export function bucketNeed(action: string) {
  return ({ Bucket }: { Bucket: string }, call: Call): Need[] => [onBucket(call, action, Bucket)]
}

/** S3 prints the resource in double quotes (facts: errors.md A2, rule 4). */
function s3Need(call: Call, action: string, arn: string, name: string, context: Values, object?: StoredObject): Need {
  const bucket = findBucket(call.world.store, name)
  const side = bucket && resourceSideOf(call, bucket, action, arn, object)
  const resourceAccount = bucket?.account ?? call.account
  return need(action, arn, {
    shownAs: `"${arn}"`,
    resourceAccount,
    ...side,
    context: present({
      ...requestKeys(call),
      ...(bucket?.abac === 'Enabled' && bucket.tags && bucketTagKeys(bucket.tags)),
      ...context,
      's3:ResourceAccount': resourceAccount,
    }),
  })
}

function bucketTagKeys(tags: Tags): Values {
  return { ...tagKeys('s3:BucketTag', tags), ...tagKeys('aws:ResourceTag', tags) }
}

/** What is the object's owner's to allow, not the bucket's (S3 User Guide, "How Amazon S3 authorizes a request for an object operation"). */
const ownersActions =
  /^s3:(?:GetObject(?:Version)?(?:Acl|Tagging|Attributes|Torrent)?|PutObject(?:Version)?(?:Acl|Tagging)|DeleteObject(?:Version)?Tagging)$/

/**
 * The bucket policy and the access control list that have a say, and whose the resource is. Where lists are disabled all is the
 * bucket owner's and the policy says everything. Else an object goes by its own list, and where it is another account's the
 * bucket's policy can only deny it; whatever is done to the bucket, making objects among it, goes by the bucket's list.
 */
export function resourceSideOf(
  call: Pick<Call, 'caller' | 'operation'>,
  bucket: Bucket,
  action: string,
  arn: string,
  object: StoredObject | undefined,
): Pick<Need, 'resourcePolicy' | 'grants' | 'resourceAccount'> {
  const policy = isRescue(call, bucket, action) ? undefined : policyFor(bucket, call.caller)
  const whole = policy ? { resourcePolicy: policy } : {}
  if (aclsDisabled(bucket)) return whole
  const ignorePublic = bucket.publicAccessBlock?.IgnorePublicAcls ?? false
  const foreign = object?.owner !== undefined && object.owner !== bucket.account
  // Lists and tags that come along with a new object are the bucket's to allow as the object is.
  const existing =
    object && ownersActions.test(action) && !(action.startsWith('s3:Put') && makesObject.has(call.operation))
  if (existing) {
    const grants = object.acl ? compiledAcl(object.acl, 'object', arn, ignorePublic) : []
    const denials = foreign ? denialsOf(bucket) : undefined
    return {
      ...(foreign ? { resourceAccount: object.owner!, ...(denials ? { resourcePolicy: denials } : {}) } : whole),
      grants,
    }
  }
  // "WRITE … For the bucket and object owners of existing objects, also allows deletions and overwrites of those objects."
  const others = object && (object.owner ?? bucket.account) !== call.caller.account
  if (!bucket.acl || (others && changesObject.test(action))) return whole
  return { ...whole, grants: compiledAcl(bucket.acl, 'bucket', bucketArn(bucket.name), ignorePublic) }
}

/**
 * "To ensure that bucket owners don't inadvertently lock themselves out of their own buckets, the root principal … can perform
 * the GetBucketPolicy, PutBucketPolicy, and DeleteBucketPolicy API actions, even if their bucket policy explicitly denies"
 * (S3 API Reference, PutBucketPolicy).
 */
function isRescue({ caller }: Pick<Call, 'caller'>, { account }: Bucket, action: string): boolean {
  return caller.kind === 'root' && caller.account === account && /^s3:(?:Get|Put|Delete)BucketPolicy$/.test(action)
}

const makesObject = new Set([
  'PutObject',
  'CopyObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
])
const changesObject = /^s3:(?:Put|Delete)Object/

/** Keys that every S3 request has (Service Authorization Reference, "Amazon S3"). */
export function requestKeys(call: Call): Values {
  return {
    's3:x-amz-content-sha256': call.signature?.payload ?? call.header('x-amz-content-sha256'),
    's3:TlsVersion': call.tlsVersion,
    ...signatureKeys(call),
  }
}

/** How the request was signed; a call from within, which has no request, counts as one by header. */
function signatureKeys(call: Call): Values {
  if (isInner(call)) return { 's3:authType': 'REST-HEADER', 's3:signatureversion': 'AWS4-HMAC-SHA256' }
  if (!call.signature) return {}
  const { authType, version, ageMs } = call.signature
  return { 's3:authType': authType, 's3:signatureversion': version, 's3:signatureAge': String(ageMs) }
}

/** A call from within this process has no HTTP request, and so not even the header that each of those has. */
export function isInner(call: Call): boolean {
  return call.header('host') === undefined
}

export function present(values: Values): ContextValues {
  return Object.fromEntries(Object.entries(values).filter((entry) => entry[1] !== undefined)) as ContextValues
}
