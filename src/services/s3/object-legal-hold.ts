import type {
  GetObjectLegalHoldCommandInput,
  GetObjectLegalHoldCommandOutput,
  PutObjectLegalHoldCommandInput,
  PutObjectLegalHoldCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { checkBody } from './body-digest.ts'
import { openBucket } from './bucket.ts'
import { malformedXml } from './errors.ts'
import { onObject } from './needs.ts'
import { openObject } from './object.ts'
import { missingObjectLock, noSuchLock } from './object-lock.ts'
import { changeObject } from './object-tagging.ts'

/** A hold has no end of its own, and whoever may put it may lift it (S3 User Guide, "Legal holds"). */
export const putObjectLegalHold = operation<PutObjectLegalHoldCommandInput, PutObjectLegalHoldCommandOutput>(
  's3',
  'PutObjectLegalHold',
  {
    needs: ({ Bucket, Key, VersionId, LegalHold }, call) => [
      onObject(
        call,
        's3:PutObjectLegalHold',
        Bucket,
        Key,
        { 's3:object-lock-legal-hold': LegalHold?.Status },
        VersionId,
      ),
    ],
    perform: (input, permit) => {
      checkBody(permit.call)
      const { objectLock } = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
      if (!objectLock) throw missingObjectLock()
      const status = input.LegalHold?.Status
      if (status !== 'ON' && status !== 'OFF') throw malformedXml()
      changeObject(input, permit, (object) => ({ ...object, legalHold: status }))
      return {}
    },
  },
)

export const getObjectLegalHold = operation<GetObjectLegalHoldCommandInput, GetObjectLegalHoldCommandOutput>(
  's3',
  'GetObjectLegalHold',
  {
    needs: ({ Bucket, Key, VersionId }, call) => [onObject(call, 's3:GetObjectLegalHold', Bucket, Key, {}, VersionId)],
    perform: ({ Bucket, Key, VersionId, ExpectedBucketOwner }, permit) => {
      const { objectLock } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (!objectLock) throw missingObjectLock()
      const { legalHold } = openObject(permit.world.store, Bucket, Key, VersionId)
      if (!legalHold) throw noSuchLock()
      return { LegalHold: { Status: legalHold } }
    },
  },
)
