import type {
  ListObjectsCommandInput,
  ListObjectsCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3'
import type { Call, Need } from '../../door/call.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { fromToken, toToken, type PageEnd } from './continuation-token.ts'
import { invalidArgument } from './errors.ts'
import { encoder, entryOf, folderOf, listKeys, restoreShown } from './listing.ts'
import { checkEncoding, pageSize } from './listing-input.ts'
import { onBucket } from './needs.ts'
import { objectKey, OBJECTS, type StoredObject } from './object.ts'
import { owner } from './owner.ts'

interface Input {
  Bucket: string
  Prefix?: string
  Delimiter?: string
  EncodingType?: string
  MaxKeys?: number
  OptionalObjectAttributes?: readonly string[]
}

export const listObjects = operation<ListObjectsCommandInput, ListObjectsCommandOutput>('s3', 'ListObjects', {
  needs: listNeeds,
  perform: (input, permit) => {
    const { account } = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
    const { Marker = '', Delimiter = '', Prefix = '' } = input
    const encode = encoder(input.EncodingType)
    // A marker that is a common prefix is one that NextMarker told: the listing goes on behind all that it stands for.
    const isPrefix = Marker.startsWith(Prefix) && folderOf(Marker, Prefix, Delimiter) === Marker
    const after = Marker === '' ? undefined : { last: Marker, isPrefix }
    const { answer, next } = page(permit.world, input, after, account)
    return {
      ...answer,
      Marker: encode(Marker),
      // Without a delimiter the client goes on from the last key (S3 API Reference, ListObjects, NextMarker).
      ...(next && Delimiter !== '' ? { NextMarker: encode(next.last) } : {}),
    }
  },
})

export const listObjectsV2 = operation<ListObjectsV2CommandInput, ListObjectsV2CommandOutput>('s3', 'ListObjectsV2', {
  needs: listNeeds,
  perform: (input, permit) => {
    const { account } = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
    const { ContinuationToken, StartAfter } = input
    if (ContinuationToken === '') {
      throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', '')
    }
    const start = StartAfter ? { last: StartAfter, isPrefix: false } : undefined
    const after = ContinuationToken === undefined ? start : fromToken(ContinuationToken)
    const { answer, next } = page(permit.world, input, after, input.FetchOwner ? account : undefined)
    return {
      ...answer,
      KeyCount: (answer.Contents?.length ?? 0) + (answer.CommonPrefixes?.length ?? 0),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(StartAfter === undefined ? {} : { StartAfter: encoder(input.EncodingType)(StartAfter) }),
      ...(next ? { NextContinuationToken: toToken(next) } : {}),
    }
  },
})

/** The keys that policies limit listings with (S3 User Guide, "Bucket policy examples using condition keys"). */
function listNeeds({ Bucket, Prefix, Delimiter, MaxKeys }: Input, call: Call): Need[] {
  return [
    onBucket(call, 's3:ListBucket', Bucket, {
      's3:prefix': Prefix,
      's3:delimiter': Delimiter,
      's3:max-keys': MaxKeys === undefined ? undefined : String(MaxKeys),
    }),
  ]
}

function page(
  world: World,
  { Bucket, Prefix = '', Delimiter = '', EncodingType, MaxKeys, OptionalObjectAttributes }: Input,
  after: PageEnd | undefined,
  shownOwner: string | undefined,
) {
  checkEncoding(EncodingType)
  const encode = encoder(EncodingType)
  const max = pageSize(MaxKeys)
  const { entries, commonPrefixes, next } = listKeys<StoredObject>(world.store, OBJECTS, objectKey(Bucket, ''), {
    prefix: Prefix,
    delimiter: Delimiter,
    max,
    ...(after ? { after } : {}),
  })
  const shown = shownOwner === undefined ? {} : { Owner: owner(shownOwner) }
  const contents = entries.map(({ key, value }) => ({
    ...entryOf(encode(key), value),
    ...restoreShown(value, OptionalObjectAttributes, world),
    ...shown,
  }))
  const answer = {
    Name: Bucket,
    Prefix: encode(Prefix),
    MaxKeys: max,
    IsTruncated: next !== undefined,
    ...(Delimiter === '' ? {} : { Delimiter: encode(Delimiter) }),
    ...(EncodingType === undefined ? {} : { EncodingType: 'url' as const }),
    ...(contents.length > 0 ? { Contents: contents } : {}),
    ...(commonPrefixes.length > 0 ? { CommonPrefixes: commonPrefixes.map((one) => ({ Prefix: encode(one) })) } : {}),
  }
  return { answer, next }
}
