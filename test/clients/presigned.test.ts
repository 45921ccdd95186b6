import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  CopyObjectCommand,
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

  /** What the URL says beside its signature. */
  const said = (url: string) => [...new URL(url).searchParams.keys()].filter((name) => name.startsWith('x-amz-')).sort()

  it('say in the query what a header would say', async () => {
    const url = await getSignedUrl(
      s3,
      new PutObjectCommand({
        ...object,
        ACL: 'bucket-owner-full-control',
        Tagging: 'Team=red&Room=a%20b',
        Metadata: { who: 'me & ü' },
        StorageClass: 'STANDARD_IA',
      }),
    )
    assert.deepEqual(said(url), [
      'x-amz-acl',
      'x-amz-checksum-crc32',
      'x-amz-meta-who',
      'x-amz-sdk-checksum-algorithm',
      'x-amz-storage-class',
      'x-amz-tagging',
    ])
    // The checksum is that of no body, and S3 does not look at it.
    assert.equal((await ask(url, { method: 'PUT', body: 'text' })).status, 200)
    const { headers } = await ask(
      await getSignedUrl(s3, new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' })),
      { method: 'HEAD' },
    )
    assert.deepEqual(
      ['storage-class', 'tagging-count', 'meta-who', 'checksum-crc32'].map((name) => headers.get(`x-amz-${name}`)),
      ['STANDARD_IA', '2', `=?UTF-8?B?${Buffer.from('me & ü').toString('base64')}?=`, null],
    )
    const { TagSet } = await call(server.url, server.admin, 's3', 'GetObjectTagging', object)
    assert.deepEqual(TagSet, [
      { Key: 'Team', Value: 'red' },
      { Key: 'Room', Value: 'a b' },
    ])
    const canned = await getSignedUrl(s3, new PutObjectCommand({ ...object, ACL: 'public-read' }))
    const refused = await ask(canned, { method: 'PUT', body: 'text' })
    assert.deepEqual([refused.status, refused.code], [400, 'AccessControlListNotSupported'])
  })

  it('copy, where they name a source', async () => {
    const url = await getSignedUrl(
      s3,
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a%20key%20%26%20more` }),
    )
    const answer = await ask(url, { method: 'PUT' })
    assert.match(answer.body, /<CopyObjectResult/)
  })

  it('ask for what their words need, and policies see them', async () => {
    const deny = (Condition: object, Action = 's3:PutObject') =>
      call(server.url, server.admin, 's3', 'PutBucketPolicy', {
        Bucket,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Deny', Principal: '*', Action, Resource: `arn:aws:s3:::${Bucket}/*`, Condition },
        }),
      })
    const full = 'bucket-owner-full-control'
    const sse = new Set(['x-amz-server-side-encryption'])
    const rows: [condition: object, denied: object, allowed: object, action?: string][] = [
      [{ StringEquals: { 's3:x-amz-acl': full } }, { ACL: full }, {}],
      [{ StringLike: { 's3:x-amz-acl': '*' } }, { ACL: full }, {}, 's3:PutObjectAcl'],
      [{ StringEquals: { 's3:RequestObjectTag/Team': 'red' } }, { Tagging: 'Team=red' }, { Tagging: 'Team=blue' }],
      [{ StringLike: { 's3:RequestObjectTag/Team': '*' } }, { Tagging: 'Team=red' }, {}, 's3:PutObjectTagging'],
      [{ StringEquals: { 's3:x-amz-storage-class': 'STANDARD_IA' } }, { StorageClass: 'STANDARD_IA' }, {}],
      [{ StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } }, { ServerSideEncryption: 'AES256' }, {}],
    ]
    for (const [condition, denied, allowed, action] of rows) {
      await deny(condition, action)
      for (const [input, status] of [
        [denied, 403],
        [allowed, 200],
      ] as const) {
        const url = await getSignedUrl(s3, new PutObjectCommand({ ...object, ...input }))
        const headers = 'ServerSideEncryption' in input ? { 'x-amz-server-side-encryption': 'AES256' } : undefined
        const answer = await ask(url, { method: 'PUT', body: 'x', ...(headers ? { headers } : {}) })
        assert.equal(answer.status, status, `${JSON.stringify(condition)} ${JSON.stringify(input)} ${answer.body}`)
      }
    }
    // How to encrypt is only read in a header: by the URL alone nobody gets past a policy that asks for it.
    await deny({ Null: { 's3:x-amz-server-side-encryption': 'true' } })
    const hoisted = new PutObjectCommand({ ...object, ServerSideEncryption: 'AES256' })
    const byUrl = await getSignedUrl(s3, hoisted, { hoistableHeaders: sse })
    assert.ok(said(byUrl).includes('x-amz-server-side-encryption'))
    assert.equal((await ask(byUrl, { method: 'PUT', body: 'x' })).status, 403)
    const byHeader = await getSignedUrl(s3, hoisted)
    const headers = { 'x-amz-server-side-encryption': 'AES256' }
    assert.equal((await ask(byHeader, { method: 'PUT', body: 'x', headers })).status, 200)
    // No presigned URL signs what is sent.
    await deny({ StringEquals: { 's3:x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })
    assert.equal((await ask(await put(), { method: 'PUT', body: 'x' })).status, 403)
    await call(server.url, server.admin, 's3', 'DeleteBucketPolicy', { Bucket })
  })

  it('are the signer’s: what its policy lets a header do, a URL may not', async () => {
    await assert.rejects(s3.send(new PutObjectCommand({ ...object, Body: 'x' })), { name: 'AccessDenied' })
  })
})
