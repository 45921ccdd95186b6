import type {
  GetObjectLockConfigurationCommandInput,
  GetObjectLockConfigurationCommandOutput,
  PutObjectLockConfigurationCommandInput,
  PutObjectLockConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { checkBody } from './body-digest.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { malformedXml, notImplemented } from './errors.ts'
import { bucketNeed } from './needs.ts'
import { checkPeriod, type BucketObjectLock } from './object-lock.ts'

/** Turns the lock on where versions are kept, and sets what new versions are kept for. It is never turned off again. */
export const putObjectLockConfiguration = operation<
  PutObjectLockConfigurationCommandInput,
  PutObjectLockConfigurationCommandOutput
>('s3', 'PutObjectLockConfiguration', {
  needs: bucketNeed('s3:PutBucketObjectLockConfiguration'),
  perform: ({ Bucket, ObjectLockConfiguration: wanted, ExpectedBucketOwner }, permit) => {
    checkBody(permit.call)
    openBucket(Bucket, ExpectedBucketOwner, permit)
    if (wanted?.ObjectLockEnabled !== 'Enabled') throw malformedXml()
    const objectLock = wantedLock(wanted.Rule)
    updateBucket(permit.world.store, Bucket, (bucket) => {
      if (bucket.versioning?.status !== 'Enabled') {
        throw new AwsError(
          'InvalidBucketState',
          "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
          409,
        )
      }
      return { ...bucket, objectLock }
    })
    return {}
  },
})

type LockRule = NonNullable<Shape<PutObjectLockConfigurationCommandInput>['ObjectLockConfiguration']>['Rule']

function wantedLock(rule: LockRule): BucketObjectLock {
  if (!rule) return {}
  const preset = rule.DefaultRetention
  if (preset?.DefaultEventHold) throw notImplemented('Event holds are not built in Sallyport yet.')
  const { Mode: mode, Days: days, Years: years } = preset ?? {}
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw malformedXml()
  if ((days === undefined) === (years === undefined)) throw malformedXml()
  checkPeriod(days, years)
  return { default: days === undefined ? { mode, years: years! } : { mode, days } }
}

export const getObjectLockConfiguration = operation<
  GetObjectLockConfigurationCommandInput,
  GetObjectLockConfigurationCommandOutput
>('s3', 'GetObjectLockConfiguration', {
  needs: bucketNeed('s3:GetBucketObjectLockConfiguration'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { objectLock } = openBucket(Bucket, ExpectedBucketOwner, permit)
    if (!objectLock) {
      throw new AwsError(
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
        404,
        { BucketName: Bucket },
      )
    }
    const preset = objectLock.default
    return {
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        ...(preset
          ? {
              Rule: {
                DefaultRetention: {
                  Mode: preset.mode,
                  ...('years' in preset ? { Years: preset.years } : { Days: preset.days }),
                },
              },
            }
          : {}),
      },
    }
  },
})
