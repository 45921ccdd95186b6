import type { Call, Need } from '../../door/call.ts'
import { aclKeys } from './acl-input.ts'
import { notImplemented } from './errors.ts'
import { onObject } from './needs.ts'
import { lockKeys } from './object-lock.ts'
import { fromTaggingHeader, requestTagKeys } from './tags.ts'

/** Members of writes whose meaning is not built, or is fixed: buckets enforce ownership. */
export interface WriteOptions {
  ACL?: string
  GrantFullControl?: string
  GrantRead?: string
  GrantReadACP?: string
  GrantWriteACP?: string
  StorageClass?: string
  WebsiteRedirectLocation?: string
  ServerSideEncryption?: string
  SSEKMSKeyId?: string
  SSECustomerAlgorithm?: string
  ObjectLockMode?: string
  ObjectLockRetainUntilDate?: number
  ObjectLockLegalHoldStatus?: string
  WriteOffsetBytes?: number
}

const grants = ['GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'] as const
const unbuilt = ['WriteOffsetBytes'] as const

/** Refuses what cannot be done as asked: nothing is stored with less protection than was asked for. */
export function refuseUnsupported(input: WriteOptions): void {
  const member = unbuilt.find((name) => input[name] !== undefined)
  if (member) throw notImplemented(`${member} is not built in Sallyport yet; nothing was stored.`)
}

/** The condition keys that the headers of a write stand for. */
export function writeKeys(input: WriteOptions & { IfMatch?: string; IfNoneMatch?: string }, nowMs: number) {
  return {
    's3:x-amz-acl': input.ACL,
    's3:x-amz-grant-full-control': input.GrantFullControl,
    's3:x-amz-grant-read': input.GrantRead,
    's3:x-amz-grant-read-acp': input.GrantReadACP,
    's3:x-amz-grant-write-acp': input.GrantWriteACP,
    's3:x-amz-storage-class': input.StorageClass,
    's3:x-amz-website-redirect-location': input.WebsiteRedirectLocation,
    's3:x-amz-server-side-encryption': input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    's3:x-amz-server-side-encryption-customer-algorithm': input.SSECustomerAlgorithm,
    ...lockKeys(input.ObjectLockMode, input.ObjectLockRetainUntilDate, input.ObjectLockLegalHoldStatus, nowMs),
    's3:if-match': input.IfMatch,
    's3:if-none-match': input.IfNoneMatch,
  }
}

function tagsAsked({ Tagging }: { Tagging?: string }) {
  return requestTagKeys(Tagging === undefined ? undefined : fromTaggingHeader(Tagging))
}

/** What a write asks for beside s3:PutObject, by its headers (S3 API Reference, PutObject, "Permissions"). */
export function writeNeeds(
  call: Call,
  input: WriteOptions & { Bucket: string; Key: string; IfMatch?: string; Tagging?: string },
  tagged: boolean,
): Need[] {
  const { Bucket, Key } = input
  const lock = lockKeys(
    input.ObjectLockMode,
    input.ObjectLockRetainUntilDate,
    input.ObjectLockLegalHoldStatus,
    call.time,
  )
  const acl = input.ACL !== undefined || grants.some((name) => input[name] !== undefined)
  return [
    ...(acl ? [onObject(call, 's3:PutObjectAcl', Bucket, Key, aclKeys(input))] : []),
    ...(tagged ? [onObject(call, 's3:PutObjectTagging', Bucket, Key, tagsAsked(input))] : []),
    ...(input.ObjectLockMode === undefined ? [] : [onObject(call, 's3:PutObjectRetention', Bucket, Key, lock)]),
    ...(input.ObjectLockLegalHoldStatus === undefined
      ? []
      : [onObject(call, 's3:PutObjectLegalHold', Bucket, Key, lock)]),
    ...(input.IfMatch === undefined ? [] : [onObject(call, 's3:GetObject', Bucket, Key)]),
  ]
}
