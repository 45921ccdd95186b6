import type { Bucket } from './bucket.ts'

/** Who owns what others write, and whether access control lists count (S3 User Guide, "Controlling ownership of objects"). */
export type ObjectOwnership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter'

/** A bucket without ownership controls goes by its object writers. */
export function ownershipOf({ ownership = 'BucketOwnerEnforced' }: Pick<Bucket, 'ownership'>): ObjectOwnership {
  return ownership === 'none' ? 'ObjectWriter' : ownership
}

/** True where access control lists mean nothing, and none but the owner's own is taken. */
export function aclsDisabled(bucket: Pick<Bucket, 'ownership'>): boolean {
  return ownershipOf(bucket) === 'BucketOwnerEnforced'
}

export function isOwnership(name: string): name is ObjectOwnership {
  return name === 'BucketOwnerEnforced' || name === 'BucketOwnerPreferred' || name === 'ObjectWriter'
}
