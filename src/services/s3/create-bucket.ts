import type { CreateBucketCommandInput, CreateBucketCommandOutput } from '@aws-sdk/client-s3'
import { need, type Call, type Need, type Permit } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { isOwnersOwn, isPublicAcl, type AclGrant } from './acl-grants.ts'
import { aclKeys, requestedAcl } from './acl-input.ts'
import { bucketArn, BUCKETS, checkBucketName, findBucket, type Bucket } from './bucket.ts'
import { aclAndOwnership } from './bucket-ownership-controls.ts'
import { invalidArgument, notImplemented } from './errors.ts'
import { present, requestKeys } from './needs.ts'
import { isOwnership, type ObjectOwnership } from './object-ownership.ts'
import { nowSeconds } from './object.ts'
import { owner } from './owner.ts'
import { allBlocked } from './public-access.ts'
import { fromTagSet } from './tags.ts'

export const createBucket = operation<CreateBucketCommandInput, CreateBucketCommandOutput>('s3', 'CreateBucket', {
  needs,
  perform: (input, permit) => {
    const { call, world } = permit
    const { Bucket: name, CreateBucketConfiguration: configuration } = input
    checkBucketName(name)
    refuseUnsupported(input)
    const region = regionOf(call, configuration?.LocationConstraint)
    const tags = fromTagSet(configuration?.Tags ?? [], 'Bucket')
    const access = accessOf(input, permit)
    world.store.transaction(() => {
      const there = findBucket(world.store, name)
      if (there) return refuseTaken(there, call, region)
      refuseTooMany(world.store, call.account)
      world.store.put<Bucket>(BUCKETS, name, {
        name,
        account: call.account,
        region,
        createdAt: nowSeconds(permit),
        publicAccessBlock: allBlocked,
        ...access,
        ...(configuration?.Tags?.length ? { tags } : {}),
        ...(input.ObjectLockEnabledForBucket ? { objectLock: {}, versioning: { status: 'Enabled' as const } } : {}),
      })
    })
    return { Location: `/${name}`, BucketArn: bucketArn(name) }
  },
})

/** The bucket will be the caller's own, whoever has that name now; so it is asked as such, without anybody's bucket policy. */
function needs(input: Shape<CreateBucketCommandInput>, call: Call): Need[] {
  const { Bucket: name, CreateBucketConfiguration: configuration } = input
  const arn = bucketArn(name)
  const tags = configuration?.Tags ?? []
  const context = present({
    ...requestKeys(call),
    's3:locationconstraint': configuration?.LocationConstraint,
    ...aclKeys(input),
    's3:x-amz-object-ownership': input.ObjectOwnership,
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value ?? ''])),
    ...(tags.length > 0 ? { 'aws:TagKeys': tags.map(({ Key }) => Key ?? '') } : {}),
  })
  const own = { shownAs: `"${arn}"`, resourceAccount: call.account, context }
  return [
    need('s3:CreateBucket', arn, own),
    ...(tags.length > 0 ? [need('s3:TagResource', arn, own)] : []),
    // S3 API Reference, CreateBucket, "Permissions".
    ...(Object.values(aclKeys(input)).some((value) => value !== undefined) ? [need('s3:PutBucketAcl', arn, own)] : []),
    ...(input.ObjectOwnership === undefined ? [] : [need('s3:PutBucketOwnershipControls', arn, own)]),
    ...(input.ObjectLockEnabledForBucket
      ? [need('s3:PutBucketObjectLockConfiguration', arn, own), need('s3:PutBucketVersioning', arn, own)]
      : []),
  ]
}

/**
 * S3 API Reference, CreateBucket, LocationConstraint. Only the endpoint of us-east-1 makes buckets of other regions.
 * Texts: facts errors.md A7.
 */
function regionOf(call: Call, constraint: string | undefined): string {
  if (call.region === 'us-east-1') {
    if (constraint === 'us-east-1') throw invalidLocation(constraint)
    if (constraint && constraint !== 'EU' && !isRegion.test(constraint)) throw invalidLocation(constraint)
    return constraint === 'EU' ? 'eu-west-1' : constraint || 'us-east-1'
  }
  if (constraint === call.region || (constraint === 'EU' && call.region === 'eu-west-1')) return call.region
  throw new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint || 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    400,
  )
}

const isRegion = /^[a-z]{2}(?:-[a-z]+)+-\d$/

function invalidLocation(LocationConstraint: string): AwsError {
  return new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
    LocationConstraint,
  })
}

/**
 * Ownership and access control list of a new bucket. It blocks public access, so no list may give it
 * (S3 User Guide, "Blocking public access": InvalidBucketAclWithBlockPublicAccessError).
 */
function accessOf(
  input: Shape<CreateBucketCommandInput>,
  { call, world }: Permit,
): { ownership?: ObjectOwnership; acl?: readonly AclGrant[] } {
  const { ObjectOwnership: ownership = 'BucketOwnerEnforced' } = input
  if (!isOwnership(ownership)) {
    throw invalidArgument('Invalid x-amz-object-ownership header', 'x-amz-object-ownership', ownership) // inferred: the sentence
  }
  const { ID } = owner(call.account)
  const acl = requestedAcl(world, input, { subject: 'bucket', owner: ID, bucketOwner: ID })
  if (acl && ownership === 'BucketOwnerEnforced' && !isOwnersOwn(acl, ID)) throw aclAndOwnership()
  if (acl && isPublicAcl(acl)) {
    throw new AwsError(
      'InvalidBucketAclWithBlockPublicAccessError',
      'Bucket cannot have public ACLs set with BlockPublicAccess enabled',
      400,
    )
  }
  return { ownership, ...(acl && ownership !== 'BucketOwnerEnforced' ? { acl } : {}) }
}

/** S3 User Guide, "General purpose bucket quotas": 10,000 for an account, as it is before anyone asks for more. */
const MAX_BUCKETS = 10_000

function refuseTooMany(store: Store, account: string): void {
  if (store.count(BUCKETS) < MAX_BUCKETS) return
  const own = store.list<Bucket>(BUCKETS).filter(({ value }) => value.account === account).length
  if (own < MAX_BUCKETS) return
  throw new AwsError('TooManyBuckets', 'You have attempted to create more buckets than allowed', 400)
}

/** In us-east-1 an owner who makes a bucket again is told that it worked (S3 API Reference, CreateBucket, BucketAlreadyOwnedByYou). */
function refuseTaken(there: Bucket, call: Call, region: string): void {
  const { name: BucketName } = there
  if (there.account !== call.account) {
    throw new AwsError(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      409,
      { BucketName },
    )
  }
  if (there.region === 'us-east-1' && region === 'us-east-1') return
  throw new AwsError(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    409,
    { BucketName },
  )
}

function refuseUnsupported(input: Shape<CreateBucketCommandInput>): void {
  if (input.CreateBucketConfiguration?.Location ?? input.CreateBucketConfiguration?.Bucket) {
    throw notImplemented('Directory buckets are not built in Sallyport yet; no bucket was made.')
  }
}
