import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli, type AwsCli } from './aws-cli.ts'
import { boto3, type Boto3 } from './boto3.ts'
import { refused, type ApiClient } from './client.ts'
import { environmentOf, type Environment } from './command.ts'
import { jsSdk, settings } from './js-sdk.ts'
import { account } from './place.ts'

const bucket = 'clients'

/** Names that trip up paths, URLs, XML and shells. */
const oddKeys = [
  'plain.txt',
  'with space.txt',
  'plus+plus.txt',
  'per%cent%20.txt',
  'question?.txt',
  'hash#.txt',
  "quote's & <angles>.txt",
  'ünïcode/日本語/😀.txt',
  'a=b&c=d.txt',
  'deep/er/and/deeper.txt',
  'semi;colon,comma:colon@at$dollar!.txt',
  '(parens)[brackets]{braces}~*.txt',
]

describe('Amazon S3 by unmodified clients', () => {
  let server: TestServer
  let env: Environment
  let sdk: ApiClient
  let s3: S3Client
  let cli: AwsCli
  let python: Boto3
  let folder: string

  before(async () => {
    server = await startTestServer()
    env = await environmentOf(server.dataDir)
    sdk = jsSdk(env)
    s3 = new S3Client(settings(env))
    cli = awsCli(env)
    python = boto3(env)
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    await sdk.call('s3', 'CreateBucket', { Bucket: bucket })
  })

  after(async () => {
    s3.destroy()
    await Promise.all([sdk.close(), cli.close(), python.close()])
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function aws(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cli.aws(...args)
    assert.equal(code, 0, stderr)
    return stdout
  }

  const keysOf = async (Prefix: string) => {
    const { Contents = [] } = await sdk.call('s3', 'ListObjectsV2', { Bucket: bucket, Prefix })
    return Contents.map(({ Key }: { Key: string }) => Key.slice(Prefix.length)).sort() as string[]
  }

  test('aws s3 sync takes a folder of odd names there and back', async () => {
    const [there, back] = [join(folder, 'there'), join(folder, 'back')]
    for (const key of oddKeys) {
      mkdirSync(join(there, key, '..'), { recursive: true })
      writeFileSync(join(there, key), `content of ${key}`)
    }
    await aws('s3', 'sync', there, `s3://${bucket}/odd`)
    assert.deepEqual(await keysOf('odd/'), oddKeys.toSorted())
    await aws('s3', 'sync', `s3://${bucket}/odd`, back)
    const files = readdirSync(back, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    assert.equal(files.length, oddKeys.length)
    for (const key of oddKeys) assert.equal(readFileSync(join(back, key), 'utf8'), `content of ${key}`)
    assert.equal(await aws('s3', 'sync', there, `s3://${bucket}/odd`, '--size-only'), '', 'nothing is left to do')
  })

  test('every client reads the odd names, and lists them as they are', async () => {
    for (const client of [sdk, python]) {
      for (const key of oddKeys) {
        const { ContentLength } = await client.call('s3', 'HeadObject', { Bucket: bucket, Key: `odd/${key}` })
        assert.equal(ContentLength, Buffer.byteLength(`content of ${key}`), `${client.name}: ${key}`)
      }
    }
    const { Contents } = await python.call('s3', 'ListObjectsV2', { Bucket: bucket, Prefix: 'odd/' })
    assert.deepEqual(Contents.map((one: { Key: string }) => one.Key.slice('odd/'.length)).sort(), oddKeys.toSorted())
  })

  test('a file of 20 MB goes in parts and comes back whole', async () => {
    const file = join(folder, 'large.bin')
    const bytes = randomBytes(20 * 1024 * 1024 + 17)
    writeFileSync(file, bytes)
    await aws('s3', 'cp', '--quiet', file, `s3://${bucket}/large/`)
    const { ETag } = await sdk.call('s3', 'HeadObject', { Bucket: bucket, Key: 'large/large.bin' })
    assert.match(ETag, /^"[\da-f]{32}-3"$/)
    await python.download(bucket, 'large/large.bin', join(folder, 'again.bin'))
    assert.equal(sha256(readFileSync(join(folder, 'again.bin'))), sha256(bytes))
  })

  test('aws s3 ls, rm and rb', async () => {
    assert.match(await aws('s3', 'ls'), new RegExp(` ${bucket}\n`))
    const listed = await aws('s3', 'ls', `s3://${bucket}/odd/`)
    assert.match(listed, /^ +PRE deep\/$/m)
    assert.match(listed, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +20 plain\.txt$/m)
    await aws('s3', 'rm', '--quiet', '--recursive', `s3://${bucket}/odd/`)
    assert.deepEqual(await keysOf('odd/'), [])
    const { code, stderr } = await cli.aws('s3', 'rb', `s3://${bucket}`)
    assert.equal(code, 1)
    assert.match(stderr, /\(BucketNotEmpty\) when calling the DeleteBucket operation/)
  })

  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    test(`an upload with a ${algorithm} checksum is checked on the way in, and read back with it`, async () => {
      const Key = `checksums/${algorithm}`
      const Body = `sealed with ${algorithm}`
      const made = await sdk.call('s3', 'PutObject', { Bucket: bucket, Key, Body, ChecksumAlgorithm: algorithm })
      const kept = made[`Checksum${algorithm}`] as string
      assert.match(kept, /^[\w+/]+=*$/)
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }))
      assert.equal(await got.Body!.transformToString(), Body)
      assert.equal(got[`Checksum${algorithm}` as keyof typeof got], kept)
    })
  }

  for (const algorithm of ['CRC32', 'CRC32C', 'SHA256'] as const) {
    test(`a stream is sent in chunks with its ${algorithm} behind them`, async () => {
      const bytes = randomBytes(300_000)
      const Key = `chunked/${algorithm}`
      const Body = Readable.from(chunks(bytes, 70_000))
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key, Body, ContentLength: bytes.length, ChecksumAlgorithm: algorithm }),
      )
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
      assert.equal(sha256(await got.Body!.transformToByteArray()), sha256(bytes))
      assert.equal(got.ContentEncoding, undefined)
    })
  }

  test('a wrong checksum is refused, and nothing is kept', async () => {
    const wrong = { Bucket: bucket, Key: 'checksums/wrong', Body: 'other bytes', ChecksumCRC32: 'AAAAAA==' }
    const { code } = await refused(sdk.call('s3', 'PutObject', wrong))
    assert.equal(code, 'BadDigest')
    assert.deepEqual(await keysOf('checksums/wrong'), [])
  })

  test('presigned URLs, signed by version 4 and by version 2', async () => {
    await sdk.call('s3', 'PutObject', { Bucket: bucket, Key: 'presigned/a b.txt', Body: 'for the holder' })
    const get = new GetObjectCommand({ Bucket: bucket, Key: 'presigned/a b.txt' })
    const version4 = await getSignedUrl(s3, get, { expiresIn: 60 })
    const version2 = await python.presigned(bucket, 'presigned/a b.txt')
    assert.match(version4, /X-Amz-Signature=/)
    assert.match(version2, /[?&]Signature=/)
    for (const url of [version4, version2]) {
      assert.equal(await (await fetch(url)).text(), 'for the holder')
      assert.equal((await fetch(url.replace('a%20b', 'other'))).status, 403)
    }
    const put = new PutObjectCommand({ Bucket: bucket, Key: 'presigned/put.txt' })
    const answer = await fetch(await getSignedUrl(s3, put, { expiresIn: 60 }), {
      method: 'PUT',
      body: 'put by a holder',
    })
    assert.equal(answer.status, 200)
    assert.deepEqual(await keysOf('presigned/'), ['a b.txt', 'put.txt'])
  })

  test('a bucket policy opens a prefix to everyone, without a signature', async () => {
    await sdk.call('s3', 'PutObject', { Bucket: bucket, Key: 'public/page.txt', Body: 'for all' })
    await sdk.call('s3', 'PutObject', { Bucket: bucket, Key: 'private/page.txt', Body: 'for some' })
    const url = `${env['AWS_ENDPOINT_URL']}/${bucket}`
    assert.equal((await fetch(`${url}/public/page.txt`)).status, 403)
    await sdk.call('s3', 'PutPublicAccessBlock', {
      Bucket: bucket,
      PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false },
    })
    await sdk.call('s3', 'PutBucketPolicy', {
      Bucket: bucket,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/public/*` },
        ],
      }),
    })
    const answer = await fetch(`${url}/public/page.txt`)
    assert.deepEqual([answer.status, await answer.text()], [200, 'for all'])
    assert.equal((await fetch(`${url}/private/page.txt`)).status, 403)
    const nobody = await cli.aws('s3', 'cp', '--no-sign-request', `s3://${bucket}/public/page.txt`, '-')
    assert.deepEqual([nobody.code, nobody.stdout], [0, 'for all'])
  })

  test("a role's session may do what its role and its session policy both allow", async () => {
    const statement = (Resource: string) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource }] })
    await sdk.call('iam', 'CreateRole', {
      RoleName: 'reader',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }],
      }),
    })
    await sdk.call('iam', 'PutRolePolicy', {
      RoleName: 'reader',
      PolicyName: 'objects',
      PolicyDocument: statement(`arn:aws:s3:::${bucket}*`),
    })
    const { Credentials } = await sdk.call('sts', 'AssumeRole', {
      RoleArn: `arn:aws:iam::${account}:role/reader`,
      RoleSessionName: 'clients',
      Policy: statement(`arn:aws:s3:::${bucket}/private/*`),
    })
    const session = jsSdk({
      ...env,
      AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials.SessionToken,
    })
    const { Arn } = await session.call('sts', 'GetCallerIdentity')
    assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/reader/clients`)
    await session.call('s3', 'PutObject', { Bucket: bucket, Key: 'private/new.txt', Body: 'by the session' })
    assert.deepEqual(await refused(session.call('s3', 'PutObject', { Bucket: bucket, Key: 'large/x', Body: '' })), {
      code: 'AccessDenied',
      message: `User: ${Arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${bucket}/large/x" because no session policy allows the s3:PutObject action`,
    })
    assert.deepEqual(await refused(session.call('s3', 'ListObjectsV2', { Bucket: bucket })), {
      code: 'AccessDenied',
      message: `User: ${Arn} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${bucket}" because no session policy allows the s3:ListBucket action`,
    })
    await session.close()
  })
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function* chunks(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
