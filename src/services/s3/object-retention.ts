import type {
  GetObjectRetentionCommandInput,
  GetObjectRetentionCommandOutput,
  PutObjectRetentionCommandInput,
  PutObjectRetentionCommandOutput,
} from '@aws-sdk/client-s3'
import { authorizeEach } from '../../door/authorize.ts'
import type { Call, Need, Permit } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { checkBody } from './body-digest.ts'
import { malformedXml, notImplemented } from './errors.ts'
import { onObject } from './needs.ts'
import { openObject, type StoredObject } from './object.ts'
import {
  assertFuture,
  assertRetentionChange,
  lockAnswer,
  lockKeys,
  missingObjectLock,
  noSuchLock,
  type Retention,
} from './object-lock.ts'
import { changeObject } from './object-tagging.ts'

/** S3 API Reference, PutObjectRetention; an empty Retention takes one in governance mode away. */
export const putObjectRetention = operation<PutObjectRetentionCommandInput, PutObjectRetentionCommandOutput>(
  's3',
  'PutObjectRetention',
  {
    needs: (input, call) => {
      const { Bucket, Key, VersionId, Retention: asked } = input
      const context = lockKeys(asked?.Mode, asked?.RetainUntilDate, undefined, call.time)
      return [
        onObject(call, 's3:PutObjectRetention', Bucket, Key, context, VersionId),
        ...bypassNeeds(call, Bucket, Key, VersionId, input.BypassGovernanceRetention),
      ]
    },
    perform: (input, permit) => {
      const { world } = permit
      checkBody(permit.call)
      const { objectLock } = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
      if (!objectLock) throw missingObjectLock()
      const retention = wanted(input.Retention, world.now())
      changeObject(input, permit, (object) => {
        assertRetentionChange(object.retention, retention, world.now(), input.BypassGovernanceRetention ?? false)
        return { ...object, retention }
      })
      return {}
    },
  },
)

function wanted(asked: Shape<PutObjectRetentionCommandInput>['Retention'], nowMs: number): Retention | undefined {
  if (!asked) throw malformedXml()
  const { Mode: mode, RetainUntilDate: until } = asked
  if (asked.EventHold ?? asked.EventHoldDuration) throw notImplemented('Event holds are not built in Sallyport yet.')
  if (mode === undefined && until === undefined) return undefined
  if (until === undefined || (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE')) throw malformedXml()
  assertFuture(until, nowMs, 'RetainUntilDate')
  return { mode, until }
}

/** Who means to bypass governance mode must be allowed to (S3 User Guide, "Bypassing governance mode"). */
export function bypassNeeds(
  call: Call,
  bucket: string,
  key: string,
  versionId: string | undefined,
  bypass: boolean | undefined,
): Need[] {
  return bypass ? [onObject(call, 's3:BypassGovernanceRetention', bucket, key, {}, versionId)] : []
}

export const getObjectRetention = operation<GetObjectRetentionCommandInput, GetObjectRetentionCommandOutput>(
  's3',
  'GetObjectRetention',
  {
    needs: ({ Bucket, Key, VersionId }, call) => [onObject(call, 's3:GetObjectRetention', Bucket, Key, {}, VersionId)],
    perform: ({ Bucket, Key, VersionId, ExpectedBucketOwner }, permit) => {
      const { objectLock } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (!objectLock) throw missingObjectLock()
      const { retention } = openObject(permit.world.store, Bucket, Key, VersionId)
      if (!retention) throw noSuchLock()
      return { Retention: { Mode: retention.mode, RetainUntilDate: retention.until } }
    },
  },
)

/** What GetObject and HeadObject tell of a lock, to those who may ask for it (S3 API Reference, GetObject, x-amz-object-lock-mode). */
export function shownLock(
  permit: Permit,
  { Bucket, Key, VersionId }: { Bucket: string; Key: string; VersionId?: string },
  object: StoredObject,
): ReturnType<typeof lockAnswer> {
  const { retention, legalHold } = object
  if (!retention && !legalHold) return {}
  const may = (action: string) =>
    authorizeEach(permit, [onObject(permit.call, action, Bucket, Key, {}, VersionId)])[0] === undefined
  return lockAnswer({
    ...(retention && may('s3:GetObjectRetention') ? { retention } : {}),
    ...(legalHold && may('s3:GetObjectLegalHold') ? { legalHold } : {}),
  })
}
