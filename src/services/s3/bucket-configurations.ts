import type { Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Bucket } from './bucket.ts'
import { openBucket, updateBucket } from './bucket.ts'
import type { BucketSettings } from './bucket-settings.ts'
import { invalidArgument } from './errors.ts'

/**
 * Settings of which a bucket has many, each by an id: inventory, analytics, metrics, intelligent tiering. They are put, got,
 * deleted and listed alike (S3 API Reference, e.g. PutBucketInventoryConfiguration).
 */

type Kind = 'inventory' | 'analytics' | 'metrics' | 'intelligentTiering'
type Kept<K extends Kind> = NonNullable<BucketSettings[K]>[string]

interface Named {
  Bucket: string
  Id: string
  ExpectedBucketOwner?: string
}

const MAX_CONFIGURATIONS = 1000
const PAGE = 100

/** Throws IdMismatch, InvalidConfigurationId and TooManyConfigurations. */
export function putConfiguration<K extends Kind>(permit: Permit, kind: K, input: Named, wanted: Kept<K>): void {
  openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
  const { Id: id } = input
  if (wanted.Id !== id) {
    throw new AwsError('IdMismatch', 'Document ID does not match the specified configuration ID.', 400)
  }
  if (id.length > 64 || !/^[A-Za-z0-9_.-]+$/.test(id)) {
    throw new AwsError('InvalidConfigurationId', 'The specified configuration ID is not valid.', 400) // inferred: the sentence
  }
  updateBucket(permit.world.store, input.Bucket, (bucket) => {
    const there = all(bucket, kind)
    if (!Object.hasOwn(there, id) && Object.keys(there).length >= MAX_CONFIGURATIONS) {
      throw new AwsError(
        'TooManyConfigurations',
        'You are attempting to create a new configuration but have already reached the 1,000-configuration limit.',
        400,
      )
    }
    return { ...bucket, [kind]: { ...there, [id]: wanted } }
  })
}

export function getConfiguration<K extends Kind>(permit: Permit, kind: K, input: Named): Kept<K> {
  return named(openBucket(input.Bucket, input.ExpectedBucketOwner, permit), kind, input.Id)
}

export function deleteConfiguration(permit: Permit, kind: Kind, input: Named): void {
  named(openBucket(input.Bucket, input.ExpectedBucketOwner, permit), kind, input.Id)
  updateBucket(permit.world.store, input.Bucket, (bucket) => {
    const rest = Object.fromEntries(Object.entries(all(bucket, kind)).filter(([id]) => id !== input.Id))
    return { ...bucket, [kind]: rest }
  })
}

interface Page<T> {
  list: T[]
  IsTruncated: boolean
  ContinuationToken?: string
  NextContinuationToken?: string
}

/** At most 100 at a time, by id; the token is the last id, in base64. */
export function listConfigurations<K extends Kind>(
  permit: Permit,
  kind: K,
  input: { Bucket: string; ContinuationToken?: string; ExpectedBucketOwner?: string },
): Page<Kept<K>> {
  const bucket = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
  const { ContinuationToken } = input
  const after = ContinuationToken === undefined ? '' : Buffer.from(ContinuationToken, 'base64').toString()
  if (ContinuationToken === '') {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', '')
  }
  const ids = Object.keys(all(bucket, kind))
    .filter((id) => id > after)
    .sort()
  const page = ids.slice(0, PAGE)
  const more = ids.length > PAGE
  return {
    list: page.map((id) => all(bucket, kind)[id] as Kept<K>),
    IsTruncated: more,
    ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    ...(more ? { NextContinuationToken: Buffer.from(page.at(-1)!).toString('base64') } : {}),
  }
}

function all<K extends Kind>(bucket: Bucket, kind: K): Readonly<Record<string, Kept<K>>> {
  return (bucket[kind] ?? {}) as Readonly<Record<string, Kept<K>>>
}

function named<K extends Kind>(bucket: Bucket, kind: K, id: string): Kept<K> {
  const there = all(bucket, kind)
  if (Object.hasOwn(there, id)) return there[id]!
  throw new AwsError('NoSuchConfiguration', 'The specified configuration does not exist.', 404)
}
