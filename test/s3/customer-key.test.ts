import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openEstate, stream, text, type Estate } from './estate.ts'

const Bucket = 'customer-keys'
let s3: Estate

before(async () => {
  s3 = openEstate()
  await s3.call('CreateBucket', { Bucket })
})
after(() => s3.close())

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('base64')
const headersOf = (key: Buffer, prefix = '') => ({
  [`${prefix}SSECustomerAlgorithm`]: 'AES256',
  [`${prefix}SSECustomerKey`]: key.toString('base64'),
  [`${prefix}SSECustomerKeyMD5`]: md5(key),
})
const mine = Buffer.alloc(32, 1)
const other = Buffer.alloc(32, 2)

const call = (name: Parameters<Estate['call']>[0], input: object, secure = true) =>
  s3.call(name, { Bucket, ...input }, { secure })
const put = (Key: string, body: string | Uint8Array, more: object = {}) =>
  call('PutObject', { Key, Body: stream(body), ...more })
const encryption = (EncryptionType: string) =>
  call('PutBucketEncryption', {
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
          BlockedEncryptionTypes: { EncryptionType: [EncryptionType] },
        },
      ],
    },
  })

describe('SSE-C', () => {
  it('is blocked in a new bucket, and GetBucketEncryption says so', async () => {
    await assert.rejects(put('k', 'x', headersOf(mine)), {
      code: 'AccessDenied',
      status: 403,
      message: 'Access Denied',
    })
    const asCreated = {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
            BucketKeyEnabled: false,
            BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
          },
        ],
      },
    }
    assert.deepEqual(await call('GetBucketEncryption', {}), asCreated)
    await encryption('NONE')
    const { ServerSideEncryptionConfiguration: now } = await call('GetBucketEncryption', {})
    assert.equal(now.Rules[0].BlockedEncryptionTypes, undefined)
    await encryption('SSE-C')
    await assert.rejects(put('k', 'x', headersOf(mine)), { code: 'AccessDenied' })
    await encryption('NONE')
  })

  it('encrypts with the key that the client brings, and answers without it', async () => {
    const content = randomBytes(300_000)
    const answer = await put('k', content, headersOf(mine))
    assert.deepEqual([answer.SSECustomerAlgorithm, answer.SSECustomerKeyMD5], ['AES256', md5(mine)])
    assert.equal(answer.ServerSideEncryption, undefined)
    assert.match(answer.ETag, /^"[0-9a-f]{32}"$/)
    assert.notEqual(answer.ETag, `"${createHash('md5').update(content).digest('hex')}"`)
    const got = await call('GetObject', { Key: 'k', ...headersOf(mine) })
    assert.deepEqual(Buffer.concat(await got.Body.toArray()), content)
    assert.deepEqual([got.ETag, got.SSECustomerKeyMD5], [answer.ETag, md5(mine)])
    const range = await call('GetObject', { Key: 'k', Range: 'bytes=262140-262150', ...headersOf(mine) })
    assert.deepEqual(Buffer.concat(await range.Body.toArray()), content.subarray(262_140, 262_151))
    assert.equal((await call('HeadObject', { Key: 'k', ...headersOf(mine) })).ContentLength, content.length)
  })

  it('keeps nothing of the key, neither among documents nor among bytes', async () => {
    await put('k', 'secret content', headersOf(mine))
    const document = JSON.stringify(s3.world.store.list('s3/object'))
    assert.ok(!document.includes(mine.toString('base64')) && !document.includes(mine.toString('hex')))
    for (const file of readdirSync(s3.dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())) {
      assert.ok(!readFileSync(join(file.parentPath, file.name)).includes('secret content'))
    }
  })

  const provide = 'Requests specifying Server Side Encryption with Customer provided keys must'
  const short = Buffer.alloc(24, 3)
  const writes: [string, object, object][] = [
    [
      'no algorithm',
      { ...headersOf(mine), SSECustomerAlgorithm: undefined },
      { code: 'InvalidArgument', message: `${provide} provide a valid encryption algorithm.` },
    ],
    [
      'another algorithm',
      { ...headersOf(mine), SSECustomerAlgorithm: 'AES128' },
      {
        code: 'InvalidEncryptionAlgorithmError',
        message: 'The encryption request that you specified is not valid. The valid value is AES256.',
      },
    ],
    [
      'no key',
      { SSECustomerAlgorithm: 'AES256' },
      { code: 'InvalidArgument', message: `${provide} provide an appropriate secret key.` },
    ],
    [
      'no MD5',
      { ...headersOf(mine), SSECustomerKeyMD5: undefined },
      { code: 'InvalidArgument', message: `${provide} provide the client calculated MD5 of the secret key.` },
    ],
    [
      'the MD5 of another key',
      { ...headersOf(mine), SSECustomerKeyMD5: md5(other) },
      {
        code: 'InvalidArgument',
        message: 'The calculated MD5 hash of the key did not match the hash that was provided.',
      },
    ],
    [
      'a key that is too short',
      headersOf(short),
      { code: 'InvalidArgument', message: 'The secret key was invalid for the specified algorithm.' },
    ],
    [
      'another encryption beside it',
      { ...headersOf(mine), ServerSideEncryption: 'AES256' },
      {
        code: 'InvalidArgument',
        message:
          'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      },
    ],
  ]
  for (const [what, headers, error] of writes) {
    it(`refuses a write with ${what}`, async () => {
      await assert.rejects(put('refused', 'x', headers), { status: 400, ...error })
      await assert.rejects(call('HeadObject', { Key: 'refused' }), { code: 'NoSuchKey' })
    })
  }

  it('refuses to travel over plain HTTP', async () => {
    const insecure = { code: 'InvalidRequest', status: 400, message: `${provide} be made over a secure connection.` }
    await assert.rejects(s3.call('PutObject', { Bucket, Key: 'k', Body: stream('x'), ...headersOf(mine) }), insecure)
    await put('k', 'x', headersOf(mine))
    await assert.rejects(call('GetObject', { Key: 'k', ...headersOf(mine) }, false), insecure)
  })

  it('is read with its key alone', async () => {
    await put('k', 'x', headersOf(mine))
    await put('plain', 'x')
    for (const name of ['GetObject', 'HeadObject'] as const) {
      await assert.rejects(call(name, { Key: 'k' }), {
        code: 'InvalidRequest',
        status: 400,
        message:
          'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      })
      await assert.rejects(call(name, { Key: 'k', ...headersOf(other) }), {
        code: 'AccessDenied',
        status: 403,
        message: `${provide} provide the correct secret key.`,
      })
      await assert.rejects(call(name, { Key: 'plain', ...headersOf(mine) }), {
        code: 'InvalidRequest',
        status: 400,
        message: 'The encryption parameters are not applicable to this object.',
      })
    }
  })

  it('is copied from one key to another, and to none', async () => {
    await put('k', 'to be copied', headersOf(mine))
    const source = { CopySource: `${Bucket}/k`, ...headersOf(mine, 'CopySource') }
    await call('CopyObject', { Key: 'copy', ...source, ...headersOf(other) })
    assert.equal(await text((await call('GetObject', { Key: 'copy', ...headersOf(other) })).Body), 'to be copied')
    assert.equal((await call('CopyObject', { Key: 'open', ...source })).ServerSideEncryption, 'AES256')
    assert.equal(await text((await call('GetObject', { Key: 'open' })).Body), 'to be copied')
    await assert.rejects(call('CopyObject', { Key: 'no', CopySource: `${Bucket}/k` }), { code: 'InvalidRequest' })
    await assert.rejects(
      call('CopyObject', { Key: 'no', CopySource: `${Bucket}/k`, ...headersOf(other, 'CopySource') }),
      { code: 'InvalidRequest', message: 'The provided encryption parameters did not match the ones used originally.' },
    )
  })

  it('holds for every part of an upload', async () => {
    const Key = 'parts'
    const { UploadId, SSECustomerKeyMD5 } = await call('CreateMultipartUpload', { Key, ...headersOf(mine) })
    assert.equal(SSECustomerKeyMD5, md5(mine))
    const part = (PartNumber: number, Body: Buffer, headers: object) =>
      call('UploadPart', { Key, UploadId, PartNumber, Body, ...headers })
    await assert.rejects(part(1, Buffer.alloc(1), {}), {
      code: 'InvalidRequest',
      message:
        'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
    })
    await assert.rejects(part(1, Buffer.alloc(1), headersOf(other)), {
      code: 'InvalidRequest',
      message: 'The provided encryption parameters did not match the ones used originally.',
    })
    const first = randomBytes(5 * 1024 ** 2)
    const [one, two] = [await part(1, first, headersOf(mine)), await part(2, Buffer.from('end'), headersOf(mine))]
    assert.notEqual(one.ETag, `"${createHash('md5').update(first).digest('hex')}"`)
    const Parts = [one, two].map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }))
    await call('CompleteMultipartUpload', { Key, UploadId, MultipartUpload: { Parts } })
    const got = await call('GetObject', { Key, Range: 'bytes=-10', ...headersOf(mine) })
    assert.deepEqual(Buffer.concat(await got.Body.toArray()), Buffer.concat([first.subarray(-7), Buffer.from('end')]))
    const whole = await call('GetObject', { Key, ...headersOf(mine) })
    assert.deepEqual(Buffer.concat(await whole.Body.toArray()), Buffer.concat([first, Buffer.from('end')]))
  })
})
