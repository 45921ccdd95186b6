import type {
  GetBucketNotificationConfigurationCommandInput,
  GetBucketNotificationConfigurationCommandOutput,
  PutBucketNotificationConfigurationCommandInput,
  PutBucketNotificationConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { notImplemented } from './errors.ts'
import { bucketNeed } from './needs.ts'

/**
 * S3 asks every destination before it takes a configuration. There are no queues, topics and functions here, so that only
 * the empty configuration holds: what every bucket has.
 */
export const putBucketNotificationConfiguration = operation<
  PutBucketNotificationConfigurationCommandInput,
  PutBucketNotificationConfigurationCommandOutput
>('s3', 'PutBucketNotificationConfiguration', {
  needs: bucketNeed('s3:PutBucketNotification'),
  perform: ({ Bucket, NotificationConfiguration: wanted, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const missing = [
      ...(wanted.QueueConfigurations ?? []).map(({ QueueArn }) => [QueueArn, 'The destination queue does not exist']),
      ...(wanted.TopicConfigurations ?? []).map(({ TopicArn }) => [TopicArn, 'The destination topic does not exist']),
      ...(wanted.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => [
        LambdaFunctionArn,
        'The destination Lambda does not exist',
      ]),
    ] as [arn: string, why: string][]
    if (missing.length > 0) {
      throw new AwsError(
        'InvalidArgument',
        'Unable to validate the following destination configurations',
        400,
        Object.fromEntries(
          missing.flatMap(([arn, why], at) => [
            [`ArgumentName${at + 1}`, arn],
            [`ArgumentValue${at + 1}`, why],
          ]),
        ),
      )
    }
    if (wanted.EventBridgeConfiguration) {
      throw notImplemented('EventBridgeConfiguration is not built in Sallyport yet; nothing was stored.')
    }
    return {}
  },
})

export const getBucketNotificationConfiguration = operation<
  GetBucketNotificationConfigurationCommandInput,
  GetBucketNotificationConfigurationCommandOutput
>('s3', 'GetBucketNotificationConfiguration', {
  needs: bucketNeed('s3:GetBucketNotification'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    return {}
  },
})
