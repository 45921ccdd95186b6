import type {
  DeleteBucketOwnershipControlsCommandInput,
  DeleteBucketOwnershipControlsCommandOutput,
  GetBucketOwnershipControlsCommandInput,
  GetBucketOwnershipControlsCommandOutput,
  PutBucketOwnershipControlsCommandInput,
  PutBucketOwnershipControlsCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { isOwnersOwn } from './acl-grants.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { malformedXml } from './errors.ts'
import { onBucket } from './needs.ts'
import { isOwnership } from './object-ownership.ts'
import { owner } from './owner.ts'

export const putBucketOwnershipControls = operation<
  PutBucketOwnershipControlsCommandInput,
  PutBucketOwnershipControlsCommandOutput
>('s3', 'PutBucketOwnershipControls', {
  needs: ({ Bucket, OwnershipControls }, call) => [
    onBucket(call, 's3:PutBucketOwnershipControls', Bucket, {
      's3:x-amz-object-ownership': OwnershipControls.Rules[0]?.ObjectOwnership,
    }),
  ],
  perform: ({ Bucket, OwnershipControls, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const [rule, ...others] = OwnershipControls.Rules
    if (!rule || others.length > 0 || !isOwnership(rule.ObjectOwnership)) throw malformedXml()
    const ownership = rule.ObjectOwnership
    updateBucket(permit.world.store, Bucket, (bucket) => {
      if (ownership === 'BucketOwnerEnforced' && bucket.acl && !isOwnersOwn(bucket.acl, owner(bucket.account).ID)) {
        throw aclAndOwnership()
      }
      return { ...bucket, ownership }
    })
    return {}
  },
})

export const getBucketOwnershipControls = operation<
  GetBucketOwnershipControlsCommandInput,
  GetBucketOwnershipControlsCommandOutput
>('s3', 'GetBucketOwnershipControls', {
  needs: ({ Bucket }, call) => [onBucket(call, 's3:GetBucketOwnershipControls', Bucket)],
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { ownership = 'BucketOwnerEnforced' } = openBucket(Bucket, ExpectedBucketOwner, permit)
    if (ownership !== 'none') return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } }
    throw new AwsError('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', 404, {
      BucketName: Bucket,
    })
  },
})

export const deleteBucketOwnershipControls = operation<
  DeleteBucketOwnershipControlsCommandInput,
  DeleteBucketOwnershipControlsCommandOutput
>('s3', 'DeleteBucketOwnershipControls', {
  // AWS has no action of its own for it.
  needs: ({ Bucket }, call) => [onBucket(call, 's3:PutBucketOwnershipControls', Bucket)],
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, ownership: 'none' }))
    return {}
  },
})

/** An ACL that grants to others has to go before ownership is enforced (S3 User Guide, "Prerequisites for disabling ACLs"). */
export function aclAndOwnership(): AwsError {
  return new AwsError(
    'InvalidBucketAclWithObjectOwnership',
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    400,
  )
}
