import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { StoredObject } from './object.ts'

/** What an object of a general purpose bucket may be kept as (S3 User Guide, "Understanding Amazon S3 storage classes"). */
const classes = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const
export type StorageClass = (typeof classes)[number]

/** A temporary copy of an archived object. */
export interface Restore {
  /** Epoch seconds at which it is there, and at which it goes again. */
  readyAt: number
  expiresAt: number
}

const DAY = 86_400

/** How long a restore takes, in seconds; AWS's upper ends (S3 User Guide, "Understanding archive retrieval options"). */
const retrieval: { [storageClass: string]: { [tier: string]: number } } = {
  GLACIER: { Expedited: 5 * 60, Standard: 5 * 3600, Bulk: 12 * 3600 },
  DEEP_ARCHIVE: { Standard: 12 * 3600, Bulk: 48 * 3600 },
}

/** Undefined where AWS has no such tier for the class. */
export function retrievalSeconds(storageClass: StorageClass, tier: string): number | undefined {
  return retrieval[storageClass]?.[tier]
}

/** The class that a write asks for, as it is kept: STANDARD goes without saying. Throws InvalidStorageClass. */
export function storageClassNamed(name: string | undefined): { storageClass?: StorageClass } {
  if (name === undefined || name === 'STANDARD') return {}
  const storageClass = classes.find((one) => one === name)
  if (storageClass) return { storageClass }
  throw new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', 400, {
    StorageClassRequested: name,
  })
}

export const storageClassOf = ({ storageClass = 'STANDARD' }: Pick<StoredObject, 'storageClass'>) => storageClass

/** `x-amz-storage-class`, which STANDARD objects do without (S3 API Reference, GetObject). */
export function storageClassAnswer({ storageClass }: Pick<StoredObject, 'storageClass'>): {
  StorageClass?: StorageClass
} {
  return storageClass ? { StorageClass: storageClass } : {}
}

export function isArchived({ storageClass }: Pick<StoredObject, 'storageClass'>): boolean {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE'
}

/** Where a restore stands; undefined without one, and once its copy is gone. */
export function restoreState(
  { restore }: Pick<StoredObject, 'restore'>,
  nowMs: number,
): { ongoing: boolean; expiresAt: number } | undefined {
  if (!restore || restore.expiresAt * 1000 <= nowMs) return undefined
  return { ongoing: restore.readyAt * 1000 > nowMs, expiresAt: restore.expiresAt }
}

/** `x-amz-restore` (S3 API Reference, HeadObject). */
export function restoreAnswer(object: StoredObject, world: World): { Restore?: string } {
  const state = restoreState(object, world.now())
  if (!state) return {}
  const { ongoing, expiresAt } = state
  return {
    Restore: ongoing
      ? 'ongoing-request="true"'
      : `ongoing-request="false", expiry-date="${new Date(expiresAt * 1000).toUTCString()}"`,
  }
}

/** Refuses to read what is archived and not restored (S3 API Reference, GetObject, InvalidObjectState). */
export function assertReadable(object: StoredObject, world: World): void {
  if (!isArchived(object) || restoreState(object, world.now())?.ongoing === false) return
  throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", 403, {
    StorageClass: storageClassOf(object),
  })
}

/** A copy stays to the midnight that follows its days (S3 User Guide, "Restoring an archived object"). */
export function restoreFor(days: number, readyAt: number): Restore {
  return { readyAt, expiresAt: (Math.floor((readyAt + days * DAY) / DAY) + 1) * DAY }
}
