import type { AccessControlPolicy, Grantee } from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { cannedAcl, EC2_BUNDLES, groups, MAX_GRANTS, permissions, type AclGrant, type Subject } from './acl-grants.ts'
import { accessDenied, invalidArgument, invalidRequest } from './errors.ts'
import { isCanonicalId } from './owner.ts'

/** The members by which a request says an access control list; a body only where a list itself is put. */
export interface AclInput {
  ACL?: string
  GrantFullControl?: string
  GrantRead?: string
  GrantReadACP?: string
  GrantWrite?: string
  GrantWriteACP?: string
  AccessControlPolicy?: Shape<AccessControlPolicy>
}

/** Canonical ids of who owns the thing, and the bucket that it is or is in. */
export interface Owners {
  subject: Subject
  owner: string
  bucketOwner: string
}

/** The condition keys that they stand for. */
export function aclKeys(input: AclInput) {
  return {
    's3:x-amz-acl': input.ACL,
    's3:x-amz-grant-full-control': input.GrantFullControl,
    's3:x-amz-grant-read': input.GrantRead,
    's3:x-amz-grant-read-acp': input.GrantReadACP,
    's3:x-amz-grant-write': input.GrantWrite,
    's3:x-amz-grant-write-acp': input.GrantWriteACP,
  }
}

const headers = [
  ['GrantFullControl', 'x-amz-grant-full-control', 'FULL_CONTROL'],
  ['GrantRead', 'x-amz-grant-read', 'READ'],
  ['GrantReadACP', 'x-amz-grant-read-acp', 'READ_ACP'],
  ['GrantWrite', 'x-amz-grant-write', 'WRITE'],
  ['GrantWriteACP', 'x-amz-grant-write-acp', 'WRITE_ACP'],
] as const

/**
 * The list that a request asks for, by name, by headers or in its body; undefined when it says nothing of one.
 * S3 API Reference, PutBucketAcl, PutObjectAcl; sentences as S3's clients and tests quote them.
 */
export function requestedAcl(world: World, input: AclInput, owners: Owners): readonly AclGrant[] | undefined {
  const byHeader = headers.some(([member]) => input[member] !== undefined)
  if (input.AccessControlPolicy && (byHeader || input.ACL !== undefined)) {
    throw new AwsError('UnexpectedContent', 'This request does not support content', 400)
  }
  if (input.ACL !== undefined && byHeader) {
    throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed')
  }
  if (input.AccessControlPolicy) return fromBody(world, input.AccessControlPolicy, owners)
  if (byHeader) return limited(fromHeaders(world, input))
  if (input.ACL === undefined) return undefined
  const grants = cannedAcl(input.ACL, owners.subject, owners.owner, owners.bucketOwner)
  if (!grants) throw invalidArgument('', 'x-amz-acl', input.ACL)
  return grants
}

function fromHeaders(world: World, input: AclInput): AclGrant[] {
  return headers.flatMap(([member, header, permission]) => {
    const value = input[member]
    if (value === undefined) return []
    return value.split(',').map((part) => ({ grantee: granteeOf(world, part.trim(), header, value), permission }))
  })
}

/** `id="…"`, `uri="…"` or `emailAddress="…"`, with quotes or without. */
function granteeOf(world: World, part: string, header: string, whole: string): string {
  const [, type, value = ''] = /^(id|uri|emailAddress)\s*=\s*"?([^"]*)"?$/i.exec(part) ?? []
  switch (type?.toLowerCase()) {
    case 'id':
      if (!isKnownId(world, value)) throw invalidArgument('Invalid id', 'id', value)
      return value
    case 'uri':
      if (!groups.has(value)) throw invalidArgument('Invalid group uri', 'uri', value)
      return value
    case 'emailaddress':
      throw byEmail()
    default:
      throw invalidArgument('Argument format not recognized', header, whole)
  }
}

function fromBody(world: World, { Owner, Grants }: Shape<AccessControlPolicy>, { owner }: Owners): AclGrant[] {
  if (Owner?.ID === undefined || Grants === undefined) throw malformedAcl()
  if (!isKnownId(world, Owner.ID)) throw invalidArgument('Invalid id', 'CanonicalUser/ID', Owner.ID)
  // Ownership is nothing that a list could hand on.
  if (Owner.ID !== owner) throw accessDenied()
  return limited(
    Grants.map(({ Grantee: grantee, Permission: permission }) => {
      if (!grantee || permission === undefined || !permissions.has(permission)) throw malformedAcl()
      return { grantee: fromGrantee(world, grantee), permission }
    }),
  )
}

function fromGrantee(world: World, { Type, ID, URI }: Shape<Grantee>): string {
  switch (Type) {
    case 'CanonicalUser':
      if (ID === undefined) throw malformedAcl()
      if (!isKnownId(world, ID)) throw invalidArgument('Invalid id', 'CanonicalUser/ID', ID)
      return ID
    case 'Group':
      if (URI === undefined) throw malformedAcl()
      if (!groups.has(URI)) throw invalidArgument('Invalid group uri', 'Group/URI', URI)
      return URI
    case 'AmazonCustomerByEmail':
      throw byEmail()
    default:
      throw malformedAcl()
  }
}

const isKnownId = (world: World, id: string): boolean => id === EC2_BUNDLES || isCanonicalId(world, id)

/** "Starting October 1, 2025, Amazon S3 will discontinue … Email Grantee ACLs … HTTP 405" (S3 API Reference, PutObjectAcl). */
function byEmail(): AwsError {
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405)
}

function limited(grants: AclGrant[]): AclGrant[] {
  if (grants.length > MAX_GRANTS) throw malformedAcl()
  return grants
}

export function malformedAcl(): AwsError {
  return new AwsError(
    'MalformedACLError',
    'The XML you provided was not well-formed or did not validate against our published schema',
    400,
  )
}
