import { applies, daysAfter, expiryOf, filterOf, subjectOf, type Lifecycle, type Subject } from './lifecycle.ts'
import { isLocked } from './object-lock.ts'
import { storageClassOf, type StorageClass } from './storage-class.ts'
import type { StoredVersion } from './versions.ts'

/** A version and its neighbours, as far as a rule looks at them. Times in epoch seconds. */
export interface Placed {
  version: StoredVersion
  isLatest: boolean
  /** Whether it is all that there is of its key. */
  isOnly: boolean
  /** When the version after it was written; of versions that are not current. */
  noncurrentSince?: number
  /** How many versions that are not current either are newer. */
  newerNoncurrent: number
}

export type Action = 'expire' | 'remove' | { transition: StorageClass }

/** From the dearest to the cheapest: a transition only goes down (S3 User Guide, "Supported transitions"). */
const waterfall = [
  'STANDARD',
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
]
const MINIMUM_TRANSITION_BYTES = 128 * 1024

/**
 * What is due for a version at that moment: `expire` as a delete that names no version, `remove` it for good, or a storage class.
 * An expiration outranks a transition, and an object lock outranks a removal (S3 User Guide, "Lifecycle and S3 Object Lock").
 */
export function dueAction(lifecycle: Lifecycle, placed: Placed, now: number): Action | undefined {
  const { version, isLatest } = placed
  const { object, key } = version
  const subject = object ? subjectOf(key, object) : { key, size: 0, tags: {} }
  if (!isLatest) {
    if (noncurrentIsDue(lifecycle, placed, subject, now)) {
      return object && isLocked(object, now * 1000, false) ? undefined : 'remove'
    }
  } else if (object) {
    const expiry = expiryOf({ lifecycle }, subject, object.lastModified)
    if (expiry && expiry.at <= now) return 'expire'
  } else if (placed.isOnly && markerIsDue(lifecycle, subject, version.marker.lastModified, now)) return 'remove'
  const storageClass = object && dueClass(lifecycle, placed, subject, now)
  return storageClass && { transition: storageClass }
}

function noncurrentIsDue(lifecycle: Lifecycle, placed: Placed, subject: Subject, now: number): boolean {
  return lifecycle.rules.some((rule) => {
    const { NoncurrentDays: days, NewerNoncurrentVersions: newer = 0 } = rule.NoncurrentVersionExpiration ?? {}
    return (
      days !== undefined &&
      applies(rule, subject) &&
      placed.newerNoncurrent >= newer &&
      daysAfter(placed.noncurrentSince!, days) <= now
    )
  })
}

/** A delete marker with nothing below it goes at once where a rule says so, and by its age where objects expire by theirs. */
function markerIsDue(lifecycle: Lifecycle, subject: Subject, lastModified: number, now: number): boolean {
  const byAge = expiryOf({ lifecycle }, subject, lastModified)
  return (
    (byAge !== undefined && byAge.at <= now) ||
    lifecycle.rules.some((rule) => rule.Expiration?.ExpiredObjectDeleteMarker === true && applies(rule, subject))
  )
}

function dueClass(lifecycle: Lifecycle, placed: Placed, subject: Subject, now: number): StorageClass | undefined {
  const object = placed.version.object!
  const due = lifecycle.rules.flatMap((rule) => {
    if (!applies(rule, subject)) return []
    if (placed.isLatest) {
      return (rule.Transitions ?? [])
        .filter(({ Days, Date: date }) => (date ?? daysAfter(object.lastModified, Days!)) <= now)
        .map((one) => ({ rule, storageClass: one.StorageClass! }))
    }
    return (rule.NoncurrentVersionTransitions ?? [])
      .filter(
        ({ NoncurrentDays, NewerNoncurrentVersions: newer = 0 }) =>
          placed.newerNoncurrent >= newer && daysAfter(placed.noncurrentSince!, NoncurrentDays!) <= now,
      )
      .map((one) => ({ rule, storageClass: one.StorageClass! }))
  })
  const rank = (storageClass: string) => waterfall.indexOf(storageClass)
  const lower = due
    .filter(({ rule, storageClass }) => largeEnough(lifecycle, rule, storageClass, subject.size))
    .map(({ storageClass }) => storageClass)
    .sort((a, b) => rank(b) - rank(a))[0]
  return lower && rank(lower) > rank(storageClassOf(object)) ? lower : undefined
}

/** Objects under 128 KB stay where they are, unless a filter by size says otherwise (PutBucketLifecycleConfiguration). */
function largeEnough(
  { minimumSize }: Lifecycle,
  rule: Lifecycle['rules'][number],
  storageClass: string,
  size: number,
): boolean {
  const { greaterThan, lessThan } = filterOf(rule)
  if ((greaterThan ?? lessThan) !== undefined || size >= MINIMUM_TRANSITION_BYTES) return true
  return minimumSize === 'varies_by_storage_class' && (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE')
}
