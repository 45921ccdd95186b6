import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { ACCOUNT, openEstate, root, stranger, type Estate, type Manner } from './estate.ts'

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
  ['s3:ResourceAccount', 'PutObject', body, { ...body, Bucket: 'others' }, ACCOUNT],
  ['s3:ResourceAccount', 'ListObjectsV2', { Bucket }, { Bucket: 'others' }, ACCOUNT],
  ...(['PutObject', 'CreateMultipartUpload', 'CopyObject'] as const).flatMap((operation): Row[] => {
    const copy = { ...object, CopySource: `${Bucket}/k`, MetadataDirective: 'REPLACE' }
    const given = { PutObject: body, CreateMultipartUpload: object, CopyObject: copy }[operation]
    const kms = { ...given, ServerSideEncryption: 'aws:kms' }
    const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
    const keyId = 's3:x-amz-server-side-encryption-aws-kms-key-id'
    return [
      ['s3:x-amz-server-side-encryption', operation, kms, { ...given, ServerSideEncryption: 'AES256' }, 'aws:kms'],
      [keyId, operation, { ...kms, SSEKMSKeyId: key }, { ...kms, SSEKMSKeyId: `${key}c` }, key],
      [keyId, operation, { ...kms, SSEKMSKeyId: key }, given, 'false', 'Null'],
      [
        's3:x-amz-server-side-encryption-customer-algorithm',
        operation,
        { ...given, SSECustomerAlgorithm: 'AES256' },
        given,
        'AES256',
      ],
    ]
  }),
]

type MannerRow = [key: string, allowed: Manner, denied: Manner, value: string, operator?: string]
const signature = {
  authType: 'REST-HEADER',
  version: 'AWS4-HMAC-SHA256',
  ageMs: 400,
  payload: 'UNSIGNED-PAYLOAD',
} as const
/** A request over HTTP has at least this header. */
const signedBy = (more: object = {}): Manner => ({ headers: { host: 's3' }, signature: { ...signature, ...more } })

/** Keys that every request has by how it came and how it was signed. */
const manners: MannerRow[] = [
  ['s3:TlsVersion', { tlsVersion: '1.3' }, { tlsVersion: '1.2' }, '1.2', 'NumericGreaterThan'],
  ['s3:TlsVersion', { tlsVersion: '1.2' }, {}, '1.2', 'NumericGreaterThanEquals'],
  ['s3:signatureAge', signedBy(), signedBy({ ageMs: 600 }), '500', 'NumericLessThan'],
  ['s3:authType', signedBy({ authType: 'POST' }), signedBy(), 'POST'],
  ['s3:signatureversion', signedBy(), signedBy({ version: 'AWS' }), 'AWS4-HMAC-SHA256'],
  ['s3:x-amz-content-sha256', signedBy(), signedBy({ payload: 'a'.repeat(64) }), 'UNSIGNED-PAYLOAD'],
  [
    's3:x-amz-content-sha256',
    { headers: { host: 's3', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
    { headers: { host: 's3' } },
    'UNSIGNED-PAYLOAD',
  ],
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
    await s3.call('PutBucketEncryption', {
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
            BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
          },
        ],
      },
    })
    await s3.call('CreateBucket', { Bucket: 'others' }, { as: stranger })
    const Resource = ['arn:aws:s3:::others', 'arn:aws:s3:::others/*']
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 's3:*', Resource },
    })
    await s3.call('PutBucketPolicy', { Bucket: 'others', Policy }, { as: stranger })
  })
  after(() => s3.close())

  /** Whether access is denied; what goes wrong later does not matter. */
  async function isDenied(
    operation: Operation,
    input: object,
    statements: Parameters<Estate['user']>[0],
    manner: Manner = {},
  ): Promise<boolean> {
    await s3.call('PutObject', { ...body, Tagging: 'Team=v' })
    await s3.call('PutObject', { ...body, Key: 'l', Tagging: 'Team=w' })
    try {
      const answer = await s3.call(operation, input, { ...manner, as: s3.user(statements) })
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

  for (const [key, allowed, denied, value, operator = 'StringEquals'] of manners) {
    it(`${key} ${operator} ${value}`, async () => {
      const everything = { Action: 's3:*', Resource: '*' }
      const Condition = { [operator]: { [key]: value } }
      const given = [{ ...everything, Condition }]
      const refused = [everything, { ...everything, Effect: 'Deny' as const, Condition }]
      assert.equal(await isDenied('PutObject', body, given, allowed), false, 'allowed')
      assert.equal(await isDenied('PutObject', body, given, denied), true, 'another value')
      assert.equal(await isDenied('PutObject', body, refused, allowed), true, 'denied by its value')
      assert.equal(await isDenied('PutObject', body, refused, denied), false, 'not denied by another')
    })
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
