/** What S3 knows of a request by how it came: the version of TLS, and who pays for it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SecureVersion } from 'node:tls'
import { after, before, describe, it } from 'node:test'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { httpServer } from '../../src/door/listen.ts'
import { openAuthority } from '../../src/fabric/authority.ts'
import { tlsOptions } from '../../src/fabric/tls.ts'
import type { Bucket as StoredBucket } from '../../src/services/s3/bucket.ts'
import { call, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { sign } from '../support/sign.ts'

const Bucket = 'transport'
const object = { Bucket, Key: 'k' }
let server: TestServer
const s3 = (operation: string, input: object) => call(server.url, server.admin, 's3', operation, input)
const policy = (statement: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Principal: '*', Resource: `arn:aws:s3:::${Bucket}/*`, ...statement },
  })

before(async () => {
  server = await startTestServer()
  await s3('CreateBucket', { Bucket })
  await s3('PutObject', { ...object, Body: 'text' })
})
after(() => server.close())

describe('s3:TlsVersion', () => {
  let tls: Server
  before(async () => {
    tls = httpServer(server.world, () => ({ kind: 'internet', ip: '127.0.0.1' }), {
      ...tlsOptions(openAuthority(server.dataDir)),
    })
    await once(tls.listen(0, '127.0.0.1'), 'listening')
  })
  after(() => tls.close())

  async function get(version: SecureVersion): Promise<number> {
    const host = 's3.us-east-1.amazonaws.com'
    const plain = { method: 'GET', path: `/${Bucket}/k`, query: '', headers: { host }, body: Buffer.of() }
    const { headers } = await sign(plain, { keys: server.admin, region: 'us-east-1', service: 's3' })
    const request = httpsRequest({
      host: '127.0.0.1',
      port: (tls.address() as AddressInfo).port,
      servername: host,
      path: plain.path,
      headers,
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      agent: false,
    })
    request.end()
    const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
    response.resume()
    return response.statusCode!
  }

  it('is that of the connection, and nothing in the clear', async () => {
    assert.deepEqual([await get('TLSv1.2'), await get('TLSv1.3')], [200, 200])
    const Condition = { NumericLessThan: { 's3:TlsVersion': '1.3' } }
    await s3('PutBucketPolicy', { Bucket, Policy: policy({ Effect: 'Deny', Action: 's3:GetObject', Condition }) })
    assert.deepEqual([await get('TLSv1.2'), await get('TLSv1.3')], [403, 200])
    await s3('GetObject', object)
    const unknown = { Null: { 's3:TlsVersion': 'true' } }
    await s3('PutBucketPolicy', {
      Bucket,
      Policy: policy({ Effect: 'Deny', Action: 's3:GetObject', Condition: unknown }),
    })
    assert.deepEqual([await get('TLSv1.2'), await get('TLSv1.3')], [200, 200])
    await assert.rejects(s3('GetObject', object), { code: 'AccessDenied' })
    await s3('DeleteBucketPolicy', { Bucket })
  })
})

describe('Requester Pays', () => {
  it('tells strangers who pay that they do, by header or by presigned URL', async () => {
    const answer = async (RequestPayer?: string) => {
      const input = { ...object, ...(RequestPayer ? { RequestPayer } : {}) }
      const { status, headers } = await send(server.url, 's3', 'GetObject', input, { keys: server.admin })
      return [status, headers['x-amz-request-charged']]
    }
    await s3('PutBucketRequestPayment', { Bucket, RequestPaymentConfiguration: { Payer: 'Requester' } })
    assert.deepEqual(await answer('requester'), [200, undefined], 'its owner')

    // From here on the bucket is another account's, which lets everyone in.
    const bucket = server.world.store.get<StoredBucket>('s3/bucket', Bucket)!
    const text = policy({
      Effect: 'Allow',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    })
    const open = { ...bucket, account: '210987654321', publicAccessBlock: undefined, policy: { text, principals: {} } }
    server.world.store.put('s3/bucket', Bucket, open)
    assert.deepEqual(await answer(), [403, undefined])
    assert.deepEqual(await answer('requester'), [200, 'requester'])
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: server.url,
      forcePathStyle: true,
      credentials: server.admin,
    })
    for (const [command, method] of [
      [new GetObjectCommand({ ...object, RequestPayer: 'requester' }), 'GET'],
      [new PutObjectCommand({ Bucket, Key: 'new', RequestPayer: 'requester' }), 'PUT'],
      [new ListObjectsV2Command({ Bucket, RequestPayer: 'requester' }), 'GET'],
    ] as const) {
      const url = await getSignedUrl(client, command as GetObjectCommand)
      assert.match(url, /[?&]x-amz-request-payer=requester(?:&|$)/)
      const response = await fetch(url, { method })
      await response.arrayBuffer()
      assert.deepEqual([response.status, response.headers.get('x-amz-request-charged')], [200, 'requester'], url)
    }
    client.destroy()
    server.world.store.put('s3/bucket', Bucket, { ...open, requestPayment: 'BucketOwner' })
    assert.deepEqual(await answer('requester'), [200, undefined], 'its owner pays')
  })
})
