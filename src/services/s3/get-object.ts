import type { GetObjectCommandInput, GetObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Readable } from 'node:stream'
import type { Permit } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { checksumAnswer } from './checksums.ts'
import { unchangedSince, type ReadPreconditions } from './conditions.ts'
import { openContent } from './content.ts'
import { keyFor, type CustomerKeyInput } from './customer-key.ts'
import { openKey } from './data-key.ts'
import { encryptionAnswer } from './encryption.ts'
import { invalidRequest } from './errors.ts'
import { readObject } from './needs.ts'
import { expirationAnswer } from './lifecycle.ts'
import { shownLock } from './object-retention.ts'
import { findObject, openObject, quoted, versionAnswer, type StoredObject } from './object.ts'
import { parseRange, partRange, type Range } from './range.ts'
import { assertReadable, restoreAnswer, storageClassAnswer } from './storage-class.ts'

type Output = Omit<GetObjectCommandOutput, 'Body'> & { Body?: Readable; $status?: number }

export const getObject = operation<GetObjectCommandInput, Output>('s3', 'GetObject', {
  needs: ({ Bucket, Key, VersionId }, call) =>
    readObject(call, VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', Bucket, Key, VersionId),
  perform: async (input, permit) => {
    const view = viewObject(input, permit)
    if (!view.object) return view.answer
    assertReadable(view.object, permit.world)
    const { bytes, encryption } = view.object
    const key = await openKey(encryption, openBucket(input.Bucket, undefined, permit), input, permit)
    return { ...view.answer, Body: await openContent(permit.world, bytes, view.range, key) }
  },
})

/** What GetObject and HeadObject have in common. */
export interface ObjectRequest extends ReadPreconditions, CustomerKeyInput {
  Bucket: string
  Key: string
  VersionId?: string
  ExpectedBucketOwner?: string
  Range?: string
  PartNumber?: number
  ChecksumMode?: string
  ResponseCacheControl?: string
  ResponseContentDisposition?: string
  ResponseContentEncoding?: string
  ResponseContentLanguage?: string
  ResponseContentType?: string
  /** Epoch seconds. */
  ResponseExpires?: number
}

type Answer = Omit<Shape<Output>, 'Body'>

/** The answer but for its bytes; without an object where the client's copy is good (304). */
export function viewObject(
  input: ObjectRequest,
  permit: Permit,
): { answer: Answer; object?: StoredObject; range?: Range } {
  const overrides = responseHeaders(input)
  if (Object.keys(overrides).length > 0 && permit.call.caller.kind === 'anonymous') {
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.')
  }
  const bucket = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
  const object = openObject(permit.world.store, input.Bucket, input.Key, input.VersionId)
  keyFor(object.encryption, input, permit.call)
  const identity = {
    ETag: quoted(object.etag),
    LastModified: object.lastModified,
    ...versionAnswer(bucket, object),
    ...(isCurrent(permit, input, object) ? expirationAnswer(bucket, input.Key, object) : {}),
  }
  if (unchangedSince(input, object)) return { answer: { $status: 304, ...identity } }

  const { size } = object.bytes
  const range = rangeOf(input, object)
  return {
    object,
    ...(range ? { range } : {}),
    answer: {
      ...identity,
      ...encryptionAnswer(object.encryption),
      AcceptRanges: 'bytes',
      ContentLength: size,
      ...object.headers,
      ...overrides,
      Metadata: object.metadata,
      ...storageClassAnswer(object),
      ...restoreAnswer(object, permit.world),
      ...shownLock(permit, input, object),
      ...(object.tags ? { TagCount: Object.keys(object.tags).length } : {}),
      ...(input.PartNumber !== undefined && object.parts ? { PartsCount: object.parts.length } : {}),
      ...(range
        ? {
            $status: 206,
            ContentLength: range.end - range.start + 1,
            ContentRange: `bytes ${range.start}-${range.end}/${size}`,
          }
        : input.ChecksumMode === 'ENABLED'
          ? checksumAnswer(object.checksum)
          : {}),
    },
  }
}

/** A version that is not current expires by other rules, of which S3 tells nothing here. */
function isCurrent({ world }: Permit, { Bucket, Key, VersionId }: ObjectRequest, object: StoredObject): boolean {
  return VersionId === undefined || findObject(world.store, Bucket, Key)?.versionId === object.versionId
}

function rangeOf({ Range, PartNumber }: ObjectRequest, { bytes, parts }: StoredObject): Range | undefined {
  if (PartNumber === undefined) return parseRange(Range, bytes.size)
  if (Range !== undefined) throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  // A range of nothing cannot be written down, so an empty object is answered whole.
  const range = partRange(PartNumber, parts ?? [bytes.size])
  return bytes.size === 0 ? undefined : range
}

function responseHeaders(input: ObjectRequest) {
  const overrides = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  }
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
}
