import type {
  DeleteBucketLifecycleCommandInput,
  DeleteBucketLifecycleCommandOutput,
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput,
  PutBucketLifecycleConfigurationCommandInput,
  PutBucketLifecycleConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { checkBody } from './body-digest.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { invalidArgument, malformedXml } from './errors.ts'
import { checkedRules } from './lifecycle-input.ts'
import { bucketNeed } from './needs.ts'

const MINIMUM_SIZES = ['all_storage_classes_128K', 'varies_by_storage_class'] as const

export const putBucketLifecycleConfiguration = operation<
  PutBucketLifecycleConfigurationCommandInput,
  PutBucketLifecycleConfigurationCommandOutput
>('s3', 'PutBucketLifecycleConfiguration', {
  needs: bucketNeed('s3:PutLifecycleConfiguration'),
  perform: (input, permit) => {
    const { Bucket, LifecycleConfiguration: wanted, TransitionDefaultMinimumObjectSize: size } = input
    checkBody(permit.call)
    openBucket(Bucket, input.ExpectedBucketOwner, permit)
    if (!wanted) throw malformedXml()
    const minimumSize = size === undefined ? MINIMUM_SIZES[0] : MINIMUM_SIZES.find((one) => one === size)
    if (!minimumSize) {
      // inferred
      throw invalidArgument(
        'The transition default minimum object size is not valid',
        'x-amz-transition-default-minimum-object-size',
        String(size),
      )
    }
    const newId = () => Buffer.from(permit.world.hex(72), 'hex').toString('base64url')
    const rules = checkedRules(wanted.Rules, newId)
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, lifecycle: { rules, minimumSize } }))
    return { TransitionDefaultMinimumObjectSize: minimumSize }
  },
})

export const getBucketLifecycleConfiguration = operation<
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput
>('s3', 'GetBucketLifecycleConfiguration', {
  needs: bucketNeed('s3:GetLifecycleConfiguration'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { lifecycle } = openBucket(Bucket, ExpectedBucketOwner, permit)
    if (!lifecycle) {
      throw new AwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404, {
        BucketName: Bucket,
      })
    }
    return { Rules: [...lifecycle.rules], TransitionDefaultMinimumObjectSize: lifecycle.minimumSize }
  },
})

export const deleteBucketLifecycle = operation<DeleteBucketLifecycleCommandInput, DeleteBucketLifecycleCommandOutput>(
  's3',
  'DeleteBucketLifecycle',
  {
    // AWS has no action of its own for it.
    needs: bucketNeed('s3:PutLifecycleConfiguration'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, lifecycle: undefined }))
      return {}
    },
  },
)
