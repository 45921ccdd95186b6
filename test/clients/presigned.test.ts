import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const Bucket = 'presigned'

/** URLs that the SDK for JavaScript signs, with the keys of a session, for whoever has them. */
describe('presigned URLs', () => {
  let server: TestServer
  let s3: S3Client
  before(async () => {
    server = await startTestServer()
    await call(server.url, server.admin, 's3', 'CreateBucket', { Bucket })
    await call(server.url, server.admin, 'iam', 'CreateRole', {
      RoleName: 'signer',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: server.account }, Action: 'sts:AssumeRole' },
      }),
    })
    await call(server.url, server.admin, 'iam', 'PutRolePolicy', {
      RoleName: 'signer',
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 's3:*',
          Resource: `arn:aws:s3:::${Bucket}*`,
          Condition: { StringEquals: { 's3:authType': 'REST-QUERY-STRING' } },
        },
      }),
    })
    const { Credentials } = await call(server.url, server.admin, 'sts', 'AssumeRole', {
      RoleArn: `arn:aws:iam::${server.account}:role/signer`,
      RoleSessionName: 'presigned',
    })
    s3 = new S3Client({
      region: 'us-east-1',
      endpoint: server.url,
      forcePathStyle: true,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      },
    })
  })
  after(async () => {
    s3.destroy()
    await server.close()
  })

  const object = { Bucket, Key: 'a key & more' }
  const put = () => getSignedUrl(s3, new PutObjectCommand(object))
  const ask = async (url: string, init: RequestInit = {}) => {
    const answer = await fetch(url, init)
    const body = await answer.text()
    return { status: answer.status, headers: answer.headers, body, code: /<Code>(.*?)<\/Code>/.exec(body)?.[1] }
  }

  it('do what they were signed for, and it alone', async () => {
    assert.equal((await ask(await put(), { method: 'PUT', body: 'text' })).status, 200)
    const get = await getSignedUrl(
      s3,
      new GetObjectCommand({ ...object, ResponseContentType: 'text/html', ResponseCacheControl: 'no-store' }),
    )
    const got = await ask(get)
    assert.deepEqual(
      [got.status, got.body, got.headers.get('content-type'), got.headers.get('cache-control')],
      [200, 'text', 'text/html', 'no-store'],
    )
    const head = await getSignedUrl(s3, new HeadObjectCommand(object))
    assert.equal((await ask(head, { method: 'HEAD' })).headers.get('content-length'), '4')
    const list = await ask(await getSignedUrl(s3, new ListObjectsV2Command({ Bucket, Prefix: 'a ' })))
    assert.match(list.body, /<Key>a key &amp; more<\/Key>/)

    const refused: [string, RequestInit, number, string][] = [
      [get, { method: 'DELETE' }, 403, 'SignatureDoesNotMatch'],
      [get.replace('text%2Fhtml', 'text%2Fplain'), {}, 403, 'SignatureDoesNotMatch'],
      [get.replace('a%20key', 'b%20key'), {}, 403, 'SignatureDoesNotMatch'],
      [get.replace(/X-Amz-Security-Token=[^&]*&/, ''), {}, 403, 'InvalidAccessKeyId'],
      [get.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=604801'), {}, 400, 'AuthorizationQueryParametersError'],
      [await put(), { method: 'PUT', body: 'x', headers: { 'x-amz-acl': 'private' } }, 403, 'AccessDenied'],
    ]
    for (const [url, init, status, code] of refused) {
      const answer = await ask(url, init)
      assert.deepEqual([answer.status, answer.code], [status, code], url)
    }
    const remove = await getSignedUrl(s3, new DeleteObjectCommand(object))
    assert.equal((await ask(remove, { method: 'DELETE' })).status, 204)
    const gone = await ask(get)
    assert.deepEqual([gone.status, gone.code], [404, 'NoSuchKey'])
  })

  it('end when they say', async () => {
    const signingDate = new Date(Date.now() - 120_000)
    const url = await getSignedUrl(s3, new GetObjectCommand(object), { expiresIn: 60, signingDate })
    const late = await ask(url)
    assert.deepEqual([late.status, late.code], [403, 'AccessDenied'])
    assert.match(late.body, /<Message>Request has expired<\/Message><X-Amz-Expires>60<\/X-Amz-Expires><Expires>/)
  })

  it('are the signer’s: what its policy lets a header do, a URL may not', async () => {
    await assert.rejects(s3.send(new PutObjectCommand({ ...object, Body: 'x' })), { name: 'AccessDenied' })
  })
})
