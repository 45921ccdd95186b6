import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { recoverObjects } from '../../src/services/s3/garbage.ts'
import { openEstate, stream, text, type Estate } from './estate.ts'

const Bucket = 'objects'
let s3: Estate
beforeEach(async () => {
  s3 = openEstate()
  await s3.call('CreateBucket', { Bucket })
})
afterEach(() => s3.close())

const put = (Key: string, Body: unknown, more: object = {}) => s3.call('PutObject', { Bucket, Key, Body, ...more })
const get = (Key: string, more: object = {}) => s3.call('GetObject', { Bucket, Key, ...more })
const md5 = (content: string) => createHash('md5').update(content).digest('hex')
const files = () =>
  (readdirSync(s3.dir, { recursive: true, withFileTypes: true }) as { isFile(): boolean; name: string }[]).filter(
    (one) => one.isFile(),
  )

describe('an object', () => {
  it('comes back with what was said about it', async () => {
    const answer = await put('a/ü +%', stream('hello ', 'world'), {
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentEncoding: 'aws-chunked,gzip',
      Metadata: { who: 'me' },
      Tagging: 'a=1&b=%20',
    })
    assert.deepEqual(answer, { ETag: `"${md5('hello world')}"`, ServerSideEncryption: 'AES256' })
    const { Body, LastModified, ...told } = await get('a/ü +%')
    assert.equal(await text(Body), 'hello world')
    assert.equal(typeof LastModified, 'number')
    assert.deepEqual(told, {
      ETag: answer.ETag,
      ServerSideEncryption: 'AES256',
      AcceptRanges: 'bytes',
      ContentLength: 11,
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentEncoding: 'gzip',
      Metadata: { who: 'me' },
      TagCount: 2,
    })
    const head = await s3.call('HeadObject', { Bucket, Key: 'a/ü +%' })
    assert.deepEqual(head, { ...told, LastModified })
  })

  it('may be empty', async () => {
    await put('empty', undefined)
    const { Body, ContentLength } = await get('empty')
    assert.equal(ContentLength, 0)
    assert.equal(await text(Body), '')
    await assert.rejects(get('empty', { Range: 'bytes=0-' }), { code: 'InvalidRange', status: 416 })
  })

  it('is replaced as a whole, and its old bytes go', async () => {
    await put('k', 'one', { Tagging: 'a=1' })
    await put('k', 'two!')
    assert.equal(await text((await get('k')).Body), 'two!')
    assert.deepEqual(await s3.call('GetObjectTagging', { Bucket, Key: 'k' }), { TagSet: [] })
    await recoverObjects(s3.world)
    assert.equal(files().length, 1)
    await s3.call('DeleteObject', { Bucket, Key: 'k' })
    await s3.call('DeleteObject', { Bucket, Key: 'k' })
    await assert.rejects(get('k'), { code: 'NoSuchKey', status: 404, message: 'The specified key does not exist.' })
    await recoverObjects(s3.world)
    assert.equal(files().length, 0)
  })

  it('is read to its end though it is replaced meanwhile', async () => {
    await put('k', 'old')
    const { Body } = await get('k')
    await put('k', 'new')
    assert.equal(await text(Body), 'old')
  })

  it('stays what it was when the new bytes do not arrive whole', async () => {
    await put('k', 'old')
    async function* cut() {
      yield Buffer.from('half')
      throw new Error('cut off')
    }
    await assert.rejects(put('k', cut()), /cut off/)
    assert.equal(await text((await get('k')).Body), 'old')
    assert.equal(files().length, 1)
  })

  it('has a key of at most 1,024 bytes', async () => {
    await put('ü'.repeat(512), 'x')
    await assert.rejects(put('ü'.repeat(512) + 'a', 'x'), { code: 'KeyTooLongError', status: 400 })
  })

  it('is refused where it would be kept otherwise than asked', async () => {
    await assert.rejects(put('k', 'x', { ServerSideEncryption: 'ROT13' }), { code: 'InvalidArgument', status: 400 })
    await assert.rejects(put('k', 'x', { StorageClass: 'FROZEN' }), { code: 'InvalidStorageClass' })
    await assert.rejects(put('k', 'x', { ACL: 'public-read' }), { code: 'AccessControlListNotSupported', status: 400 })
    await assert.rejects(put('k', 'x', { ContentLength: 5 * 1024 ** 3 + 1 }), { code: 'EntityTooLarge', status: 400 })
    await assert.rejects(put('k', 'x', { Metadata: { long: 'x'.repeat(2048) } }), { code: 'MetadataTooLarge' })
    assert.equal(files().length, 0)
  })

  it('is gone with its bucket, which an upload that ends later does not bring back', async () => {
    async function* slow() {
      yield Buffer.from('x')
      await s3.call('DeleteBucket', { Bucket })
    }
    await assert.rejects(put('k', slow()), { code: 'NoSuchBucket' })
    assert.equal(files().length, 0)
  })
})

