import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  UploadPartCommand,
  type ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

let server: TestServer
let s3: S3Client
let kms: KMSClient
let iam: IAMClient
let keyArn: string
const Bucket = 'kms-bucket'

const settings = (keys: Keys) => ({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: keys,
  forcePathStyle: true,
  maxAttempts: 1,
})

before(async () => {
  server = await startTestServer()
  s3 = new S3Client(settings(server.admin))
  kms = new KMSClient(settings(server.admin))
  iam = new IAMClient(settings(server.admin))
  keyArn = await newKey()
  await s3.send(new CreateBucketCommand({ Bucket }))
})
after(async () => {
  for (const client of [s3, kms, iam]) client.destroy()
  await server.close()
})

async function newKey(): Promise<string> {
  return (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!
}

let users = 0
/** S3 as a user who may do just this. */
async function userWith(...actions: string[]) {
  const UserName = `kms-user-${users++}`
  await iam.send(new CreateUserCommand({ UserName }))
  await allow(UserName, actions)
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const keys = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }
  return { UserName, arn: `arn:aws:iam::${server.account}:user/${UserName}`, s3: new S3Client(settings(keys)) }
}
const allow = (UserName: string, Action: string[], more: object = {}) =>
  iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action, Resource: '*', ...more }],
      }),
    }),
  )

const put = (Key: string, Body: Uint8Array | string, more: object = {}, client = s3) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const withKey = (more: object = {}) => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, ...more })
const get = async (Key: string, more: object = {}, client = s3) => {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return { ...answer, bytes: Buffer.from(await answer.Body!.transformToByteArray()) }
}
const byDefault = (rule: ServerSideEncryptionByDefault, BucketKeyEnabled = false) =>
  s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: rule, BucketKeyEnabled }] },
    }),
  )

/** The calls that S3 made of KMS for a call. */
function kmsCalls(requestId: string | undefined) {
  return server.world.decisions
    .recent(50)
    .filter(({ onBehalfOf }) => onBehalfOf === requestId)
    .map(({ operation, caller, decision, needs }) => ({
      operation,
      caller: caller?.arn,
      decision,
      resource: needs[0]?.resource,
    }))
}

