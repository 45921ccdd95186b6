import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { ACCOUNT, OTHER_ACCOUNT, openEstate, stranger, type Estate } from './estate.ts'

let s3: Estate
beforeEach(() => (s3 = openEstate()))
afterEach(() => s3.close())

describe('buckets', () => {
  it('are made, found, listed and deleted', async () => {
    assert.deepEqual(await s3.call('CreateBucket', { Bucket: 'first-bucket' }), {
      Location: '/first-bucket',
      BucketArn: 'arn:aws:s3:::first-bucket',
    })
    await s3.call('CreateBucket', { Bucket: 'other.bucket' })
    assert.equal((await s3.call('HeadBucket', { Bucket: 'first-bucket' })).BucketRegion, 'us-east-1')
    assert.deepEqual(await s3.call('GetBucketLocation', { Bucket: 'first-bucket' }), {})
    const listed = await s3.call('ListBuckets', {})
    assert.deepEqual(
      listed.Buckets.map((bucket: { Name: string }) => bucket.Name),
      ['first-bucket', 'other.bucket'],
    )
    assert.match(listed.Owner.ID, /^[0-9a-f]{64}$/)
    const page = await s3.call('ListBuckets', { MaxBuckets: 1 })
    assert.equal(page.Buckets.length, 1)
    const rest = await s3.call('ListBuckets', { MaxBuckets: 1, ContinuationToken: page.ContinuationToken })
    assert.deepEqual([rest.Buckets[0].Name, rest.ContinuationToken], ['other.bucket', undefined])
    await s3.call('DeleteBucket', { Bucket: 'first-bucket' })
    await assert.rejects(s3.call('HeadBucket', { Bucket: 'first-bucket' }), {
      code: 'NoSuchBucket',
      status: 404,
      message: 'The specified bucket does not exist',
    })
  })

  for (const name of [
    'ab',
    'a'.repeat(64),
    'Upper',
    'a..b',
    '-ab',
    'ab-',
    '192.168.0.1',
    'xn--abc',
    'a_b',
    'abc-s3alias',
  ]) {
    it(`cannot be named ${name}`, async () => {
      await assert.rejects(s3.call('CreateBucket', { Bucket: name }), { code: 'InvalidBucketName', status: 400 })
    })
  }

  it('have one namespace for all accounts', async () => {
    await s3.call('CreateBucket', { Bucket: 'taken' })
    // In us-east-1 the owner is told that it worked.
    await s3.call('CreateBucket', { Bucket: 'taken' })
    await assert.rejects(s3.call('CreateBucket', { Bucket: 'taken' }, { as: stranger }), {
      code: 'BucketAlreadyExists',
      status: 409,
    })
    assert.deepEqual((await s3.call('ListBuckets', {}, { as: stranger })).Buckets, [])
  })

  it('lie in a region', async () => {
    const west = { region: 'eu-west-1' }
    await assert.rejects(s3.call('CreateBucket', { Bucket: 'in-the-west' }, west), {
      code: 'IllegalLocationConstraintException',
      message:
        'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
    })
    const input = { Bucket: 'in-the-west', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }
    await s3.call('CreateBucket', input, west)
    await assert.rejects(s3.call('CreateBucket', input, west), { code: 'BucketAlreadyOwnedByYou', status: 409 })
    assert.deepEqual(await s3.call('GetBucketLocation', { Bucket: 'in-the-west' }), { LocationConstraint: 'eu-west-1' })
    await assert.rejects(s3.call('HeadBucket', { Bucket: 'in-the-west' }), { code: 'PermanentRedirect', status: 301 })
  })

  it('are not deleted while objects are in them; uploads under way go with them', async () => {
    await s3.call('CreateBucket', { Bucket: 'full' })
    await s3.call('PutObject', { Bucket: 'full', Key: 'k', Body: 'x' })
    const { UploadId } = await s3.call('CreateMultipartUpload', { Bucket: 'full', Key: 'k' })
    await assert.rejects(s3.call('DeleteBucket', { Bucket: 'full' }), { code: 'BucketNotEmpty', status: 409 })
    await s3.call('DeleteObject', { Bucket: 'full', Key: 'k' })
    await s3.call('DeleteBucket', { Bucket: 'full' })
    await s3.call('CreateBucket', { Bucket: 'full' })
    await assert.rejects(s3.call('ListParts', { Bucket: 'full', Key: 'k', UploadId }), { code: 'NoSuchUpload' })
  })

  it('are not told from those of others where another owner is expected', async () => {
    await s3.call('CreateBucket', { Bucket: 'mine-alone' })
    await s3.call('HeadBucket', { Bucket: 'mine-alone', ExpectedBucketOwner: ACCOUNT })
    await assert.rejects(s3.call('HeadBucket', { Bucket: 'mine-alone', ExpectedBucketOwner: OTHER_ACCOUNT }), {
      code: 'AccessDenied',
      message: 'Access Denied',
    })
  })

  it('keep tags and CORS rules, and say so when they have none', async () => {
    const Bucket = 'settings'
    await s3.call('CreateBucket', { Bucket })
    await assert.rejects(s3.call('GetBucketTagging', { Bucket }), { code: 'NoSuchTagSet', status: 404 })
    await assert.rejects(s3.call('GetBucketCors', { Bucket }), { code: 'NoSuchCORSConfiguration', status: 404 })
    const TagSet = [{ Key: 'team', Value: 'ml' }]
    await s3.call('PutBucketTagging', { Bucket, Tagging: { TagSet } })
    const CORSRules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }]
    await s3.call('PutBucketCors', { Bucket, CORSConfiguration: { CORSRules } })
    assert.deepEqual(await s3.call('GetBucketTagging', { Bucket }), { TagSet })
    assert.deepEqual(await s3.call('GetBucketCors', { Bucket }), { CORSRules })
    await s3.call('DeleteBucketTagging', { Bucket })
    await s3.call('DeleteBucketCors', { Bucket })
    await assert.rejects(s3.call('GetBucketTagging', { Bucket }), { code: 'NoSuchTagSet' })
    await assert.rejects(s3.call('GetBucketCors', { Bucket }), { code: 'NoSuchCORSConfiguration' })
    await assert.rejects(
      s3.call('PutBucketCors', {
        Bucket,
        CORSConfiguration: { CORSRules: [{ AllowedMethods: ['PATCH'], AllowedOrigins: ['*'] }] },
      }),
      { message: 'Found unsupported HTTP method in CORS config. Unsupported method is PATCH' },
    )
    assert.deepEqual(await s3.call('GetBucketVersioning', { Bucket }), {})
    const acl = await s3.call('GetBucketAcl', { Bucket })
    assert.deepEqual(acl.Grants, [{ Grantee: { Type: 'CanonicalUser', ...acl.Owner }, Permission: 'FULL_CONTROL' }])
  })
})
