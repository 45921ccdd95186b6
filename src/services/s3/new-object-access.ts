import type { Permit } from '../../door/call.ts'
import { isOwnersOwn, type AclGrant } from './acl-grants.ts'
import { requestedAcl, type AclInput } from './acl-input.ts'
import { aclsNotSupported, refusePublicAcl } from './acl-refusals.ts'
import { bucketArn, type Bucket } from './bucket.ts'
import { aclsDisabled, ownershipOf } from './object-ownership.ts'
import { owner } from './owner.ts'

/** Whose a new object is and who else may what with it. */
export interface ObjectAccess {
  /** Account; absent: the bucket's. */
  owner?: string
  /** Absent: the owner's full control alone. */
  acl?: readonly AclGrant[]
}

/**
 * Owner and access control list of an object that is being written (S3 User Guide, "Controlling ownership of objects").
 * Throws AccessControlListNotSupported where lists are disabled and this one says more than the bucket owner's full control.
 */
export function newObjectAccess(permit: Permit, bucket: Bucket, input: AclInput & { Key: string }): ObjectAccess {
  const { call, world } = permit
  const bucketOwner = owner(bucket.account).ID
  const writer = writerOf(permit, bucket)
  if (aclsDisabled(bucket)) {
    if (input.ACL === 'bucket-owner-full-control') return {}
    const byHeader =
      input.ACL === undefined && requestedAcl(world, input, { subject: 'object', owner: bucketOwner, bucketOwner })
    if (input.ACL !== undefined || (byHeader && !isOwnersOwn(byHeader, bucketOwner))) throw aclsNotSupported()
    return {}
  }
  const handsOver = ownershipOf(bucket) === 'BucketOwnerPreferred' && input.ACL === 'bucket-owner-full-control'
  const account = handsOver ? bucket.account : writer
  const acl = requestedAcl(world, input, { subject: 'object', owner: owner(account).ID, bucketOwner })
  refusePublicAcl(call, bucket, acl, `s3:${call.operation}`, `${bucketArn(bucket.name)}/${input.Key}`)
  return { ...(account === bucket.account ? {} : { owner: account }), ...(acl ? { acl } : {}) }
}

/** inferred: what AWS's own services deliver belongs to the bucket's owner, as they hand it over anyway. */
function writerOf({ call: { caller } }: Permit, bucket: Bucket): string {
  return caller.kind === 'service' ? bucket.account : caller.account
}