describe('SSE-KMS', () => {
  it('encrypts under the key that is named, and says so in every answer', async () => {
    const body = randomBytes(300_000)
    const answer = await put('k', body, withKey())
    assert.deepEqual(
      [answer.ServerSideEncryption, answer.SSEKMSKeyId, answer.BucketKeyEnabled],
      ['aws:kms', keyArn, undefined],
    )
    const { ServerSideEncryption, SSEKMSKeyId, ETag, bytes } = await get('k')
    assert.deepEqual([ServerSideEncryption, SSEKMSKeyId, ETag], ['aws:kms', keyArn, answer.ETag])
    assert.deepEqual(bytes, body)
    const range = await get('k', { Range: 'bytes=262140-262150' })
    assert.deepEqual(range.bytes, body.subarray(262_140, 262_151))
    assert.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).SSEKMSKeyId, keyArn)
  })

  it("asks KMS in the caller's name, for the object's own context", async () => {
    const answer = await put('asked', 'x', withKey())
    const [call] = kmsCalls(answer.$metadata.requestId)
    const caller = `arn:aws:iam::${server.account}:user/admin`
    assert.deepEqual(call, { operation: 'GenerateDataKey', caller, decision: 'allowed', resource: keyArn })
    const user = await userWith('s3:*')
    await allow(user.UserName, ['s3:*', 'kms:Decrypt', 'kms:GenerateDataKey'], {
      Condition: {
        StringEqualsIfExists: {
          'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${Bucket}/asked`,
          'kms:ViaService': 's3.us-east-1.amazonaws.com',
        },
      },
    })
    assert.equal((await get('asked', {}, user.s3)).bytes.toString(), 'x')
    await assert.rejects(put('elsewhere', 'x', withKey(), user.s3), { name: 'AccessDenied' })
  })

  it("takes the account's own key for S3 where none is named", async () => {
    const { SSEKMSKeyId } = await put('own', 'x', { ServerSideEncryption: 'aws:kms' })
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }))
    assert.equal(SSEKMSKeyId, KeyMetadata!.Arn)
    assert.equal(KeyMetadata!.KeyManager, 'AWS')
    assert.equal((await get('own')).bytes.toString(), 'x')
  })

  it('refuses who may not use the key, in the words of KMS', async () => {
    await put('k', 'x', withKey())
    const user = await userWith('s3:*')
    await assert.rejects(get('k', {}, user.s3), (error: Error & { $metadata: { httpStatusCode: number } }) => {
      assert.equal(error.name, 'AccessDenied')
      assert.equal(error.$metadata.httpStatusCode, 403)
      assert.equal(
        error.message,
        `User: ${user.arn} is not authorized to perform: kms:Decrypt on resource: ${keyArn} because no identity-based policy allows the kms:Decrypt action`,
      )
      return true
    })
    await assert.rejects(put('new', 'x', withKey(), user.s3), {
      name: 'AccessDenied',
      message: /kms:GenerateDataKey on resource/,
    })
    await assert.rejects(get('new'), { name: 'NoSuchKey' })
    // The head is for everyone who may read the object, its checksum for who may decrypt it.
    const head = (more: object) => user.s3.send(new HeadObjectCommand({ Bucket, Key: 'k', ...more }))
    assert.equal((await head({})).SSEKMSKeyId, keyArn)
    await assert.rejects(
      head({ ChecksumMode: 'ENABLED' }),
      (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode === 403,
    )
    await allow(user.UserName, ['s3:*', 'kms:Decrypt'])
    assert.equal((await get('k', {}, user.s3)).bytes.toString(), 'x')
    assert.equal(typeof (await head({ ChecksumMode: 'ENABLED' })).ChecksumCRC32, 'string')
  })

  it('refuses a key that cannot be used, with the code of S3', async () => {
    const own = await newKey()
    await put('state', 'x', withKey({ SSEKMSKeyId: own }))
    await kms.send(new DisableKeyCommand({ KeyId: own }))
    const disabled = { name: 'KMS.DisabledException', message: `${own} is disabled.` }
    await assert.rejects(get('state'), disabled)
    await assert.rejects(put('no', 'x', withKey({ SSEKMSKeyId: own })), disabled)
    await kms.send(new EnableKeyCommand({ KeyId: own }))
    assert.equal((await get('state')).bytes.toString(), 'x')
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: own }))
    await assert.rejects(get('state'), { name: 'KMS.KMSInvalidStateException', message: `${own} is pending deletion.` })
    const unknown = own.replace(/[^/]+$/, '00000000-0000-0000-0000-000000000000')
    await assert.rejects(put('no', 'x', withKey({ SSEKMSKeyId: unknown })), {
      name: 'KMS.NotFoundException',
      message: `Key '${unknown}' does not exist`,
    })
    await assert.rejects(get('no'), { name: 'NoSuchKey' })
  })

  it('binds the key to the context that the writer gives', async () => {
    const SSEKMSEncryptionContext = Buffer.from(JSON.stringify({ team: 'red' })).toString('base64')
    const answer = await put('context', 'x', withKey({ SSEKMSEncryptionContext }))
    assert.deepEqual(JSON.parse(Buffer.from(answer.SSEKMSEncryptionContext!, 'base64').toString()), { team: 'red' })
    const user = await userWith('s3:*')
    const only = (team: string) =>
      allow(user.UserName, ['s3:*', 'kms:Decrypt'], {
        Condition: { StringEqualsIfExists: { 'kms:EncryptionContext:team': team } },
      })
    await only('blue')
    await assert.rejects(get('context', {}, user.s3), { name: 'AccessDenied' })
    await only('red')
    assert.equal((await get('context', {}, user.s3)).bytes.toString(), 'x')
    await assert.rejects(put('no', 'x', withKey({ SSEKMSEncryptionContext: 'e30x' })), { name: 'InvalidArgument' })
  })

  it('holds for every part of an upload, whose completion asks to decrypt', async () => {
    const Key = 'parts'
    const begun = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ...withKey(), ServerSideEncryption: 'aws:kms:dsse' }),
    )
    assert.deepEqual([begun.ServerSideEncryption, begun.SSEKMSKeyId], ['aws:kms:dsse', keyArn])
    const { UploadId } = begun
    const user = await userWith('s3:*', 'kms:GenerateDataKey')
    const part = (PartNumber: number, Body: Uint8Array, client = s3) =>
      client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
    await assert.rejects(part(1, Buffer.alloc(1), user.s3), { name: 'AccessDenied', message: /kms:Decrypt/ })
    const first = randomBytes(5 * 1024 ** 2)
    const parts = [await part(1, first), await part(2, Buffer.from('end'))]
    const Parts = parts.map(({ ETag, ChecksumCRC32 }, index) => ({ ETag, ChecksumCRC32, PartNumber: index + 1 }))
    const complete = (client: S3Client) =>
      client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
    await assert.rejects(complete(user.s3), { name: 'AccessDenied', message: /kms:Decrypt/ })
    assert.equal((await complete(s3)).SSEKMSKeyId, keyArn)
    assert.deepEqual((await get(Key)).bytes, Buffer.concat([first, Buffer.from('end')]))
    assert.equal(
      (await get(Key, { Range: 'bytes=-5' })).bytes.toString('latin1'),
      first.subarray(-2).toString('latin1') + 'end',
    )
  })

  it('is left and taken on by copies', async () => {
    await put('source', 'to copy', withKey())
    const copy = (Key: string, more: object = {}, client = s3) =>
      client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }))
    assert.equal((await copy('plain')).ServerSideEncryption, 'AES256')
    assert.equal((await copy('other', { ServerSideEncryption: 'aws:kms' })).ServerSideEncryption, 'aws:kms')
    assert.equal((await get('plain')).bytes.toString() + (await get('other')).bytes.toString(), 'to copyto copy')
    await assert.rejects(copy('no', {}, (await userWith('s3:*')).s3), { name: 'AccessDenied', message: /kms:Decrypt/ })
  })

  it('needs a signature: nobody reads it anonymously', async () => {
    const name = 'public-bucket'
    await s3.send(new CreateBucketCommand({ Bucket: name }))
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: name, PublicAccessBlockConfiguration: {} }))
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/*` }]
    await s3.send(
      new PutBucketPolicyCommand({ Bucket: name, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    )
    await s3.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body: 'x', ...withKey() } as never))
    await s3.send(new PutObjectCommand({ Bucket: name, Key: 'open', Body: 'x' }))
    assert.equal((await fetch(`${server.url}/${name}/open`)).status, 200)
    const answer = await fetch(`${server.url}/${name}/k`)
    assert.equal(answer.status, 400)
    const body = await answer.text()
    assert.match(body, /<Code>InvalidArgument<\/Code>/)
    assert.match(
      body,
      /Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4\./,
    )
    assert.match(body, /<ArgumentName>Authorization<\/ArgumentName><ArgumentValue>null<\/ArgumentValue>/)
  })

  const strange: [string, object, string][] = [
    ['a key without aws:kms', { SSEKMSKeyId: 'x' }, 'InvalidArgument'],
    ['a key with AES256', { ServerSideEncryption: 'AES256', SSEKMSKeyId: 'x' }, 'InvalidArgument'],
    ['an encryption that is none', { ServerSideEncryption: 'rot13' }, 'InvalidArgument'],
  ]
  for (const [what, more, name] of strange) {
    it(`refuses ${what}`, () => assert.rejects(put('strange', 'x', more), { name }))
  }
})

describe("a bucket's default", () => {
  it('encrypts what is written without a word of it', async () => {
    await byDefault({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn })
    const answer = await put('default', 'x')
    assert.deepEqual([answer.ServerSideEncryption, answer.SSEKMSKeyId], ['aws:kms', keyArn])
    assert.equal((await put('asked', 'x', { ServerSideEncryption: 'AES256' })).ServerSideEncryption, 'AES256')
    await byDefault({ SSEAlgorithm: 'AES256' })
    assert.equal((await put('default', 'x')).ServerSideEncryption, 'AES256')
  })

  it('with a bucket key asks KMS once for each caller, and again when anything changed', async () => {
    await byDefault({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn }, true)
    const user = await userWith('s3:*', 'kms:Decrypt', 'kms:GenerateDataKey')
    const asked: number[] = []
    const write = async (client: S3Client) => {
      const { $metadata, BucketKeyEnabled } = await put('one', 'x', {}, client)
      assert.equal(BucketKeyEnabled, true)
      asked.push(kmsCalls($metadata.requestId).length)
    }
    await write(s3)
    await write(s3)
    await write(user.s3)
    await write(user.s3)
    assert.deepEqual(asked, [1, 0, 1, 0])
    assert.equal((await get('one', {}, user.s3)).bytes.toString(), 'x')
    assert.equal((await get('one', {}, user.s3)).BucketKeyEnabled, true)
    await allow(user.UserName, ['s3:*'])
    await assert.rejects(get('one', {}, user.s3), { name: 'AccessDenied', message: /kms:Decrypt/ })
    await assert.rejects(put('one', 'y', {}, user.s3), { name: 'AccessDenied', message: /kms:GenerateDataKey/ })
    // The context is the bucket's.
    await allow(user.UserName, ['s3:*', 'kms:Decrypt'], {
      Condition: { StringEqualsIfExists: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${Bucket}` } },
    })
    assert.equal((await get('one', {}, user.s3)).bytes.toString(), 'x')
    await byDefault({ SSEAlgorithm: 'AES256' })
  })
})
