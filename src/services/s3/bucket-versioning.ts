import type {
  GetBucketVersioningCommandInput,
  GetBucketVersioningCommandOutput,
  PutBucketVersioningCommandInput,
  PutBucketVersioningCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { malformedXml } from './errors.ts'
import { assertMfa } from './mfa-delete.ts'
import { bucketNeed } from './needs.ts'

/** S3 API Reference, PutBucketVersioning: a bucket that once kept versions can only suspend it. */
export const putBucketVersioning = operation<PutBucketVersioningCommandInput, PutBucketVersioningCommandOutput>(
  's3',
  'PutBucketVersioning',
  {
    needs: bucketNeed('s3:PutBucketVersioning'),
    perform: (input, permit) => {
      const { Bucket, VersioningConfiguration: wanted, MFA } = input
      const now = openBucket(Bucket, input.ExpectedBucketOwner, permit)
      const { Status: status, MFADelete: mfaDelete } = wanted
      if (status !== 'Enabled' && status !== 'Suspended') {
        throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified', 400)
      }
      if (mfaDelete !== undefined && mfaDelete !== 'Enabled' && mfaDelete !== 'Disabled') throw malformedXml()
      if (now.objectLock && status === 'Suspended') {
        throw new AwsError(
          'InvalidBucketState',
          'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
          409,
        )
      }
      // Whoever guards deletions by MFA guards this, too; and turning the guard on takes the device at hand.
      if (mfaDelete === 'Enabled' || now.versioning?.mfaDelete === 'Enabled') assertMfa(permit, MFA)
      updateBucket(permit.world.store, Bucket, (bucket) => {
        const kept = mfaDelete ?? bucket.versioning?.mfaDelete
        return { ...bucket, versioning: { status, ...(kept ? { mfaDelete: kept } : {}) } }
      })
      return {}
    },
  },
)

/** A bucket that never kept versions answers with an empty configuration. */
export const getBucketVersioning = operation<GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput>(
  's3',
  'GetBucketVersioning',
  {
    needs: bucketNeed('s3:GetBucketVersioning'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { versioning } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (!versioning) return {}
      return { Status: versioning.status, ...(versioning.mfaDelete ? { MFADelete: versioning.mfaDelete } : {}) }
    },
  },
)
