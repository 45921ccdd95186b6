import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { openEstate, root, type Estate } from './estate.ts'

const Bucket = 'keyed'
const object = { Bucket, Key: 'k' }
const body = { ...object, Body: 'x' }

type Operation = Parameters<Estate['call']>[0]
type Row = [key: string, operation: Operation, allowed: object, denied: object, value?: string, operator?: string]

/**
 * Service Authorization Reference, "Condition keys for Amazon S3": an input that has the value and one that has another or
 * none. What a policy allows with the key is allowed and refused accordingly, and what it denies the other way round.
 */
const rows: Row[] = [
  ['s3:prefix', 'ListObjectsV2', { Bucket, Prefix: 'v' }, { Bucket, Prefix: 'w' }],
  ['s3:prefix', 'ListObjects', { Bucket, Prefix: 'v' }, { Bucket }],
  ['s3:prefix', 'ListMultipartUploads', { Bucket, Prefix: 'v' }, { Bucket }],
  ['s3:prefix', 'ListObjectVersions', { Bucket, Prefix: 'v' }, { Bucket }],
  ['s3:delimiter', 'ListObjectsV2', { Bucket, Delimiter: '/' }, { Bucket }, '/'],
  ['s3:max-keys', 'ListObjectsV2', { Bucket, MaxKeys: 5 }, { Bucket, MaxKeys: 6 }, '5', 'NumericLessThanEquals'],
  ['s3:versionid', 'GetObject', { ...object, VersionId: 'null' }, object, 'null'],
  ['s3:x-amz-acl', 'PutObject', { ...body, ACL: 'bucket-owner-full-control' }, body, 'bucket-owner-full-control'],
  ['s3:x-amz-grant-read', 'PutObject', { ...body, GrantRead: 'v' }, body],
  ['s3:x-amz-grant-full-control', 'PutBucketAcl', { Bucket, GrantFullControl: 'v' }, { Bucket, ACL: 'private' }],
  ['s3:x-amz-grant-write', 'PutBucketAcl', { Bucket, GrantWrite: 'v' }, { Bucket, ACL: 'private' }],
  ['s3:x-amz-grant-write-acp', 'PutObjectAcl', { ...object, GrantWriteACP: 'v' }, { ...object, ACL: 'private' }],
  ['s3:x-amz-grant-read-acp', 'PutObjectAcl', { ...object, GrantReadACP: 'v' }, { ...object, ACL: 'private' }],
  [
    's3:x-amz-copy-source',
    'CopyObject',
    { ...object, CopySource: `${Bucket}/k` },
    { ...object, CopySource: `${Bucket}/l` },
    `${Bucket}/k`,
  ],
  [
    's3:x-amz-metadata-directive',
    'CopyObject',
    { ...object, CopySource: `${Bucket}/k`, MetadataDirective: 'REPLACE' },
    { ...object, CopySource: `${Bucket}/k` },
    'REPLACE',
  ],
  ['s3:x-amz-storage-class', 'PutObject', { ...body, StorageClass: 'STANDARD' }, body, 'STANDARD'],
  ['s3:x-amz-website-redirect-location', 'PutObject', { ...body, WebsiteRedirectLocation: '/v' }, body, '/v'],
  ['s3:x-amz-server-side-encryption', 'PutObject', { ...body, ServerSideEncryption: 'AES256' }, body, 'AES256'],
  [
    's3:x-amz-object-ownership',
    'CreateBucket',
    { Bucket: 'n', ObjectOwnership: 'ObjectWriter' },
    { Bucket: 'n' },
    'ObjectWriter',
  ],
  [
    's3:x-amz-object-ownership',
    'PutBucketOwnershipControls',
    { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
    { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } },
    'ObjectWriter',
  ],
  [
    's3:locationconstraint',
    'CreateBucket',
    { Bucket: 'n', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } },
    { Bucket: 'n' },
    'eu-west-1',
  ],
  ['s3:if-match', 'DeleteObject', { ...object, IfMatch: 'v' }, object],
  ['s3:if-none-match', 'PutObject', { ...body, IfNoneMatch: '*' }, body, '*'],
  ['s3:RequestObjectTag/Team', 'PutObject', { ...body, Tagging: 'Team=v' }, { ...body, Tagging: 'Team=w' }],
  [
    's3:RequestObjectTagKeys',
    'PutObject',
    { ...body, Tagging: 'v=1' },
    { ...body, Tagging: 'w=1' },
    'v',
    'ForAnyValue:StringEquals',
  ],
  ['s3:ExistingObjectTag/Team', 'GetObject', object, { Bucket, Key: 'l' }],
  ['s3:BucketTag/Team', 'GetBucketLocation', { Bucket }, { Bucket: 'untagged' }],
  ['aws:ResourceTag/Team', 'GetObject', object, { Bucket: 'untagged', Key: 'k' }],
  ['aws:ResourceTag/Team', 'CreateMultipartUpload', object, { Bucket: 'untagged', Key: 'k' }],
  ['s3:object-lock-legal-hold', 'PutObject', { ...body, ObjectLockLegalHoldStatus: 'ON' }, body, 'ON'],
]

describe('condition keys of S3', () => {
  let s3: Estate
  before(async () => {
    s3 = openEstate()
    for (const name of [Bucket, 'untagged']) await s3.call('CreateBucket', { Bucket: name })
    const TagSet = [{ Key: 'Team', Value: 'v' }]
    for (const name of [Bucket, 'untagged']) {
      if (name === Bucket) await s3.call('PutBucketTagging', { Bucket: name, Tagging: { TagSet } })
      await s3.call('PutBucketAbac', { Bucket: name, AbacStatus: { Status: 'Enabled' } })
    }
  })
  after(() => s3.close())

  /** Whether access is denied; what goes wrong later does not matter. */
  async function isDenied(
    operation: Operation,
    input: object,
    statements: Parameters<Estate['user']>[0],
  ): Promise<boolean> {
    await s3.call('PutObject', { ...body, Tagging: 'Team=v' })
    await s3.call('PutObject', { ...body, Key: 'l', Tagging: 'Team=w' })
    try {
      const answer = await s3.call(operation, input, { as: s3.user(statements) })
      answer.Body?.destroy()
    } catch (error) {
      return (error as AwsError).code === 'AccessDenied'
    } finally {
      await s3.call('DeleteBucket', { Bucket: 'n' }, { as: root }).catch(() => {})
      await s3.call('PutBucketOwnershipControls', {
        Bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      })
    }
    return false
  }

  for (const [key, operation, allowed, denied, value = 'v', operator = 'StringEquals'] of rows) {
    it(`${key} of ${operation}`, async () => {
      const everything = { Action: '*', Resource: '*' }
      const Condition = { [operator]: { [key]: value } }
      // Reading the source of a copy has no such key.
      const beside =
        operation === 'CopyObject'
          ? [{ Action: ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], Resource: '*' }]
          : []
      const given = [{ ...everything, Condition }, ...beside]
      assert.equal(await isDenied(operation, allowed, given), false, 'allowed')
      assert.equal(await isDenied(operation, denied, given), true, 'another value')
      const refused = [everything, { ...everything, Effect: 'Deny' as const, Condition }]
      assert.equal(await isDenied(operation, allowed, refused), true, 'denied by its value')
      assert.equal(await isDenied(operation, denied, refused), false, 'not denied by another')
    })
  }
})
