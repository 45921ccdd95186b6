import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect } from '../../src/cli/client.ts'
import { remoteObjects } from '../../src/objects/remote.ts'
import { ObjectStoreError, remoteStore } from '../../src/objects/remote-options.ts'
import { openVault } from '../../src/store/vault.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { conform, content, pieces } from './conformance.ts'

/** A second server is the store of the first. */
let store: TestServer
let client: ReturnType<typeof connect>
const Bucket = 'bytes-of-another'
const vault = openVault(Buffer.alloc(32, 7))
let prefixes = 0

before(async () => {
  store = await startTestServer()
  client = connect({
    AWS_ACCESS_KEY_ID: store.admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.admin.secretAccessKey,
    AWS_ENDPOINT_URL: store.url,
    AWS_PROFILE: 'none',
  })
  await client.call('s3', 'CreateBucket', { Bucket })
})
after(() => store.close())

const environment = () => ({
  SALLYPORT_OBJECTS_ACCESS_KEY_ID: store.admin.accessKeyId,
  SALLYPORT_OBJECTS_SECRET_ACCESS_KEY: store.admin.secretAccessKey,
})

function open() {
  const prefix = `store-${prefixes++}/`
  const keys = async () => {
    const { Contents = [] } = await client.call('s3', 'ListObjectsV2', { Bucket, Prefix: prefix })
    return (Contents as { Key: string }[]).map(({ Key }) => Key.slice(prefix.length))
  }
  return Promise.resolve({
    prefix,
    objects: remoteObjects(remoteStore(`s3://${Bucket}/${prefix}`, store.url, environment()), vault),
    ids: keys,
    raw: async (id: string) => {
      const { Body } = await client.call('s3', 'GetObject', { Bucket, Key: prefix + id })
      return Buffer.from(Body as Uint8Array)
    },
    overwrite: async (id: string, bytes: Buffer) => {
      await client.call('s3', 'PutObject', { Bucket, Key: prefix + id, Body: bytes })
    },
  })
}

conform('another S3 store', open)

describe('another S3 store', () => {
  it('takes more than one request holds, and forgets uploads of a dead process', async () => {
    const { objects, prefix } = await open()
    const bytes = Buffer.alloc(20_000_000, 'long ')
    assert.deepEqual(await content(objects.read(await objects.write(pieces(bytes, 1_000_000)))), bytes)
    await client.call('s3', 'CreateMultipartUpload', { Bucket, Key: `${prefix}${'0'.repeat(32)}` })
    await objects.recover()
    const { Uploads = [] } = await client.call('s3', 'ListMultipartUploads', { Bucket, Prefix: prefix })
    assert.deepEqual(Uploads, [])
  })

  it('that refuses is an error', async () => {
    const wrong = { ...environment(), SALLYPORT_OBJECTS_SECRET_ACCESS_KEY: 'wrong' }
    const objects = remoteObjects(remoteStore(`s3://${Bucket}`, store.url, wrong), vault)
    await assert.rejects(objects.write(pieces(Buffer.alloc(10))), /403 SignatureDoesNotMatch/)
  })
})

describe('--objects', () => {
  const given = { SALLYPORT_OBJECTS_ACCESS_KEY_ID: 'AKIA', SALLYPORT_OBJECTS_SECRET_ACCESS_KEY: 'secret' }

  it('names bucket, prefix and endpoint', () => {
    const { bucket, prefix, endpoint, region } = remoteStore('s3://b/some/place', undefined, {
      ...given,
      SALLYPORT_OBJECTS_REGION: 'eu-west-1',
    })
    assert.deepEqual(
      [bucket, prefix, endpoint, region],
      ['b', 'some/place/', 'https://s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    )
    assert.equal(remoteStore('s3://b', 'http://127.0.0.1:9', given).prefix, '')
  })

  it('takes credentials from a profile, and never those of AWS_*', () => {
    const dir = mkdtempSync(join(tmpdir(), 'sallyport-profile-'))
    const file = join(dir, 'credentials')
    writeFileSync(file, '[store]\naws_access_key_id = A\naws_secret_access_key = S\n')
    const profile = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: file, SALLYPORT_OBJECTS_PROFILE: 'store' }
    assert.equal(remoteStore('s3://b', undefined, profile).keys.accessKeyId, 'A')
    rmSync(dir, { recursive: true })
    const aws = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S' }
    assert.throws(() => remoteStore('s3://b', undefined, aws), ObjectStoreError)
  })

  for (const name of ['bucket', 'file:///tmp', 's3://', 'https://bucket']) {
    it(`refuses ${name}`, () => assert.throws(() => remoteStore(name, undefined, given), ObjectStoreError))
  }
})
