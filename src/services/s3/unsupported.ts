import type { Call, Need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { invalidArgument, notImplemented } from './errors.ts'
import { onObject } from './needs.ts'

/** Members of writes whose meaning is not built, or is fixed: buckets enforce ownership, objects are STANDARD and SSE-S3. */
export interface WriteOptions {
  ACL?: string
  GrantFullControl?: string
  GrantRead?: string
  GrantReadACP?: string
  GrantWriteACP?: string
  StorageClass?: string
  ServerSideEncryption?: string
  SSEKMSKeyId?: string
  SSECustomerAlgorithm?: string
  ObjectLockMode?: string
  ObjectLockRetainUntilDate?: number
  ObjectLockLegalHoldStatus?: string
  WriteOffsetBytes?: number
}

const grants = ['GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'] as const
const unbuilt = [
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'ObjectLockLegalHoldStatus',
  'WriteOffsetBytes',
] as const

/** Refuses what cannot be done as asked: nothing is stored with less protection than was asked for. */
export function refuseUnsupported(input: WriteOptions): void {
  if ((input.ACL !== undefined && input.ACL !== 'bucket-owner-full-control') || grants.some((name) => input[name])) {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400)
  }
  refuseCustomerKeys(input)
  const { ServerSideEncryption: encryption, StorageClass: storageClass } = input
  if (encryption?.startsWith('aws:kms') || input.SSEKMSKeyId !== undefined) {
    throw notImplemented(
      'Server-side encryption with AWS KMS keys (SSE-KMS) is not built in Sallyport yet; nothing was stored.',
    )
  }
  if (encryption !== undefined && encryption !== 'AES256') {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      encryption,
    )
  }
  if (storageClass !== undefined && storageClass !== 'STANDARD') {
    if (!/^[A-Z_]+$/.test(storageClass)) {
      throw new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', 400)
    }
    throw notImplemented(`The storage class ${storageClass} is not built in Sallyport yet; nothing was stored.`)
  }
  const member = unbuilt.find((name) => input[name] !== undefined)
  if (member) throw notImplemented(`${member} is not built in Sallyport yet; nothing was stored.`)
}

export function refuseCustomerKeys(input: { SSECustomerAlgorithm?: string }): void {
  if (input.SSECustomerAlgorithm !== undefined) {
    throw notImplemented('Server-side encryption with customer-provided keys (SSE-C) is not built in Sallyport yet.')
  }
}

/** The condition keys that the headers of a write stand for. */
export function writeKeys(input: WriteOptions & { IfMatch?: string; IfNoneMatch?: string }) {
  return {
    's3:x-amz-acl': input.ACL,
    's3:x-amz-grant-full-control': input.GrantFullControl,
    's3:x-amz-grant-read': input.GrantRead,
    's3:x-amz-grant-read-acp': input.GrantReadACP,
    's3:x-amz-grant-write-acp': input.GrantWriteACP,
    's3:x-amz-storage-class': input.StorageClass,
    's3:x-amz-server-side-encryption': input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    's3:x-amz-server-side-encryption-customer-algorithm': input.SSECustomerAlgorithm,
    's3:object-lock-mode': input.ObjectLockMode,
    's3:object-lock-legal-hold': input.ObjectLockLegalHoldStatus,
    's3:if-match': input.IfMatch,
    's3:if-none-match': input.IfNoneMatch,
  }
}

/** What a write asks for beside s3:PutObject, by its headers (S3 API Reference, PutObject, "Permissions"). */
export function writeNeeds(
  call: Call,
  input: WriteOptions & { Bucket: string; Key: string; IfMatch?: string },
  tagged: boolean,
): Need[] {
  const { Bucket, Key } = input
  const acl = input.ACL !== undefined || grants.some((name) => input[name] !== undefined)
  return [
    ...(acl ? [onObject(call, 's3:PutObjectAcl', Bucket, Key)] : []),
    ...(tagged ? [onObject(call, 's3:PutObjectTagging', Bucket, Key)] : []),
    ...(input.IfMatch === undefined ? [] : [onObject(call, 's3:GetObject', Bucket, Key)]),
  ]
}

/** Every object is encrypted with S3-managed keys, as on AWS since January 2023; here: kept in files of this user's alone. */
export const encrypted = { ServerSideEncryption: 'AES256' } as const
