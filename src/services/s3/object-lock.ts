import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { hasDigest } from './body-digest.ts'
import type { Bucket } from './bucket.ts'
import { invalidArgument, invalidRequest } from './errors.ts'
import { isInner } from './needs.ts'
import type { StoredObject } from './object.ts'

/** S3 Object Lock: what keeps a version from being deleted or overwritten (S3 User Guide, "Locking objects with Object Lock"). */
export interface Retention {
  mode: 'GOVERNANCE' | 'COMPLIANCE'
  /** Epoch seconds. */
  until: number
}

/** The member `objectLock` of a bucket: there is one as soon as the lock is enabled, and no way back. */
export interface BucketObjectLock {
  default?: { mode: Retention['mode']; days: number } | { mode: Retention['mode']; years: number }
}

const DAY = 86_400
const MAX_DAYS = 36_500

export interface LockHeaders {
  ObjectLockMode?: string
  ObjectLockRetainUntilDate?: number
  ObjectLockLegalHoldStatus?: string
}

export const missingObjectLock = () => invalidRequest('Bucket is missing Object Lock Configuration')

export const noSuchLock = () =>
  new AwsError('NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration', 404)

/** Lock as a write asks for it. Throws S3's InvalidRequest and InvalidArgument. */
export function lockAsked(
  input: LockHeaders,
  bucket: Bucket,
  call: Call,
): Pick<StoredObject, 'retention' | 'legalHold'> {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input
  if (mode === undefined && until === undefined && hold === undefined) return {}
  if (!bucket.objectLock) throw missingObjectLock()
  if (!isInner(call) && !hasDigest(call)) {
    throw invalidRequest(
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    )
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      mode === undefined ? 'x-amz-object-lock-retain-until-date' : 'x-amz-object-lock-mode',
      mode ?? new Date(until! * 1000).toISOString(),
    )
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", 'x-amz-object-lock-legal-hold', hold)
  }
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') {
    throw invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode', mode)
  }
  if (until !== undefined) assertFuture(until, call.world.now(), 'x-amz-object-lock-retain-until-date')
  return {
    ...(mode === undefined ? {} : { retention: { mode, until: until! } }),
    ...(hold === undefined ? {} : { legalHold: hold }),
  }
}

export function assertFuture(until: number, nowMs: number, argument: string): void {
  if (until * 1000 > nowMs) return
  throw invalidArgument('The retain until date must be in the future!', argument, new Date(until * 1000).toISOString())
}

/** A bucket's default is for new versions that ask for no retention of their own. */
export function withDefaultRetention({ objectLock }: Bucket, object: StoredObject): StoredObject {
  const preset = objectLock?.default
  if (!preset || object.retention) return object
  const from = new Date(object.lastModified * 1000)
  if ('years' in preset) from.setUTCFullYear(from.getUTCFullYear() + preset.years)
  else from.setTime(from.getTime() + preset.days * DAY * 1000)
  return { ...object, retention: { mode: preset.mode, until: from.getTime() / 1000 } }
}

export type Held = Pick<StoredObject, 'retention' | 'legalHold'>

/** What governance mode keeps, may be let go by who is allowed to bypass it and says so. */
export function isLocked({ retention, legalHold }: Held, nowMs: number, bypass: boolean): boolean {
  if (legalHold === 'ON') return true
  if (!retention || retention.until * 1000 <= nowMs) return false
  return retention.mode === 'COMPLIANCE' || !bypass
}

/** Throws AccessDenied in S3's words, for a version that may not be deleted now. */
export function assertUnlocked(object: Held, nowMs: number, bypass: boolean): void {
  if (isLocked(object, nowMs, bypass)) throw protectedByLock()
}

export const protectedByLock = () =>
  new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', 403)

/** A retention may be made longer by whoever may set it; less needs the bypass, and of compliance there is never less. */
export function assertRetentionChange(
  before: Retention | undefined,
  after: Retention | undefined,
  nowMs: number,
  bypass: boolean,
): void {
  if (!before || before.until * 1000 <= nowMs) return
  const weaker = !after || after.until < before.until || (before.mode === 'COMPLIANCE' && after.mode === 'GOVERNANCE')
  // A change of governance to compliance takes the right to bypass away, and so asks for it.
  const other = after !== undefined && after.mode !== before.mode
  if ((weaker || other) && (before.mode === 'COMPLIANCE' || !bypass)) throw protectedByLock()
}

/** `x-amz-object-lock-…` of answers. */
export function lockAnswer({ retention, legalHold }: Held) {
  return {
    ...(retention ? { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: retention.until } : {}),
    ...(legalHold ? { ObjectLockLegalHoldStatus: legalHold } : {}),
  }
}

/** Condition keys of a retention that a request asks for (Service Authorization Reference, "Amazon S3"). */
export function lockKeys(mode: string | undefined, until: number | undefined, hold: string | undefined, nowMs: number) {
  return {
    's3:object-lock-mode': mode,
    's3:object-lock-legal-hold': hold,
    's3:object-lock-retain-until-date': until === undefined ? undefined : new Date(until * 1000).toISOString(),
    's3:object-lock-remaining-retention-days':
      until === undefined ? undefined : String(Math.ceil((until * 1000 - nowMs) / (DAY * 1000))),
  }
}

/** Of a default. Throws InvalidArgument. */
export function checkPeriod(days: number | undefined, years: number | undefined): void {
  const period = days ?? years ?? 0
  if (period <= 0) {
    throw invalidArgument(
      'Default retention period must be a positive integer value.',
      days === undefined ? 'Years' : 'Days',
      String(period),
    )
  }
  if ((days ?? 0) > MAX_DAYS || (years ?? 0) > MAX_DAYS / 365) {
    throw invalidArgument(
      'Default retention period too large. Maximum allowed is 36500 days or 100 years.',
      days === undefined ? 'Years' : 'Days',
      String(period),
    )
  }
}
