import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import { recoverObjects } from '../../src/services/s3/garbage.ts'
import { openEstate, text, type Estate } from './estate.ts'

const Bucket = 'uploads'
const Key = 'big'
const MiB = 1024 ** 2
const first = Buffer.alloc(5 * MiB, 'a')
const second = Buffer.from('the rest')

let s3: Estate
beforeEach(async () => {
  s3 = openEstate()
  await s3.call('CreateBucket', { Bucket })
})
afterEach(() => s3.close())

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()
const begin = async (more: object = {}): Promise<string> =>
  (await s3.call('CreateMultipartUpload', { Bucket, Key, ...more })).UploadId
const part = (UploadId: string, PartNumber: number, Body: Uint8Array, more: object = {}) =>
  s3.call('UploadPart', { Bucket, Key, UploadId, PartNumber, Body, ...more })
const complete = (UploadId: string, Parts: object[], more: object = {}) =>
  s3.call('CompleteMultipartUpload', { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more })
const fileCount = () =>
  readdirSync(s3.dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length

describe('a multipart upload', () => {
  it('becomes one object with the entity tag of its parts', async () => {
    const UploadId = await begin({ ContentType: 'text/x', Metadata: { a: '1' }, Tagging: 't=1' })
    await part(UploadId, 7, Buffer.from('replaced'))
    const two = await part(UploadId, 7, second)
    const one = await part(UploadId, 3, first)
    await part(UploadId, 9, Buffer.from('left out'))
    const listed = await s3.call('ListParts', { Bucket, Key, UploadId, MaxParts: 2 })
    assert.deepEqual(
      [
        listed.Parts.map((p: { PartNumber: number; Size: number }) => [p.PartNumber, p.Size]),
        listed.IsTruncated,
        listed.NextPartNumberMarker,
      ],
      [
        [
          [3, first.length],
          [7, second.length],
        ],
        true,
        '7',
      ],
    )
    await assert.rejects(s3.call('GetObject', { Bucket, Key }), { code: 'NoSuchKey' })
    const parts = [
      { PartNumber: 3, ETag: one.ETag },
      { PartNumber: 7, ETag: two.ETag.replaceAll('"', '') },
    ]
    const done = await complete(UploadId, parts, { MpuObjectSize: first.length + second.length })
    const etag = `"${createHash('md5')
      .update(Buffer.concat([md5(first), md5(second)]))
      .digest('hex')}-2"`
    assert.equal(done.ETag, etag)
    assert.deepEqual(await complete(UploadId, parts), done)

    const whole = await s3.call('GetObject', { Bucket, Key })
    assert.equal(await text(whole.Body), first.toString() + second.toString())
    assert.deepEqual([whole.ETag, whole.ContentType, whole.Metadata, whole.TagCount], [etag, 'text/x', { a: '1' }, 1])
    const last = await s3.call('GetObject', { Bucket, Key, PartNumber: 2 })
    assert.equal(await text(last.Body), second.toString())
    assert.deepEqual([last.$status, last.PartsCount], [206, 2])
    await assert.rejects(s3.call('GetObject', { Bucket, Key, PartNumber: 3 }), {
      code: 'InvalidPartNumber',
      status: 416,
    })
    await recoverObjects(s3.world)
    // Its two parts, as they were uploaded: what was replaced or left out is gone.
    assert.equal(fileCount(), 2)
    await assert.rejects(s3.call('ListParts', { Bucket, Key, UploadId }), { code: 'NoSuchUpload', status: 404 })
  })

  it('is refused as AWS refuses it when the parts are not right', async () => {
    const UploadId = await begin()
    const one = await part(UploadId, 1, second)
    const two = await part(UploadId, 2, second)
    const named = (...numbers: number[]) =>
      numbers.map((PartNumber) => ({ PartNumber, ETag: PartNumber === 1 ? one.ETag : two.ETag }))
    await assert.rejects(complete(UploadId, []), { code: 'MalformedXML' })
    await assert.rejects(complete(UploadId, named(2, 1)), { code: 'InvalidPartOrder' })
    await assert.rejects(complete(UploadId, named(1, 1)), { code: 'InvalidPartOrder' })
    await assert.rejects(complete(UploadId, named(1, 2)), { code: 'EntityTooSmall', status: 400 })
    await assert.rejects(complete(UploadId, named(1, 3)), { code: 'InvalidPart' })
    await assert.rejects(complete(UploadId, [{ PartNumber: 1, ETag: 'other' }]), { code: 'InvalidPart' })
    await assert.rejects(complete('unknown', named(1)), { code: 'NoSuchUpload' })
    await assert.rejects(complete(UploadId, named(2), { MpuObjectSize: 1 }), { code: 'InvalidRequest' })
    await assert.rejects(part(UploadId, 0, second), { code: 'InvalidArgument' })
    await assert.rejects(part(UploadId, 10_001, second), { code: 'InvalidArgument' })
    await assert.rejects(part('unknown', 1, second), { code: 'NoSuchUpload' })
    await complete(UploadId, named(2))
  })

  it('leaves nothing when it is aborted, not even by a part that arrives later', async () => {
    const UploadId = await begin()
    await part(UploadId, 1, first)
    async function* late() {
      yield second
      await s3.call('AbortMultipartUpload', { Bucket, Key, UploadId })
    }
    await assert.rejects(s3.call('UploadPart', { Bucket, Key, UploadId, PartNumber: 2, Body: late() }), {
      code: 'NoSuchUpload',
    })
    await assert.rejects(s3.call('AbortMultipartUpload', { Bucket, Key, UploadId }), { code: 'NoSuchUpload' })
    await recoverObjects(s3.world)
    assert.equal(fileCount(), 0)
  })

  it('has a checksum of checksums, or one of the whole', async () => {
    const crc = (...all: Uint8Array[]) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(all.reduce((before, one) => crc32(one, before), 0))
      return bytes.toString('base64')
    }
    const upload = async (ChecksumType: string, more: object = {}) => {
      const UploadId = await begin({ ChecksumAlgorithm: 'CRC32', ChecksumType })
      await assert.rejects(part(UploadId, 1, first, { ChecksumAlgorithm: 'SHA1' }), {
        message: /expected checksum Type: crc32, actual checksum Type: sha1/,
      })
      const parts = []
      for (const [index, Body] of [first, second].entries()) {
        const { ETag, ChecksumCRC32 } = await part(UploadId, index + 1, Body, { ChecksumAlgorithm: 'CRC32' })
        assert.equal(ChecksumCRC32, crc(Body))
        parts.push({ PartNumber: index + 1, ETag, ChecksumCRC32 })
      }
      return complete(UploadId, parts, more)
    }
    const composite = await upload('COMPOSITE')
    const ofChecksums = crc(Buffer.concat([Buffer.from(crc(first), 'base64'), Buffer.from(crc(second), 'base64')]))
    assert.deepEqual([composite.ChecksumCRC32, composite.ChecksumType], [`${ofChecksums}-2`, 'COMPOSITE'])
    const full = await upload('FULL_OBJECT', { ChecksumCRC32: crc(first, second) })
    assert.deepEqual([full.ChecksumCRC32, full.ChecksumType], [crc(first, second), 'FULL_OBJECT'])
    await assert.rejects(upload('FULL_OBJECT', { ChecksumCRC32: crc(second) }), { code: 'BadDigest' })
    await assert.rejects(begin({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }), {
      code: 'InvalidRequest',
    })
  })

  it('takes parts from other objects', async () => {
    await s3.call('PutObject', { Bucket, Key: 'source', Body: '0123456789' })
    const UploadId = await begin()
    const copy = { Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/source` }
    const { CopyPartResult } = await s3.call('UploadPartCopy', { ...copy, CopySourceRange: 'bytes=2-4' })
    await assert.rejects(s3.call('UploadPartCopy', { ...copy, CopySourceRange: 'bytes=2-10' }), {
      code: 'InvalidArgument',
    })
    await assert.rejects(s3.call('UploadPartCopy', { ...copy, CopySourceRange: 'bytes=2-' }), {
      code: 'InvalidArgument',
    })
    await complete(UploadId, [{ PartNumber: 1, ETag: CopyPartResult.ETag }])
    assert.equal(await text((await s3.call('GetObject', { Bucket, Key })).Body), '234')
  })

  it('is listed by key and then by time, in pages and folders', async () => {
    const ids: string[] = []
    for (const key of ['b', 'a/1', 'a/2', 'b', 'c']) ids.push(await begin({ Key: key }))
    const list = (more: object = {}) => s3.call('ListMultipartUploads', { Bucket, ...more })
    const names = (answer: { Uploads?: { Key: string; UploadId: string }[] }) =>
      answer.Uploads?.map((one) => [one.Key, ids.indexOf(one.UploadId)]) ?? []
    assert.deepEqual(names(await list()), [
      ['a/1', 1],
      ['a/2', 2],
      ['b', 0],
      ['b', 3],
      ['c', 4],
    ])
    const paged = []
    let page = await list({ MaxUploads: 2 })
    for (;;) {
      paged.push(...names(page))
      if (!page.IsTruncated) break
      page = await list({ MaxUploads: 2, KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker })
    }
    assert.deepEqual(paged, names(await list()))
    const folders = await list({ Delimiter: '/', MaxUploads: 1 })
    assert.deepEqual(
      [folders.CommonPrefixes, folders.Uploads, folders.IsTruncated],
      [[{ Prefix: 'a/' }], undefined, true],
    )
    const after = await list({ Delimiter: '/', KeyMarker: folders.NextKeyMarker })
    assert.deepEqual(names(after), [
      ['b', 0],
      ['b', 3],
      ['c', 4],
    ])
  })

  it('are listed page by page without reading those of other pages', async () => {
    const Many = 'many-uploads'
    await s3.call('CreateBucket', { Bucket: Many })
    const keys = Array.from({ length: 240 }, (_, n) => `${'xyz'[n % 3]}/${n % 4 === 0 ? 'deep/' : ''}${n % 40}`)
    for (const Key of keys) await s3.call('CreateMultipartUpload', { Bucket: Many, Key })
    const walk = async (more: object) => {
      const found: string[] = []
      for (let page = await s3.call('ListMultipartUploads', { Bucket: Many, ...more }); ;) {
        const prefixes = (page.CommonPrefixes ?? []) as { Prefix: string }[]
        const uploads = (page.Uploads ?? []) as { Key: string }[]
        found.push(...[...prefixes.map(({ Prefix }) => Prefix), ...uploads.map(({ Key }) => Key)].sort())
        if (!page.IsTruncated) return found
        const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page
        page = await s3.call('ListMultipartUploads', { Bucket: Many, ...more, KeyMarker, UploadIdMarker })
      }
    }
    const sorted = keys.toSorted()
    assert.deepEqual(await walk({ MaxUploads: 7 }), sorted)
    assert.deepEqual(await walk({ MaxUploads: 1, Delimiter: '/' }), ['x/', 'y/', 'z/'])
    const inY = sorted.filter((key) => key.startsWith('y/'))
    const rolled = ['y/deep/', ...inY.filter((key) => !key.startsWith('y/deep/'))].sort()
    assert.deepEqual(await walk({ MaxUploads: 3, Prefix: 'y/', Delimiter: '/' }), rolled)
    const { store } = s3.world
    const list = store.list.bind(store)
    let read = 0
    store.list = ((kind: string, options: object) => {
      const rows = list(kind, options)
      read += rows.length
      return rows
    }) as typeof list
    try {
      await s3.call('ListMultipartUploads', { Bucket: Many, MaxUploads: 5 })
    } finally {
      store.list = list
    }
    assert.ok(read <= 16, `${read} rows for a page of 5`)
  })
})
