import type { CopyObjectCommandInput, CopyObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Call, Need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { MAX_PUT_BYTES } from './body.ts'
import { openBucket } from './bucket.ts'
import { algorithmNamed, checksumAnswer, fullObject, summed } from './checksums.ts'
import { openSource, parseCopySource, sourceNeeds } from './copy-source.ts'
import { invalidArgument, invalidRequest } from './errors.ts'
import { objectHeaders, userMetadata } from './metadata.ts'
import { onObject } from './needs.ts'
import { checkKey, commitObject, findObject, nowSeconds, quoted, type StoredObject } from './object.ts'
import { fromTaggingHeader, requestTagKeys, type Tags } from './tags.ts'
import { encrypted, refuseUnsupported, writeKeys, writeNeeds } from './unsupported.ts'

type Input = Shape<CopyObjectCommandInput>

export const copyObject = operation<CopyObjectCommandInput, CopyObjectCommandOutput>('s3', 'CopyObject', {
  needs,
  perform: async (input, permit) => {
    const { world } = permit
    const { Bucket, Key } = input
    const from = parseCopySource(input.CopySource)
    openBucket(Bucket, input.ExpectedBucketOwner, permit)
    checkKey(Key)
    refuseUnsupported(input)
    const replaces = replacing('x-amz-metadata-directive', input.MetadataDirective)
    if (from.bucket === Bucket && from.key === Key && !replaces && !input.ServerSideEncryption) throw copyToItself()

    const source = openSource(from, input, permit)
    if (source.bytes.size > MAX_PUT_BYTES) throw sourceTooLarge()
    const headers = replaces ? objectHeaders(input) : source.headers
    const metadata = replaces ? userMetadata(input.Metadata) : source.metadata
    const tags = tagsOf(input, source)
    const algorithm = algorithmNamed(input.ChecksumAlgorithm) ?? source.checksum?.algorithm
    const content = summed(algorithm, world.objects.read(source.bytes))
    const bytes = await world.objects.write(content.source)
    const checksum = fullObject(content.checksum())
    const lastModified = nowSeconds(permit)
    await commitObject(
      world,
      Bucket,
      Key,
      {
        bytes,
        etag: bytes.md5,
        lastModified,
        headers,
        metadata,
        ...(tags ? { tags } : {}),
        ...(checksum ? { checksum } : {}),
      },
      input,
    )
    return {
      ...encrypted,
      CopyObjectResult: { ETag: quoted(bytes.md5), LastModified: lastModified, ...checksumAnswer(checksum) },
    }
  },
})

/** S3 API Reference, CopyObject, "Permissions": tags that come along are read from the source and written to the copy. */
function needs(input: Input, call: Call): Need[] {
  const { Bucket, Key } = input
  const from = parseCopySource(input.CopySource)
  const source = findObject(call.world.store, from.bucket, from.key)
  const tags = source
    ? tagsOf(input, source)
    : input.Tagging === undefined
      ? undefined
      : fromTaggingHeader(input.Tagging)
  const copiesTags = tags !== undefined && !replacing('x-amz-tagging-directive', input.TaggingDirective)
  return [
    ...sourceNeeds(call, from),
    ...(copiesTags ? [onObject(call, 's3:GetObjectTagging', from.bucket, from.key)] : []),
    onObject(call, 's3:PutObject', Bucket, Key, {
      ...writeKeys(input),
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

const copyToItself = () =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )

const sourceTooLarge = () =>
  invalidRequest(
    `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`,
  )
