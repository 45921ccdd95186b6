import type { CreateBucketCommandInput, CreateBucketCommandOutput } from '@aws-sdk/client-s3'
import { need, type Call, type Need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { bucketArn, BUCKETS, checkBucketName, findBucket, type Bucket } from './bucket.ts'
import { notImplemented } from './errors.ts'
import { present, requestKeys } from './needs.ts'
import { nowSeconds } from './object.ts'
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
    world.store.transaction(() => {
      const there = findBucket(world.store, name)
      if (there) return refuseTaken(there, call, region)
      world.store.put<Bucket>(BUCKETS, name, {
        name,
        account: call.account,
        region,
        createdAt: nowSeconds(permit),
        publicAccessBlock: allBlocked,
        ...(configuration?.Tags?.length ? { tags } : {}),
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
    's3:x-amz-acl': input.ACL,
    's3:x-amz-object-ownership': input.ObjectOwnership,
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value ?? ''])),
    ...(tags.length > 0 ? { 'aws:TagKeys': tags.map(({ Key }) => Key ?? '') } : {}),
  })
  const own = { shownAs: `"${arn}"`, resourceAccount: call.account, context }
  return [need('s3:CreateBucket', arn, own), ...(tags.length > 0 ? [need('s3:TagResource', arn, own)] : [])]
}

/**
 * S3 API Reference, CreateBucket, LocationConstraint. Only the endpoint of us-east-1 makes buckets of other regions.
 * Texts: facts errors.md A7.
 */
function regionOf(call: Call, constraint: string | undefined): string {
  if (call.region === 'us-east-1') {
    if (constraint === 'us-east-1') {
      throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
        LocationConstraint: constraint,
      })
    }
    return constraint === 'EU' ? 'eu-west-1' : constraint || 'us-east-1'
  }
  if (constraint === call.region || (constraint === 'EU' && call.region === 'eu-west-1')) return call.region
  throw new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint || 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    400,
  )
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
  const grants = [input.GrantFullControl, input.GrantRead, input.GrantReadACP, input.GrantWrite, input.GrantWriteACP]
  if ((input.ACL !== undefined && input.ACL !== 'private') || grants.some((grant) => grant !== undefined)) {
    throw new AwsError(
      'InvalidBucketAclWithObjectOwnership',
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
      400,
    )
  }
  if (input.ObjectOwnership !== undefined && input.ObjectOwnership !== 'BucketOwnerEnforced') {
    throw notImplemented(`Object ownership ${input.ObjectOwnership} is not built in Sallyport yet; no bucket was made.`)
  }
  if (input.ObjectLockEnabledForBucket) {
    throw notImplemented('S3 Object Lock is not built in Sallyport yet; no bucket was made.')
  }
  if (input.CreateBucketConfiguration?.Location ?? input.CreateBucketConfiguration?.Bucket) {
    throw notImplemented('Directory buckets are not built in Sallyport yet; no bucket was made.')
  }
}