describe('a range', () => {
  const cases: [string, string, string][] = [
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ]
  for (const [Range, expected, ContentRange] of cases) {
    it(`${Range} of ten bytes`, async () => {
      await put('k', '0123456789')
      const answer = await get('k', { Range })
      assert.equal(await text(answer.Body), expected)
      assert.deepEqual(
        [answer.$status, answer.ContentRange, answer.ContentLength],
        [206, ContentRange, expected.length],
      )
    })
  }

  for (const Range of ['bytes=4-2', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=-']) {
    it(`${Range} is answered with the whole`, async () => {
      await put('k', '0123456789')
      const answer = await get('k', { Range })
      assert.equal(await text(answer.Body), '0123456789')
      assert.equal(answer.$status, undefined)
    })
  }

  for (const Range of ['bytes=10-', 'bytes=10-12', 'bytes=-0']) {
    it(`${Range} cannot be satisfied`, async () => {
      await put('k', '0123456789')
      await assert.rejects(get('k', { Range }), {
        code: 'InvalidRange',
        status: 416,
        fields: { RangeRequested: Range, ActualObjectSize: '10' },
      })
    })
  }
})

describe('a condition', () => {
  let etag: string
  let modified: number
  beforeEach(async () => {
    etag = (await put('k', 'x')).ETag
    modified = Math.floor((await s3.call('HeadObject', { Bucket, Key: 'k' })).LastModified)
  })
  const status = async (conditions: object) => {
    try {
      const answer = await get('k', conditions)
      answer.Body?.destroy()
      return answer.$status ?? 200
    } catch (error) {
      return (error as { status: number }).status
    }
  }

  it('decides a read as RFC 7232 has it', async () => {
    const table: [object, number][] = [
      [{ IfMatch: etag }, 200],
      [{ IfMatch: '*' }, 200],
      [{ IfMatch: '"other"' }, 412],
      [{ IfNoneMatch: etag }, 304],
      [{ IfNoneMatch: '"other"' }, 200],
      [{ IfModifiedSince: modified }, 304],
      [{ IfModifiedSince: modified - 1 }, 200],
      [{ IfUnmodifiedSince: modified }, 200],
      [{ IfUnmodifiedSince: modified - 1 }, 412],
      [{ IfMatch: etag, IfUnmodifiedSince: modified - 1 }, 200],
      [{ IfNoneMatch: '"other"', IfModifiedSince: modified }, 200],
    ]
    for (const [conditions, expected] of table)
      assert.equal(await status(conditions), expected, JSON.stringify(conditions))
  })

  it('decides a write at the moment at which it would be done', async () => {
    await assert.rejects(put('k', 'y', { IfNoneMatch: '*' }), { code: 'PreconditionFailed', status: 412 })
    await assert.rejects(put('new', 'y', { IfMatch: etag }), { code: 'NoSuchKey' })
    await put('k', 'y', { IfMatch: etag })
    await assert.rejects(put('k', 'z', { IfMatch: etag }), { code: 'PreconditionFailed' })
    async function* outrun() {
      yield Buffer.from('late')
      await put('race', 'first')
    }
    await assert.rejects(put('race', outrun(), { IfNoneMatch: '*' }), { code: 'PreconditionFailed' })
    assert.equal(await text((await get('race')).Body), 'first')
    await assert.rejects(s3.call('DeleteObject', { Bucket, Key: 'k', IfMatch: etag }), { code: 'PreconditionFailed' })
  })
})

describe('a checksum', () => {
  it('that was declared is kept and told on demand', async () => {
    const headers = { host: 's3' }
    const input = { Bucket, Key: 'k', Body: 'hello', ChecksumCRC32: 'NhCmhg==' }
    const answer = await s3.call('PutObject', input, { headers })
    assert.deepEqual([answer.ChecksumCRC32, answer.ChecksumType], ['NhCmhg==', 'FULL_OBJECT'])
    const told = await get('k', { ChecksumMode: 'ENABLED' })
    told.Body.destroy()
    assert.equal(told.ChecksumCRC32, 'NhCmhg==')
    assert.equal((await s3.call('HeadObject', { Bucket, Key: 'k' })).ChecksumCRC32, undefined)
  })

  it('that comes in the trailer is computed', async () => {
    const headers = { host: 's3', 'x-amz-trailer': 'x-amz-checksum-crc32' }
    assert.equal(
      (await s3.call('PutObject', { Bucket, Key: 'k', Body: 'hello' }, { headers })).ChecksumCRC32,
      'NhCmhg==',
    )
  })

  it('that is wrong, from within, fails the write', async () => {
    await assert.rejects(put('k', 'other', { ChecksumCRC32: 'NhCmhg==' }), { code: 'BadDigest', status: 400 })
    assert.equal(files().length, 0)
  })
})

describe('tags', () => {
  it('are put, told and taken away', async () => {
    await put('k', 'x')
    const TagSet = [{ Key: 'a', Value: '1' }]
    await s3.call('PutObjectTagging', { Bucket, Key: 'k', Tagging: { TagSet } })
    assert.deepEqual(await s3.call('GetObjectTagging', { Bucket, Key: 'k' }), { TagSet })
    await s3.call('DeleteObjectTagging', { Bucket, Key: 'k' })
    assert.deepEqual(await s3.call('GetObjectTagging', { Bucket, Key: 'k' }), { TagSet: [] })
    for (const [tags, code] of [
      [Array.from({ length: 11 }, (_, n) => ({ Key: `k${n}`, Value: '' })), 'BadRequest'],
      [
        [
          { Key: 'a', Value: '' },
          { Key: 'a', Value: '' },
        ],
        'InvalidTag',
      ],
      [[{ Key: 'aws:x', Value: '' }], 'InvalidTag'],
      [[{ Key: 'a'.repeat(129), Value: '' }], 'InvalidTag'],
    ] as const) {
      await assert.rejects(s3.call('PutObjectTagging', { Bucket, Key: 'k', Tagging: { TagSet: tags } }), { code })
    }
    await assert.rejects(put('k', 'x', { Tagging: 'a=1&a=2' }), { code: 'InvalidArgument' })
  })
})

describe('a copy', () => {
  it('takes bytes, metadata and tags along, or others in their place', async () => {
    await put('from', 'content', {
      ContentType: 'text/x',
      Metadata: { a: '1' },
      Tagging: 't=1',
      ChecksumAlgorithm: 'SHA256',
    })
    const { CopyObjectResult } = await s3.call('CopyObject', { Bucket, Key: 'to', CopySource: `/${Bucket}/fr%6Fm` })
    assert.equal(CopyObjectResult.ETag, `"${md5('content')}"`)
    assert.ok(CopyObjectResult.ChecksumSHA256)
    const copy = await get('to')
    assert.equal(await text(copy.Body), 'content')
    assert.deepEqual([copy.ContentType, copy.Metadata, copy.TagCount], ['text/x', { a: '1' }, 1])

    const replace = { MetadataDirective: 'REPLACE', Metadata: { b: '2' }, TaggingDirective: 'REPLACE' }
    await s3.call('CopyObject', { Bucket, Key: 'to', CopySource: `${Bucket}/from`, ...replace })
    const other = await s3.call('HeadObject', { Bucket, Key: 'to' })
    assert.deepEqual(
      [other.ContentType, other.Metadata, other.TagCount],
      ['binary/octet-stream', { b: '2' }, undefined],
    )
  })

  it('to itself must change something', async () => {
    await put('k', 'x')
    const itself = { Bucket, Key: 'k', CopySource: `${Bucket}/k` }
    await assert.rejects(s3.call('CopyObject', itself), { code: 'InvalidRequest', message: /copy an object to itself/ })
    await s3.call('CopyObject', { ...itself, MetadataDirective: 'REPLACE' })
    assert.equal(await text((await get('k')).Body), 'x')
  })

  it('heeds the conditions on its source', async () => {
    const { ETag } = await put('k', 'x')
    const copy = { Bucket, Key: 'l', CopySource: `${Bucket}/k` }
    await assert.rejects(s3.call('CopyObject', { ...copy, CopySourceIfNoneMatch: ETag }), {
      code: 'PreconditionFailed',
      status: 412,
    })
    await assert.rejects(s3.call('CopyObject', { ...copy, CopySourceIfMatch: '"no"' }), { code: 'PreconditionFailed' })
    await s3.call('CopyObject', { ...copy, CopySourceIfMatch: ETag })
    await assert.rejects(s3.call('CopyObject', { ...copy, CopySource: 'nothing' }), { code: 'InvalidArgument' })
    await assert.rejects(s3.call('CopyObject', { ...copy, CopySource: `${Bucket}/missing` }), { code: 'NoSuchKey' })
  })
})

describe('many deletions', () => {
  it('tell each key its own fate', async () => {
    await put('a', 'x')
    await put('b', 'x')
    const one = s3.user([{ Action: 's3:DeleteObject', Resource: `arn:aws:s3:::${Bucket}/a` }])
    const Delete = { Objects: [{ Key: 'a' }, { Key: 'b' }, { Key: 'a', VersionId: 'null' }] }
    const answer = await s3.call('DeleteObjects', { Bucket, Delete }, { as: one })
    assert.deepEqual(answer.Deleted, [{ Key: 'a' }])
    assert.deepEqual(
      answer.Errors.map((error: { Key: string; Code: string }) => [error.Key, error.Code]),
      [
        ['b', 'AccessDenied'],
        ['a', 'AccessDenied'],
      ],
    )
    assert.match(
      answer.Errors[0].Message,
      /is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::objects\/b"/,
    )
    assert.match(answer.Errors[1].Message, /s3:DeleteObjectVersion/)
    assert.deepEqual(await s3.call('DeleteObjects', { Bucket, Delete: { ...Delete, Quiet: true } }), {})
    await assert.rejects(get('b'), { code: 'NoSuchKey' })
    await assert.rejects(s3.call('DeleteObjects', { Bucket, Delete: { Objects: [] } }), { code: 'MalformedXML' })
  })
})

it('damaged bytes are never mistaken for the object', async () => {
  await put('k', 'x'.repeat(100))
  const [file] = readdirSync(s3.dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const { writeFileSync } = await import('node:fs')
  writeFileSync(join(file!.parentPath, file!.name), 'y'.repeat(100))
  await assert.rejects(get('k'), { code: 'InternalError', status: 500 })
})
