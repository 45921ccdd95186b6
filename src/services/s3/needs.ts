import { need, type Call, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import { bucketArn, findBucket } from './bucket.ts'
import { findObject } from './object.ts'
import { policyFor } from './compiled-bucket-policy.ts'
import { tagKeys } from './tags.ts'

type Values = Record<string, string | readonly string[] | undefined>

/** A need on a bucket itself. */
export function onBucket(call: Call, action: string, name: string, context: Values = {}): Need {
  return s3Need(call, action, bucketArn(name), name, context)
}

/** A need on an object, there or not; the tags that it has are part of the context. */
export function onObject(call: Call, action: string, name: string, key: string, context: Values = {}): Need {
  const tags = findObject(call.world.store, name, key)?.tags
  return s3Need(call, action, `${bucketArn(name)}/${key}`, name, {
    ...(tags && tagKeys('s3:ExistingObjectTag', tags)),
    ...context,
  })
}

/**
 * To read an object; a missing one is only told to who may list the bucket, all others get a 403
 * (S3 API Reference, GetObject, "Permissions").
 */
export function readObject(call: Call, action: string, name: string, key: string): Need[] {
  const needs = [onObject(call, action, name, key)]
  if (!findObject(call.world.store, name, key)) needs.push(onBucket(call, 's3:ListBucket', name))
  return needs
}

/** For the operations that ask for one permission on their bucket. */
export function bucketNeed(action: string) {
  return ({ Bucket }: { Bucket: string }, call: Call): Need[] => [onBucket(call, action, Bucket)]
}

/** S3 prints the resource in double quotes (facts: errors.md A2, rule 4). */
function s3Need(call: Call, action: string, arn: string, name: string, context: Values): Need {
  const bucket = findBucket(call.world.store, name)
  const resourceAccount = bucket?.account ?? call.account
  const resourcePolicy = bucket && policyFor(bucket, call.caller)
  return need(action, arn, {
    shownAs: `"${arn}"`,
    resourceAccount,
    context: present({ ...requestKeys(call), ...context, 's3:ResourceAccount': resourceAccount }),
    ...(resourcePolicy ? { resourcePolicy } : {}),
  })
}

/** Keys that every S3 request has (Service Authorization Reference, "Amazon S3"). */
export function requestKeys(call: Call): Values {
  return { 's3:x-amz-content-sha256': call.header('x-amz-content-sha256'), ...signatureKeys(call) }
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
