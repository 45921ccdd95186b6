import type { ListBucketsCommandInput, ListBucketsCommandOutput } from '@aws-sdk/client-s3'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { BUCKETS, type Bucket } from './bucket.ts'
import { invalidArgument } from './errors.ts'
import { present, requestKeys } from './needs.ts'
import { fromToken, toToken } from './continuation-token.ts'
import { owner } from './owner.ts'

const EVERY_BUCKET = 'arn:aws:s3:::*'

export const listBuckets = operation<ListBucketsCommandInput, ListBucketsCommandOutput>('s3', 'ListBuckets', {
  needs: (_, call) => [
    need('s3:ListAllMyBuckets', EVERY_BUCKET, {
      shownAs: `"${EVERY_BUCKET}"`,
      resourceAccount: call.account,
      context: present({ ...requestKeys(call), 's3:ResourceAccount': call.account }),
    }),
  ],
  perform: (input, { call, world }) => {
    const { Prefix, BucketRegion, MaxBuckets = 10_000, ContinuationToken } = input
    if (MaxBuckets < 1 || MaxBuckets > 10_000) {
      throw invalidArgument(
        'Argument max-buckets must be an integer between 1 and 10000',
        'max-buckets',
        String(MaxBuckets),
      )
    }
    const matching = world.store
      .list<Bucket>(BUCKETS, {
        prefix: Prefix ?? '',
        ...(ContinuationToken === undefined ? {} : { after: fromToken(ContinuationToken).last }),
      })
      .map(({ value }) => value)
      .filter(({ account, region }) => account === call.account && (BucketRegion ?? region) === region)
    const page = matching.slice(0, MaxBuckets)
    // Only the paginated form of the request tells the regions (S3 API Reference, ListBuckets).
    const paginated = input.MaxBuckets ?? Prefix ?? BucketRegion ?? ContinuationToken
    return {
      Owner: owner(call.account),
      Buckets: page.map(({ name, createdAt, region }) => ({
        Name: name,
        CreationDate: createdAt,
        ...(paginated === undefined ? {} : { BucketRegion: region, BucketArn: `arn:aws:s3:::${name}` }),
      })),
      ...(Prefix === undefined ? {} : { Prefix }),
      ...(matching.length > page.length
        ? { ContinuationToken: toToken({ last: page.at(-1)!.name, isPrefix: false }) }
        : {}),
    }
  },
})
