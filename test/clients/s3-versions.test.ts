/** Versions, locks, lifecycle and odd names by unmodified clients, over HTTP. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli, type AwsCli } from './aws-cli.ts'
import { boto3, type Boto3 } from './boto3.ts'
import { refused, type ApiClient } from './client.ts'
import { environmentOf } from './command.ts'
import { jsSdk } from './js-sdk.ts'

const Bucket = 'client-versions'

/** Names of files that trip up paths, URLs, globs and XML. */
const names = [
  'plain',
  'two  spaces ',
  'plus+plus',
  '100%25',
  '%2F',
  '..dots..',
  '...',
  'a/..b/c',
  '日本語/😀/ü',
  '\ue000private',
  'new\nline',
  'tab\tand\u0001',
  'quote\'"<&>',
  '-',
  'deep/er/'.repeat(8) + 'leaf',
]

describe('Amazon S3 with versions by unmodified clients', () => {
  let server: TestServer
  let sdk: ApiClient
  let cli: AwsCli
  let python: Boto3
  let folder: string

  before(async () => {
    server = await startTestServer()
    const env = await environmentOf(server.dataDir)
    sdk = jsSdk(env)
    cli = awsCli(env)
    python = boto3(env)
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    await sdk.call('s3', 'CreateBucket', { Bucket })
    await python.call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } })
  })

  after(async () => {
    await Promise.all([sdk.close(), cli.close(), python.close()])
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function aws(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cli.aws(...args)
    assert.equal(code, 0, stderr)
    return stdout
  }

  const filesOf = (dir: string) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(dir.length + 1))
      .sort()

  test('aws s3 sync, mv and rm --recursive on a tree of odd names', async () => {
    const [there, back] = [join(folder, 'there'), join(folder, 'back')]
    for (const name of names) {
      mkdirSync(join(there, name, '..'), { recursive: true })
      writeFileSync(join(there, name), `content of ${name}`)
    }
    await aws('s3', 'sync', '--quiet', there, `s3://${Bucket}/odd`)
    await sdk.call('s3', 'PutObject', { Bucket, Key: 'odd/folder/', Body: '' })
    await aws('s3', 'mv', '--quiet', '--recursive', `s3://${Bucket}/odd`, `s3://${Bucket}/moved`)
    await aws('s3', 'sync', '--quiet', `s3://${Bucket}/moved`, back)
    assert.deepEqual(filesOf(back), names.toSorted())
    for (const name of names) assert.equal(readFileSync(join(back, name), 'utf8'), `content of ${name}`)
    // The command line moves no folders; it deletes them.
    await aws('s3', 'rm', '--quiet', '--recursive', `s3://${Bucket}`)
    assert.equal((await sdk.call('s3', 'ListObjectsV2', { Bucket })).KeyCount, 0)

    // All of it is still there as versions, and nothing but them keeps the bucket.
    const { Versions, DeleteMarkers } = await python.call('s3', 'ListObjectVersions', { Bucket, EncodingType: 'url' })
    assert.equal(Versions.length, 2 * names.length + 1)
    assert.equal(DeleteMarkers.length, 2 * names.length + 1)
    const { stderr } = await cli.aws('s3', 'rb', `s3://${Bucket}`)
    assert.match(stderr, /BucketNotEmpty.*You must delete all versions in the bucket\./s)
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }: { Key: string; VersionId: string }) => ({
      Key: decodeURIComponent(Key.replaceAll('+', ' ')),
      VersionId,
    }))
    const { Errors } = await sdk.call('s3', 'DeleteObjects', { Bucket, Delete: { Objects } })
    assert.equal(Errors, undefined)
    assert.equal((await sdk.call('s3', 'ListObjectVersions', { Bucket })).Versions, undefined)
  })

  test('a delete marker is told in the headers of 404 and 405', async () => {
    const { VersionId } = await python.call('s3', 'PutObject', { Bucket, Key: 'k', Body: 'x' })
    const marker = await python.call('s3', 'DeleteObject', { Bucket, Key: 'k' })
    for (const client of [sdk, python]) {
      assert.equal((await refused(client.call('s3', 'GetObject', { Bucket, Key: 'k' }))).code, 'NoSuchKey')
      const byId = { Bucket, Key: 'k', VersionId: marker.VersionId }
      assert.equal((await refused(client.call('s3', 'GetObject', byId))).code, 'MethodNotAllowed')
      const head = await client.call('s3', 'HeadObject', { Bucket, Key: 'k', VersionId })
      assert.equal(head.VersionId, VersionId)
    }
    await aws('s3api', 'delete-object', '--bucket', Bucket, '--key', 'k', '--version-id', marker.VersionId)
    const got = JSON.parse(await aws('s3api', 'get-object', '--bucket', Bucket, '--key', 'k', join(folder, 'restored')))
    assert.equal(got.VersionId, VersionId)
  })

  test('a lock holds against everyone, and its configuration comes back as it was', async () => {
    const locked = 'client-locked'
    await python.call('s3', 'CreateBucket', { Bucket: locked, ObjectLockEnabledForBucket: true })
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } }
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule }
    await python.call('s3', 'PutObjectLockConfiguration', { Bucket: locked, ObjectLockConfiguration })
    const got = await sdk.call('s3', 'GetObjectLockConfiguration', { Bucket: locked })
    assert.deepEqual(got.ObjectLockConfiguration, ObjectLockConfiguration)
    const { VersionId } = await python.call('s3', 'PutObject', { Bucket: locked, Key: 'k', Body: 'x' })
    const gone = await refused(python.call('s3', 'DeleteObject', { Bucket: locked, Key: 'k', VersionId }))
    assert.equal(gone.message, 'Access Denied because object protected by object lock.')
    const bypass = { Bucket: locked, Key: 'k', VersionId, BypassGovernanceRetention: true }
    await python.call('s3', 'DeleteObject', bypass)
  })

  test('a lifecycle comes back as it was, and its date is in the header', async () => {
    const Rules = [
      {
        ID: 'old',
        Filter: { And: { Prefix: 'old/', Tags: [{ Key: 'a', Value: 'b' }] } },
        Status: 'Enabled',
        Expiration: { Days: 30 },
        Transitions: [{ Days: 1, StorageClass: 'GLACIER' }],
        NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
      },
      {
        ID: 'all',
        Filter: { Prefix: '' },
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]
    await python.call('s3', 'PutBucketLifecycleConfiguration', { Bucket, LifecycleConfiguration: { Rules } })
    assert.deepEqual((await sdk.call('s3', 'GetBucketLifecycleConfiguration', { Bucket })).Rules, Rules)
    const { Expiration } = await sdk.call('s3', 'PutObject', { Bucket, Key: 'old/k', Body: '', Tagging: 'a=b' })
    assert.match(Expiration, /^expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="old"$/)
    await python.call('s3', 'DeleteBucketLifecycle', { Bucket })
    const none = await refused(sdk.call('s3', 'GetBucketLifecycleConfiguration', { Bucket }))
    assert.equal(none.code, 'NoSuchLifecycleConfiguration')
  })

  test('an archive is restored by the command line', async () => {
    await aws('s3api', 'put-object', '--bucket', Bucket, '--key', 'cold', '--storage-class', 'GLACIER')
    const { code } = await refused(python.call('s3', 'GetObject', { Bucket, Key: 'cold' }))
    assert.equal(code, 'InvalidObjectState')
    await aws('s3api', 'restore-object', '--bucket', Bucket, '--key', 'cold', '--restore-request', 'Days=1')
    const { Restore } = await sdk.call('s3', 'HeadObject', { Bucket, Key: 'cold' })
    assert.equal(Restore, 'ongoing-request="true"')
  })
})
