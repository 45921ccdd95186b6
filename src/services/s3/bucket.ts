import type { CORSRule } from '@aws-sdk/client-s3'
import type { Permit } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { accessDenied, noSuchBucket } from './errors.ts'
import type { AclGrant } from './acl-grants.ts'
import type { BucketEncryption } from './bucket-encryption.ts'
import type { BucketSettings } from './bucket-settings.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { BucketObjectLock } from './object-lock.ts'
import type { ObjectOwnership } from './object-ownership.ts'
import type { PublicAccessBlock } from './public-access.ts'
import type { Tags } from './tags.ts'

/** Document `s3/bucket`, keyed by its name: names are one namespace for all accounts and regions. */
export interface Bucket extends BucketSettings {
  name: string
  account: string
  region: string
  /** Epoch seconds. */
  createdAt: number
  /** What public access is kept out; absent: none is. */
  publicAccessBlock?: PublicAccessBlock
  policy?: BucketPolicyDocument
  tags?: Tags
  cors?: Shape<CORSRule>[]
  /** Absent: SSE-S3, and SSE-C is blocked. */
  encryption?: BucketEncryption
  /** Absent: BucketOwnerEnforced; `none` where the controls were deleted. */
  ownership?: ObjectOwnership | 'none'
  /** Absent: the owner has full control and nobody else anything. */
  acl?: readonly AclGrant[]
  /** Absent: no version was ever kept here. */
  versioning?: { status: 'Enabled' | 'Suspended'; mfaDelete?: 'Enabled' | 'Disabled' }
  objectLock?: BucketObjectLock
  lifecycle?: Lifecycle
}

export interface BucketPolicyDocument {
  /** As its author wrote it. */
  text: string
  /** ARN -> unique id of the users and roles that it named when it was put. */
  principals: Record<string, string>
}

export const BUCKETS = 's3/bucket'

export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`
}

export function findBucket(store: Store, name: string): Bucket | undefined {
  return store.get<Bucket>(BUCKETS, name)
}

/**
 * The bucket that an allowed call is about. Throws NoSuchBucket; PermanentRedirect; AccessDenied when it is not the expected
 * owner's, and InvalidBucketOwnerAWSAccountID when that is no account.
 */
export function openBucket(name: string, expectedOwner: string | undefined, { call, world }: Permit): Bucket {
  if (expectedOwner !== undefined && !/^\d{12}$/.test(expectedOwner)) {
    throw new AwsError(
      'InvalidBucketOwnerAWSAccountID',
      `The value of the expected bucket owner parameter must be an AWS Account ID... [${expectedOwner}]`,
      400,
    )
  }
  const bucket = findBucket(world.store, name)
  if (!bucket) throw noSuchBucket(name)
  if (expectedOwner !== undefined && expectedOwner !== bucket.account) throw accessDenied()
  if (bucket.region !== call.region) throw permanentRedirect(bucket)
  if (bucket.requestPayment === 'Requester' && !pays(bucket, call)) throw accessDenied()
  return bucket
}

/**
 * S3 User Guide, "Using Requester Pays general purpose buckets": strangers say in every request that they pay, and who does
 * not sign cannot pay. Calls from within are AWS's own.
 */
function pays({ account }: Bucket, call: Permit['call']): boolean {
  const { caller } = call
  if (caller.account === account || caller.kind === 'service') return true
  return caller.kind !== 'anonymous' && call.header('x-amz-request-payer') === 'requester'
}

function permanentRedirect({ name, region }: Bucket): AwsError {
  const error = new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    { Endpoint: `${name}.s3.${region}.amazonaws.com`, Bucket: name },
  )
  error.headers['x-amz-bucket-region'] = region
  return error
}

/** Writes a changed bucket back; whoever deletes it meanwhile wins. */
export function updateBucket(store: Store, name: string, change: (bucket: Bucket) => Bucket): void {
  store.transaction(() => {
    const bucket = findBucket(store, name)
    if (!bucket) throw noSuchBucket(name)
    store.put<Bucket>(BUCKETS, name, change(bucket))
  })
}

/**
 * S3 User Guide, "General purpose bucket naming rules".
 * Throws InvalidBucketName.
 */
export function checkBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')
  const reserved =
    /^\d+\.\d+\.\d+\.\d+$/.test(name) ||
    /^(?:xn--|sthree-|amzn-s3-demo-)/.test(name) ||
    /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  if (!wellFormed || reserved) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name })
  }
}
