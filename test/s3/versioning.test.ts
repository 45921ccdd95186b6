import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { OBJECTS } from '../../src/services/s3/object.ts'
import { openEstate, text, type Estate } from './estate.ts'

const Bucket = 'versions'
const Key = 'k'

let s3: Estate
beforeEach(async () => {
  s3 = openEstate()
  await s3.call('CreateBucket', { Bucket })
})
afterEach(() => s3.close())

const status = (Status: string) => s3.call('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status } })
const put = async (Body: string, more: object = {}) =>
  (await s3.call('PutObject', { Bucket, Key, Body, ...more })).VersionId as string
const read = async (VersionId?: string) => text((await s3.call('GetObject', { Bucket, Key, VersionId })).Body)
const all = () => s3.call('ListObjectVersions', { Bucket })

describe('versioning', () => {
  it('is off, then on or suspended, and never off again', async () => {
    assert.deepEqual(await s3.call('GetBucketVersioning', { Bucket }), {})
    await assert.rejects(s3.call('PutBucketVersioning', { Bucket, VersioningConfiguration: {} }), {
      code: 'IllegalVersioningConfigurationException',
      status: 400,
    })
    for (const Status of ['Enabled', 'Suspended']) {
      await status(Status)
      assert.deepEqual(await s3.call('GetBucketVersioning', { Bucket }), { Status })
    }
  })

  it('takes MFA delete only from root with a device at hand', async () => {
    const VersioningConfiguration = { Status: 'Enabled', MFADelete: 'Enabled' }
    for (const MFA of [undefined, 'arn:aws:iam::123456789012:mfa/none 123456']) {
      await assert.rejects(s3.call('PutBucketVersioning', { Bucket, VersioningConfiguration, MFA }), {
        code: 'AccessDenied',
        message: 'Mfa Authentication must be used for this request',
      })
    }
    assert.deepEqual(await s3.call('GetBucketVersioning', { Bucket }), {})
  })

  it('keeps what was there before as the null version', async () => {
    assert.equal(await put('old'), undefined)
    await status('Enabled')
    assert.equal((await s3.call('HeadObject', { Bucket, Key })).VersionId, 'null')
    const id = await put('new')
    assert.deepEqual([await read(), await read(id), await read('null')], ['new', 'new', 'old'])
    assert.deepEqual(
      (await all()).Versions.map((one: any) => [one.VersionId, one.IsLatest]),
      [
        [id, true],
        ['null', false],
      ],
    )
  })

  it('suspended, writes the null version in place of the one before', async () => {
    await status('Enabled')
    const id = await put('one')
    await status('Suspended')
    assert.equal(await put('two'), 'null')
    assert.equal(await put('three'), 'null')
    assert.deepEqual([await read(), await read('null'), await read(id)], ['three', 'three', 'one'])
    assert.equal((await all()).Versions.length, 2)
    const gone = await s3.call('DeleteObject', { Bucket, Key })
    assert.deepEqual(gone, { VersionId: 'null', DeleteMarker: true })
    assert.deepEqual([(await all()).Versions.length, (await all()).DeleteMarkers.length], [1, 1])
  })

  it('reads documents of before there were versions', async () => {
    const { bytes } = s3.world.store.get<{ bytes: object }>(OBJECTS, (await put('x'), `${Bucket}/${Key}`))!
    const old = { bytes, etag: 'e', lastModified: 1, headers: {}, metadata: {} }
    s3.world.store.put(OBJECTS, `${Bucket}/${Key}`, old)
    await status('Enabled')
    await put('y')
    assert.equal(await read('null'), 'x')
  })
})

describe('a delete marker', () => {
  it('hides the object, says that it is there, and is taken away again', async () => {
    await status('Enabled')
    const id = await put('x')
    const marker = await s3.call('DeleteObject', { Bucket, Key })
    assert.equal(marker.DeleteMarker, true)
    await assert.rejects(s3.call('GetObject', { Bucket, Key }), (error: AwsError) => {
      assert.deepEqual([error.code, error.status], ['NoSuchKey', 404])
      assert.deepEqual(error.headers, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.VersionId })
      return true
    })
    await assert.rejects(s3.call('GetObject', { Bucket, Key, VersionId: marker.VersionId }), (error: AwsError) => {
      assert.deepEqual(
        [error.code, error.status, error.fields['ResourceType']],
        ['MethodNotAllowed', 405, 'DeleteMarker'],
      )
      assert.deepEqual([error.headers['Allow'], error.headers['x-amz-delete-marker']], ['DELETE', 'true'])
      assert.match(error.headers['Last-Modified']!, /GMT$/)
      return true
    })
    assert.equal(await read(id), 'x')
    const { Deleted } = await s3.call('DeleteObjects', {
      Bucket,
      Delete: { Objects: [{ Key, VersionId: marker.VersionId }, { Key: 'other' }] },
    })
    assert.deepEqual(Deleted[0], {
      Key,
      VersionId: marker.VersionId,
      DeleteMarker: true,
      DeleteMarkerVersionId: marker.VersionId,
    })
    assert.deepEqual([Deleted[1].Key, Deleted[1].VersionId, Deleted[1].DeleteMarker], ['other', undefined, true])
    assert.equal(await read(), 'x')
  })

  it('counts as no object for conditional writes', async () => {
    await status('Enabled')
    await put('x')
    await assert.rejects(put('y', { IfNoneMatch: '*' }), { code: 'PreconditionFailed' })
    await s3.call('DeleteObject', { Bucket, Key })
    await put('y', { IfNoneMatch: '*' })
    assert.equal(await read(), 'y')
  })

  it('cannot be copied', async () => {
    await status('Enabled')
    await put('x')
    const { VersionId } = await s3.call('DeleteObject', { Bucket, Key })
    const copy = (CopySource: string) => s3.call('CopyObject', { Bucket, Key: 'copy', CopySource })
    await assert.rejects(copy(`${Bucket}/${Key}?versionId=${VersionId}`), { code: 'InvalidRequest' })
    await assert.rejects(copy(`${Bucket}/${Key}`), { code: 'NoSuchKey' })
  })
})

