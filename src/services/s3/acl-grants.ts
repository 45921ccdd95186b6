/**
 * Access control lists as data (S3 User Guide, "Access control list (ACL) overview"): who is granted what, and what those
 * permissions mean as actions.
 */

export type Permission = 'FULL_CONTROL' | 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP'

export interface AclGrant {
  /** A canonical user id, or the URI of one of S3's groups. */
  readonly grantee: string
  readonly permission: Permission
}

export const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'
export const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers'
export const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery'

export const groups: ReadonlySet<string> = new Set([ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY])
export const permissions: ReadonlySet<string> = new Set(['FULL_CONTROL', 'READ', 'WRITE', 'READ_ACP', 'WRITE_ACP'])

/** The account by which EC2 reads bundled images; `aws-exec-read` grants to it. */
export const EC2_BUNDLES = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c'

export const MAX_GRANTS = 100

export type Subject = 'bucket' | 'object'

const full = (grantee: string): AclGrant => ({ grantee, permission: 'FULL_CONTROL' })

/** What everything has that was given no list: its owner has full control. */
export const ownersOwn = (owner: string): readonly AclGrant[] => [full(owner)]

export function isOwnersOwn(grants: readonly AclGrant[], owner: string): boolean {
  return grants.every(({ grantee }) => grantee === owner)
}

/** S3 User Guide, "Canned ACL"; undefined for a name that is none, or none of this subject's. */
export function cannedAcl(
  name: string,
  subject: Subject,
  owner: string,
  bucketOwner: string,
): readonly AclGrant[] | undefined {
  const also = (grantee: string, permission: Permission) => [full(owner), { grantee, permission }]
  switch (name) {
    case 'private':
      return [full(owner)]
    case 'public-read':
      return also(ALL_USERS, 'READ')
    case 'public-read-write':
      return [...also(ALL_USERS, 'READ'), { grantee: ALL_USERS, permission: 'WRITE' }]
    case 'aws-exec-read':
      return also(EC2_BUNDLES, 'READ')
    case 'authenticated-read':
      return also(AUTHENTICATED_USERS, 'READ')
    case 'log-delivery-write':
      if (subject === 'object') return undefined
      return [...also(LOG_DELIVERY, 'WRITE'), { grantee: LOG_DELIVERY, permission: 'READ_ACP' }]
    // "If you specify this canned ACL when creating a bucket, Amazon S3 ignores it."
    case 'bucket-owner-read':
      return owner === bucketOwner ? [full(owner)] : also(bucketOwner, 'READ')
    case 'bucket-owner-full-control':
      return owner === bucketOwner ? [full(owner)] : also(bucketOwner, 'FULL_CONTROL')
    default:
      return undefined
  }
}

/** A list that lets in everyone, or everyone with an AWS account ("The meaning of «public»"). */
export function isPublicAcl(grants: readonly AclGrant[]): boolean {
  return grants.some(({ grantee }) => isPublicGroup(grantee))
}

export function isPublicGroup(grantee: string): boolean {
  return grantee === ALL_USERS || grantee === AUTHENTICATED_USERS
}

/**
 * "Mapping of ACL permissions and access policy permissions". WRITE on a bucket makes new objects, with what a new object
 * brings along; of those that are there it overwrites and deletes the grantee's own (needs.ts sees to that).
 */
const actions: Readonly<Record<Subject, Readonly<Record<Exclude<Permission, 'FULL_CONTROL'>, readonly string[]>>>> = {
  bucket: {
    READ: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
    WRITE: ['s3:PutObject', 's3:PutObjectAcl', 's3:PutObjectTagging', 's3:DeleteObject'],
    READ_ACP: ['s3:GetBucketAcl'],
    WRITE_ACP: ['s3:PutBucketAcl'],
  },
  object: {
    READ: ['s3:GetObject', 's3:GetObjectVersion'],
    WRITE: [],
    READ_ACP: ['s3:GetObjectAcl', 's3:GetObjectVersionAcl'],
    WRITE_ACP: ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'],
  },
}

export function actionsOf(subject: Subject, permission: Permission): readonly string[] {
  const table = actions[subject]
  return permission === 'FULL_CONTROL' ? Object.values(table).flat() : table[permission]
}
