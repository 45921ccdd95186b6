import type {
  GetBucketLoggingCommandInput,
  GetBucketLoggingCommandOutput,
  LoggingEnabled,
  PutBucketLoggingCommandInput,
  PutBucketLoggingCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { findBucket, openBucket, updateBucket, type Bucket } from './bucket.ts'
import { invalidArgument } from './errors.ts'
import { bucketNeed } from './needs.ts'
import { aclsDisabled } from './object-ownership.ts'

/** Where server access logs were asked to go; none is delivered. */

export const putBucketLogging = operation<PutBucketLoggingCommandInput, PutBucketLoggingCommandOutput>(
  's3',
  'PutBucketLogging',
  {
    needs: bucketNeed('s3:PutBucketLogging'),
    perform: ({ Bucket, BucketLoggingStatus, ExpectedBucketOwner }, permit) => {
      const { store } = permit.world
      const bucket = openBucket(Bucket, ExpectedBucketOwner, permit)
      const logging = BucketLoggingStatus.LoggingEnabled
      if (logging) checkTarget(store, bucket, logging)
      updateBucket(store, Bucket, (now) => ({ ...now, logging }))
      return {}
    },
  },
)

export const getBucketLogging = operation<GetBucketLoggingCommandInput, GetBucketLoggingCommandOutput>(
  's3',
  'GetBucketLogging',
  {
    needs: bucketNeed('s3:GetBucketLogging'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { logging } = openBucket(Bucket, ExpectedBucketOwner, permit)
      return logging ? { LoggingEnabled: logging } : {}
    },
  },
)

/** S3 User Guide, "Enabling Amazon S3 server access logging": same owner, same Region. */
function checkTarget(store: Store, bucket: Bucket, { TargetBucket, TargetGrants }: Shape<LoggingEnabled>): void {
  const target = findBucket(store, TargetBucket)
  if (!target) throw badTarget('The target bucket for logging does not exist', TargetBucket)
  if (target.account !== bucket.account) {
    throw badTarget('The owner for the bucket to be logged and the target bucket must be the same.', TargetBucket)
  }
  if (target.region !== bucket.region) {
    throw new AwsError('CrossLocationLoggingProhibited', 'Cross S3 location logging not allowed. ', 403, {
      TargetBucketLocation: target.region,
    })
  }
  if (TargetGrants && aclsDisabled(target)) {
    // inferred: the sentence; the User Guide says that it is so.
    throw invalidArgument(
      'TargetGrants cannot be used when the target bucket has the bucket owner enforced setting for Object Ownership.',
      'TargetGrants',
      TargetBucket,
    )
  }
}

function badTarget(message: string, TargetBucket: string): AwsError {
  return new AwsError('InvalidTargetBucketForLogging', message, 400, { TargetBucket })
}