describe('a version', () => {
  it('has its own tags, which are changed by its id and asked for by their own actions', async () => {
    await status('Enabled')
    const id = await put('x', { Tagging: 'a=1' })
    await put('y', { Tagging: 'a=2' })
    const TagSet = [{ Key: 'a', Value: '3' }]
    assert.deepEqual(await s3.call('PutObjectTagging', { Bucket, Key, VersionId: id, Tagging: { TagSet } }), {
      VersionId: id,
    })
    const tags = async (VersionId?: string) => (await s3.call('GetObjectTagging', { Bucket, Key, VersionId })).TagSet
    assert.deepEqual([await tags(id), await tags()], [TagSet, [{ Key: 'a', Value: '2' }]])

    const Resource = `arn:aws:s3:::${Bucket}/*`
    const tagged = { StringEquals: { 's3:ExistingObjectTag/a': '3' } }
    const reader = s3.user([{ Action: 's3:GetObjectVersion', Resource, Condition: tagged }])
    await s3.call('GetObject', { Bucket, Key, VersionId: id }, { as: reader })
    await assert.rejects(s3.call('GetObject', { Bucket, Key }, { as: reader }), { code: 'AccessDenied' })
    const byId = s3.user([
      { Action: 's3:DeleteObjectVersion', Resource, Condition: { StringEquals: { 's3:VersionId': id } } },
    ])
    await assert.rejects(s3.call('DeleteObject', { Bucket, Key }, { as: byId }), { code: 'AccessDenied' })
    await s3.call('DeleteObject', { Bucket, Key, VersionId: id }, { as: byId })
  })

  it('is restored by copying it onto its own key', async () => {
    await status('Enabled')
    const id = await put('x')
    await put('y')
    const copy = await s3.call('CopyObject', { Bucket, Key, CopySource: `${Bucket}/${Key}?versionId=${id}` })
    assert.equal(copy.CopySourceVersionId, id)
    assert.notEqual(copy.VersionId, id)
    assert.equal(await read(), 'x')
  })

  it('that is unknown is told from what is no version id', async () => {
    await status('Enabled')
    const id = await put('x')
    await s3.call('DeleteObject', { Bucket, Key, VersionId: id })
    await assert.rejects(read(id), { code: 'NoSuchVersion', status: 404 })
    for (const odd of ['x', 'A'.repeat(32), `${id}A`]) {
      await assert.rejects(read(odd), { code: 'InvalidArgument', message: 'Invalid version id specified' })
    }
    assert.deepEqual(await s3.call('DeleteObject', { Bucket, Key, VersionId: id }), { VersionId: id })
  })

  it('is what a multipart upload ends as', async () => {
    await status('Enabled')
    await put('x')
    const { UploadId } = await s3.call('CreateMultipartUpload', { Bucket, Key, StorageClass: 'STANDARD_IA' })
    const part = await s3.call('UploadPart', { Bucket, Key, UploadId, PartNumber: 1, Body: 'parts' })
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] }
    const { VersionId } = await s3.call('CompleteMultipartUpload', { Bucket, Key, UploadId, MultipartUpload })
    assert.match(VersionId, /^[\w.]{32}$/)
    const attributes = { Bucket, Key, ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass', 'ObjectParts'] }
    const { LastModified, ETag, ...told } = await s3.call('GetObjectAttributes', attributes)
    assert.match(ETag, /^[\da-f]{32}-1$/)
    assert.ok(LastModified)
    assert.deepEqual(told, {
      VersionId,
      StorageClass: 'STANDARD_IA',
      ObjectSize: 5,
      ObjectParts: { TotalPartsCount: 1 },
    })
    await s3.call('DeleteObject', { Bucket, Key, VersionId })
    assert.equal(await read(), 'x')
  })
})

