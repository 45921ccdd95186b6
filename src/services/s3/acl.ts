import type {
  GetBucketAclCommandInput,
  GetBucketAclCommandOutput,
  GetObjectAclCommandInput,
  GetObjectAclCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { bucketNeed, readObject } from './needs.ts'
import { openObject } from './object.ts'
import { owner } from './owner.ts'

/** Buckets enforce their owner's ownership, so every access control list says one thing: the owner has full control. */
function fullControl(account: string) {
  const Owner = owner(account)
  return {
    Owner,
    Grants: [{ Grantee: { Type: 'CanonicalUser' as const, ...Owner }, Permission: 'FULL_CONTROL' as const }],
  }
}

export const getBucketAcl = operation<GetBucketAclCommandInput, GetBucketAclCommandOutput>('s3', 'GetBucketAcl', {
  needs: bucketNeed('s3:GetBucketAcl'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) =>
    fullControl(openBucket(Bucket, ExpectedBucketOwner, permit).account),
})

export const getObjectAcl = operation<GetObjectAclCommandInput, GetObjectAclCommandOutput>('s3', 'GetObjectAcl', {
  needs: ({ Bucket, Key, VersionId }, call) =>
    readObject(call, VersionId === undefined ? 's3:GetObjectAcl' : 's3:GetObjectVersionAcl', Bucket, Key),
  perform: ({ Bucket, Key, VersionId, ExpectedBucketOwner }, permit) => {
    const { account } = openBucket(Bucket, ExpectedBucketOwner, permit)
    openObject(permit.world.store, Bucket, Key, VersionId)
    return fullControl(account)
  },
})
