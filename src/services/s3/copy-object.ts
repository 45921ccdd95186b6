import type { CopyObjectCommandInput, CopyObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Call, Need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { MAX_PUT_BYTES } from './body.ts'
import { openBucket } from './bucket.ts'
import { algorithmNamed, checksumAnswer, fullObject, summed } from './checksums.ts'
import { writeContent } from './content.ts'
import { copiedVersion, openSource, parseCopySource, readSource, sourceNeeds } from './copy-source.ts'
import { newKey } from './data-key.ts'
import { wantedEncryption } from './encryption-request.ts'
import { writtenAnswer } from './encryption.ts'
import { invalidArgument, invalidRequest } from './errors.ts'
import { expirationAnswer } from './lifecycle.ts'
import { objectHeaders, userMetadata } from './metadata.ts'
import { newObjectAccess } from './new-object-access.ts'
import { objectThere, onObject } from './needs.ts'
import { lockAsked } from './object-lock.ts'
import { checkKey, commitObject, nowSeconds, quoted, versionAnswer, type StoredObject } from './object.ts'
import { storageClassNamed } from './storage-class.ts'
import { fromTaggingHeader, requestTagKeys, type Tags } from './tags.ts'
import { refuseUnsupported, writeKeys, writeNeeds } from './unsupported.ts'

type Input = Shape<CopyObjectCommandInput>

export const copyObject = operation<CopyObjectCommandInput, CopyObjectCommandOutput>('s3', 'CopyObject', {
  needs,
  perform: async (input, permit) => {
    const { world } = permit
    const { Bucket, Key } = input
    const from = parseCopySource(input.CopySource)
    const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    checkKey(Key)
    refuseUnsupported(input)
    // A copy begins with a list of its own, whatever the source's is.
    const access = newObjectAccess(permit, bucket, input)
    const replaces = replacing('x-amz-metadata-directive', input.MetadataDirective)
    if (from.bucket === Bucket && from.key === Key && from.versionId === undefined && !replaces && !changes(input))
      throw copyToItself()

    const place = { ...storageClassNamed(input.StorageClass), ...lockAsked(input, bucket, permit.call) }
    const source = openSource(from, input, permit)
    if (source.bytes.size > MAX_PUT_BYTES) throw sourceTooLarge()
    const headers = replaces ? objectHeaders(input) : source.headers
    const metadata = replaces ? userMetadata(input.Metadata) : source.metadata
    const tags = tagsOf(input, source)
    const algorithm = algorithmNamed(input.ChecksumAlgorithm) ?? source.checksum?.algorithm
    const content = summed(algorithm, await readSource(from, source, input, permit))
    const sealing = await newKey(wantedEncryption(input, bucket, permit.call), bucket, Key, permit)
    const { bytes, etag } = await writeContent(world, content.source, sealing)
    const { encryption } = sealing
    const checksum = fullObject(content.checksum())
    const lastModified = nowSeconds(permit)
    const kept = await commitObject(
      world,
      Bucket,
      Key,
      {
        bytes,
        etag,
        lastModified,
        headers,
        metadata,
        ...access,
        ...(tags ? { tags } : {}),
        ...place,
        ...(checksum ? { checksum } : {}),
        ...(encryption ? { encryption } : {}),
      },
      input,
    )
    return {
      ...versionAnswer(bucket, kept),
      ...expirationAnswer(bucket, Key, kept),
      ...copiedVersion(world.store, from, source),
      ...writtenAnswer(encryption),
      CopyObjectResult: { ETag: quoted(etag), LastModified: lastModified, ...checksumAnswer(checksum) },
    }
  },
})

/** S3 API Reference, CopyObject, "Permissions": tags that come along are read from the source and written to the copy. */
function needs(input: Input, call: Call): Need[] {
  const { Bucket, Key } = input
  const from = parseCopySource(input.CopySource)
  const source = objectThere(call, from.bucket, from.key, from.versionId)
  const tags = source
    ? tagsOf(input, source)
    : input.Tagging === undefined
      ? undefined
      : fromTaggingHeader(input.Tagging)
  const copiesTags = tags !== undefined && !replacing('x-amz-tagging-directive', input.TaggingDirective)
  const tagging = from.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging'
  return [
    ...sourceNeeds(call, from),
    ...(copiesTags ? [onObject(call, tagging, from.bucket, from.key, {}, from.versionId)] : []),
    onObject(call, 's3:PutObject', Bucket, Key, {
      ...writeKeys(input, call.time),
      ...requestTagKeys(tags),
      's3:x-amz-copy-source': `${from.bucket}/${from.key}`,
      's3:x-amz-metadata-directive': input.MetadataDirective,
    }),
    ...writeNeeds(call, input, tags !== undefined),
  ]
}

function tagsOf(input: Input, source: StoredObject): Tags | undefined {
  if (!replacing('x-amz-tagging-directive', input.TaggingDirective)) return source.tags
  return input.Tagging === undefined ? undefined : fromTaggingHeader(input.Tagging)
}

function replacing(header: string, directive: string | undefined): boolean {
  if (directive !== undefined && directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument(`Unknown ${header.slice('x-amz-'.length).replace('-', ' ')}.`, header, directive)
  }
  return directive === 'REPLACE'
}

/** Asking for an encryption or a storage class changes an object, even to the one that it has. */
function changes(input: Input): boolean {
  const { ServerSideEncryption, SSECustomerAlgorithm, StorageClass, WebsiteRedirectLocation } = input
  return (ServerSideEncryption ?? SSECustomerAlgorithm ?? StorageClass ?? WebsiteRedirectLocation) !== undefined
}

const copyToItself = () =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )

const sourceTooLarge = () =>
  invalidRequest(
    `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`,
  )