it('a bucket with versions or markers is not deleted', async () => {
  await status('Enabled')
  const id = await put('x')
  const { VersionId } = await s3.call('DeleteObject', { Bucket, Key })
  const refusal = {
    code: 'BucketNotEmpty',
    status: 409,
    message: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
  }
  await assert.rejects(s3.call('DeleteBucket', { Bucket }), refusal)
  await s3.call('DeleteObject', { Bucket, Key, VersionId: id })
  await assert.rejects(s3.call('DeleteBucket', { Bucket }), refusal)
  await s3.call('DeleteObject', { Bucket, Key, VersionId })
  await s3.call('DeleteBucket', { Bucket })
})

describe('a listing of versions', () => {
  it('refuses markers that mean nothing', async () => {
    const refused: [object, string][] = [
      [{ VersionIdMarker: 'null' }, 'A version-id marker cannot be specified without a key marker.'],
      [{ KeyMarker: 'a', VersionIdMarker: '' }, 'A version-id marker cannot be empty.'],
      [{ KeyMarker: 'a', VersionIdMarker: 'x' }, 'Invalid version id specified'],
      [{ MaxKeys: -1 }, 'Argument maxKeys must be an integer between 0 and 2147483647'],
      [{ EncodingType: 'base64' }, 'Invalid Encoding Method specified in Request'],
    ]
    for (const [input, message] of refused) {
      await assert.rejects(s3.call('ListObjectVersions', { Bucket, ...input }), { code: 'InvalidArgument', message })
    }
    assert.equal((await s3.call('ListObjectVersions', { Bucket, MaxKeys: 0 })).IsTruncated, false)
  })

  it('goes on where it was, when the version of its marker is gone', async () => {
    await status('Enabled')
    const ids = [await put('1'), await put('2'), await put('3')]
    const { NextKeyMarker, NextVersionIdMarker } = await s3.call('ListObjectVersions', { Bucket, MaxKeys: 1 })
    assert.equal(NextVersionIdMarker, ids[2])
    await s3.call('DeleteObject', { Bucket, Key, VersionId: ids[2] })
    const rest = await s3.call('ListObjectVersions', {
      Bucket,
      KeyMarker: NextKeyMarker,
      VersionIdMarker: NextVersionIdMarker,
    })
    assert.deepEqual(
      rest.Versions.map((one: any) => [one.VersionId, one.IsLatest]),
      [
        [ids[1], true],
        [ids[0], false],
      ],
    )
  })
})
