import type { Call, Need, Permit } from '../../door/call.ts'
import { openBucket } from './bucket.ts'
import { unchangedSince } from './conditions.ts'
import { invalidArgument, notImplemented, preconditionFailed } from './errors.ts'
import { readObject } from './needs.ts'
import { openObject, type StoredObject } from './object.ts'

export interface CopySource {
  bucket: string
  key: string
  versionId?: string
}

/** `x-amz-copy-source: /bucket/key?versionId=…`, URL-encoded. Throws InvalidArgument. */
export function parseCopySource(header: string): CopySource {
  if (header.startsWith('arn:')) throw notImplemented('Copying from an access point is not built in Sallyport yet.')
  const [path = '', query = ''] = header.split('?', 2)
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path) ?? '') ?? []
  if (bucket === undefined || key === undefined) {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      header,
    )
  }
  const versionId = new URLSearchParams(query).get('versionId')
  return { bucket, key, ...(versionId === null ? {} : { versionId }) }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** s3:GetObject on the source, s3:GetObjectVersion where the source names a version. */
export function sourceNeeds(call: Call, { bucket, key, versionId }: CopySource): Need[] {
  return readObject(call, versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', bucket, key)
}

export interface CopyConditions {
  CopySourceIfMatch?: string
  CopySourceIfNoneMatch?: string
  CopySourceIfModifiedSince?: number
  CopySourceIfUnmodifiedSince?: number
  ExpectedSourceBucketOwner?: string
}

/** The object to copy, under its conditions: for copies an unchanged source is a failed precondition, not a 304. */
export function openSource(source: CopySource, given: CopyConditions, permit: Permit): StoredObject {
  openBucket(source.bucket, given.ExpectedSourceBucketOwner, permit)
  const object = openObject(permit.world.store, source.bucket, source.key, source.versionId)
  const conditions = {
    IfMatch: given.CopySourceIfMatch,
    IfNoneMatch: given.CopySourceIfNoneMatch,
    IfModifiedSince: given.CopySourceIfModifiedSince,
    IfUnmodifiedSince: given.CopySourceIfUnmodifiedSince,
  }
  const set = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined))
  if (unchangedSince(set, object)) {
    throw preconditionFailed(
      given.CopySourceIfNoneMatch === undefined
        ? 'x-amz-copy-source-If-Modified-Since'
        : 'x-amz-copy-source-If-None-Match',
    )
  }
  return object
}
