/** What clients rely on that read S3's XML themselves: the order of its elements. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const Bucket = 'raw'

describe('the XML of ListObjectVersions', () => {
  let server: TestServer
  const s3 = (operation: string, input: object) => call(server.url, server.admin, 's3', operation, input)

  before(async () => {
    server = await startTestServer()
    await s3('CreateBucket', { Bucket })
    await s3('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } })
    for (const Key of ['a', 'b', 'c']) await s3('PutObject', { Bucket, Key, Body: Key })
    await s3('DeleteObject', { Bucket, Key: 'a' })
    await s3('PutObject', { Bucket, Key: 'a', Body: 'again' })
    for (const Key of ['c', 'b/d', 'b/e']) await s3('DeleteObject', { Bucket, Key })
  })
  after(() => server.close())

  async function elements(input: object = {}): Promise<string[]> {
    const answer = await send(server.url, 's3', 'ListObjectVersions', { Bucket, ...input }, { keys: server.admin })
    assert.equal(answer.status, 200)
    const found = answer.body
      .toString()
      .matchAll(/<(Version|DeleteMarker)>.*?<Key>(.*?)<\/Key>|<CommonPrefixes><Prefix>(.*?)</g)
    return [...found].map(([, type, key, prefix]) => (type ? `${type} ${key}` : `Prefix ${prefix}`))
  }

  it('has versions and delete markers in one order, by key and newest first', async () => {
    const all = [
      'Version a',
      'DeleteMarker a',
      'Version a',
      'Version b',
      'DeleteMarker b/d',
      'DeleteMarker b/e',
      'DeleteMarker c',
      'Version c',
    ]
    assert.deepEqual(await elements(), all)
    assert.deepEqual(await elements({ MaxKeys: 2 }), all.slice(0, 2))
    assert.deepEqual(await elements({ Prefix: 'c' }), all.slice(6))
    const rolled = await elements({ Delimiter: '/' })
    assert.deepEqual(
      rolled.filter((one) => one.startsWith('Prefix')),
      ['Prefix b/'],
    )
    assert.deepEqual(
      rolled.filter((one) => !one.startsWith('Prefix')),
      [...all.slice(0, 4), ...all.slice(6)],
    )
  })

  it('is read by clients as ever', async () => {
    const { Versions, DeleteMarkers } = await s3('ListObjectVersions', { Bucket })
    assert.deepEqual(
      Versions.map(({ Key }: { Key: string }) => Key),
      ['a', 'a', 'b', 'c'],
    )
    assert.deepEqual(
      DeleteMarkers.map(({ Key }: { Key: string }) => Key),
      ['a', 'b/d', 'b/e', 'c'],
    )
  })
})
