import type { Readable } from 'node:stream'
import type { Call, Need, Permit } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { findBucket, openBucket } from './bucket.ts'
import { unchangedSince } from './conditions.ts'
import { openContent } from './content.ts'
import { openKey } from './data-key.ts'
import { invalidArgument, invalidRequest, notImplemented, preconditionFailed } from './errors.ts'
import { readObject } from './needs.ts'
import { openObject, versionAnswer, type StoredObject } from './object.ts'
import type { Range } from './range.ts'
import { assertReadable } from './storage-class.ts'
import { findVersion } from './versions.ts'

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
  return readObject(call, versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', bucket, key, versionId)
}

/** `x-amz-copy-source-version-id`, where the source's bucket ever kept versions. */
export function copiedVersion(
  store: Store,
  { bucket }: CopySource,
  source: StoredObject,
): { CopySourceVersionId?: string } {
  const { VersionId } = versionAnswer(findBucket(store, bucket)!, source)
  return VersionId === undefined ? {} : { CopySourceVersionId: VersionId }
}

export interface CopyConditions {
  CopySourceIfMatch?: string
  CopySourceIfNoneMatch?: string
  CopySourceIfModifiedSince?: number
  CopySourceIfUnmodifiedSince?: number
  ExpectedSourceBucketOwner?: string
}

/** A copy of a delete marker that is named is an InvalidRequest, where a read of one is a 405. */
function openSourceVersion({ bucket, key, versionId }: CopySource, { world }: Permit): StoredObject {
  if (versionId !== undefined && findVersion(world.store, bucket, key, versionId)?.marker) {
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.')
  }
  return openObject(world.store, bucket, key, versionId)
}

/** The object to copy, under its conditions: for copies an unchanged source is a failed precondition, not a 304. */
export function openSource(source: CopySource, given: CopyConditions, permit: Permit): StoredObject {
  openBucket(source.bucket, given.ExpectedSourceBucketOwner, permit)
  const object = openSourceVersion(source, permit)
  assertReadable(object, permit.world)
  const conditions = {
    IfMatch: given.CopySourceIfMatch,
    IfNoneMatch: given.CopySourceIfNoneMatch,
    IfModifiedSince: given.CopySourceIfModifiedSince,
    IfUnmodifiedSince: given.CopySourceIfUnmodifiedSince,
  }
  const set = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined))
  if (unchangedSince(set, object, 'x-amz-copy-source-')) {
    throw preconditionFailed(
      given.CopySourceIfNoneMatch === undefined
        ? 'x-amz-copy-source-If-Modified-Since'
        : 'x-amz-copy-source-If-None-Match',
    )
  }
  return object
}

export interface SourceKeyInput {
  CopySourceSSECustomerAlgorithm?: string
  CopySourceSSECustomerKey?: string
  CopySourceSSECustomerKeyMD5?: string
}

/** The source's bytes, decrypted in the caller's name. */
export async function readSource(
  { bucket }: CopySource,
  object: StoredObject,
  given: SourceKeyInput,
  permit: Permit,
  range?: Range,
): Promise<Readable> {
  const brought = {
    SSECustomerAlgorithm: given.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: given.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: given.CopySourceSSECustomerKeyMD5,
  }
  const key = await openKey(object.encryption, openBucket(bucket, undefined, permit), brought, permit, 'source')
  return openContent(permit.world, object.bytes, range, key)
}
