import type {
  GetBucketAclCommandInput,
  GetBucketAclCommandOutput,
  GetObjectAclCommandInput,
  GetObjectAclCommandOutput,
  PutBucketAclCommandInput,
  PutBucketAclCommandOutput,
  PutObjectAclCommandInput,
  PutObjectAclCommandOutput,
} from '@aws-sdk/client-s3'
import type { Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { groups, ownersOwn, type AclGrant } from './acl-grants.ts'
import { aclKeys, requestedAcl, type AclInput, type Owners } from './acl-input.ts'
import { aclsNotSupported, refusePublicAcl } from './acl-refusals.ts'
import { bucketArn, openBucket, updateBucket, type Bucket } from './bucket.ts'
import { onBucket, onObject, readObject } from './needs.ts'
import { openObject, type StoredObject } from './object.ts'
import { changeObject } from './object-tagging.ts'
import { aclsDisabled } from './object-ownership.ts'
import { owner } from './owner.ts'

/** An access control list as it is printed; where lists are disabled it says what holds: the owner has full control. */
function printed(account: string, grants: readonly AclGrant[] | undefined) {
  const Owner = owner(account)
  return {
    Owner,
    Grants: (grants ?? ownersOwn(Owner.ID)).map(({ grantee, permission }) => ({
      Grantee: groups.has(grantee)
        ? { Type: 'Group' as const, URI: grantee }
        : { Type: 'CanonicalUser' as const, ID: grantee },
      Permission: permission,
    })),
  }
}

export const getBucketAcl = operation<GetBucketAclCommandInput, GetBucketAclCommandOutput>('s3', 'GetBucketAcl', {
  needs: ({ Bucket }, call) => [onBucket(call, 's3:GetBucketAcl', Bucket)],
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const bucket = openBucket(Bucket, ExpectedBucketOwner, permit)
    return printed(bucket.account, aclsDisabled(bucket) ? undefined : bucket.acl)
  },
})

export const putBucketAcl = operation<PutBucketAclCommandInput, PutBucketAclCommandOutput>('s3', 'PutBucketAcl', {
  needs: (input, call) => [onBucket(call, 's3:PutBucketAcl', input.Bucket, aclKeys(input))],
  perform: (input, permit) => {
    const bucket = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
    const { ID } = owner(bucket.account)
    const acl = wantedAcl(permit, bucket, input, { subject: 'bucket', owner: ID, bucketOwner: ID })
    refusePublicAcl(permit.call, bucket, acl, 's3:PutBucketAcl', bucketArn(bucket.name))
    updateBucket(permit.world.store, input.Bucket, (now) => ({ ...now, acl }))
    return {}
  },
})

export const getObjectAcl = operation<GetObjectAclCommandInput, GetObjectAclCommandOutput>('s3', 'GetObjectAcl', {
  needs: ({ Bucket, Key, VersionId }, call) =>
    readObject(call, VersionId === undefined ? 's3:GetObjectAcl' : 's3:GetObjectVersionAcl', Bucket, Key, VersionId),
  perform: ({ Bucket, Key, VersionId, ExpectedBucketOwner }, permit) => {
    const bucket = openBucket(Bucket, ExpectedBucketOwner, permit)
    const object = openObject(permit.world.store, Bucket, Key, VersionId)
    return aclsDisabled(bucket)
      ? printed(bucket.account, undefined)
      : printed(object.owner ?? bucket.account, object.acl)
  },
})

export const putObjectAcl = operation<PutObjectAclCommandInput, PutObjectAclCommandOutput>('s3', 'PutObjectAcl', {
  needs: (input, call) => {
    const action = input.VersionId === undefined ? 's3:PutObjectAcl' : 's3:PutObjectVersionAcl'
    return [onObject(call, action, input.Bucket, input.Key, aclKeys(input), input.VersionId)]
  },
  perform: (input, permit) => {
    const { Bucket, Key, VersionId } = input
    const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const object = openObject(permit.world.store, Bucket, Key, VersionId, 'PUT')
    const acl = wantedAcl(permit, bucket, input, ownersOf(bucket, object))
    refusePublicAcl(permit.call, bucket, acl, 's3:PutObjectAcl', `${bucketArn(Bucket)}/${Key}`)
    changeObject(input, permit, (now) => ({ ...now, acl }))
    return {}
  },
})

function ownersOf(bucket: Bucket, object: StoredObject): Owners {
  return {
    subject: 'object',
    owner: owner(object.owner ?? bucket.account).ID,
    bucketOwner: owner(bucket.account).ID,
  }
}

/** Throws AccessControlListNotSupported where lists are disabled, whatever this one says. */
function wantedAcl({ world }: Permit, bucket: Bucket, input: AclInput, owners: Owners): readonly AclGrant[] {
  if (aclsDisabled(bucket)) throw aclsNotSupported()
  const acl = requestedAcl(world, input, owners)
  if (acl) return acl
  throw new AwsError('MissingSecurityHeader', 'Your request was missing a required header', 400, {
    MissingHeaderName: 'x-amz-acl',
  })
}
