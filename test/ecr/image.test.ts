import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { parseQuery } from '../../src/door/sigv4-encode.ts'
import type { Parameter } from '../../src/door/sigv4-encode.ts'
import { verifyQuery } from '../../src/door/sigv4-s3.ts'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { collectGarbage } from '../../src/services/ecr/garbage.ts'
import { readLayer } from '../../src/services/ecr/layer.ts'
import { account, digestOf, manifestOf, newRegistry, refusal } from './registry.ts'

const repositoryName = 'app'
const id = { account, region: 'us-east-1', name: repositoryName }

async function newRepository(input: object = {}) {
  const registry = newRegistry()
  await registry.act('CreateRepository', { repositoryName, ...input })
  return registry
}

test('a layer is uploaded in parts, in order, and read back', async () => {
  const { act, world } = await newRepository()
  const bytes = Buffer.alloc(6 * 1024 * 1024, 'layer')
  const cut = 5 * 1024 * 1024
  const { uploadId, partSize } = await act('InitiateLayerUpload', { repositoryName })
  assert.equal(partSize, 10 * 1024 * 1024)
  const part = (first: number, last: number, blob = bytes.subarray(first, last + 1)) =>
    act('UploadLayerPart', { repositoryName, uploadId, partFirstByte: first, partLastByte: last, layerPartBlob: blob })

  const fields = { registryId: account, repositoryName, uploadId }
  await assert.rejects(
    part(1, 10),
    refusal('InvalidLayerPartException', /first byte/, { ...fields, lastValidByteReceived: '-1' }),
  )
  assert.equal((await part(0, cut - 1)).lastByteReceived, cut - 1)
  const again = { ...fields, lastValidByteReceived: String(cut - 1) }
  await assert.rejects(part(0, cut - 1), refusal('InvalidLayerPartException', /first byte/, again))
  await assert.rejects(part(cut, cut + 9, Buffer.alloc(3)), refusal('InvalidLayerPartException', /3 bytes/, again))
  await part(cut, bytes.length - 1)

  const complete = (digest: string) => act('CompleteLayerUpload', { repositoryName, uploadId, layerDigests: [digest] })
  await assert.rejects(complete(digestOf('else')), refusal('InvalidLayerException', /does not match/))
  assert.equal((await complete(digestOf(bytes))).layerDigest, digestOf(bytes))
  await assert.rejects(complete(digestOf(bytes)), refusal('UploadNotFoundException', /does not exist/))
  assert.ok((await buffer(readLayer(world, id, digestOf(bytes)))).equals(bytes))
})

test('what cannot become a layer is refused', async () => {
  const { act, push, clock, world } = await newRepository()
  const { uploadId } = await act('InitiateLayerUpload', { repositoryName })
  const complete = (upload: string, digest = digestOf('x')) =>
    act('CompleteLayerUpload', { repositoryName, uploadId: upload, layerDigests: [digest] })
  await assert.rejects(complete(uploadId), refusal('EmptyUploadException', /any layer parts/))
  for (const first of [0, 3])
    await act('UploadLayerPart', {
      repositoryName,
      uploadId,
      partFirstByte: first,
      partLastByte: first + 2,
      layerPartBlob: Buffer.from('abc'),
    })
  const small = 'All layer parts except the last part should be at least 5MB'
  await assert.rejects(complete(uploadId), refusal('LayerPartTooSmallException', small))
  await push(repositoryName, Buffer.from('x'))
  await assert.rejects(push(repositoryName, Buffer.from('x')), refusal('LayerAlreadyExistsException', /already exists/))
  clock.now += 25 * 3600 * 1000
  await act('InitiateLayerUpload', { repositoryName })
  collectGarbage(world)
  assert.equal(world.store.count('ecr/upload'), 1, 'abandoned uploads are forgotten')
})

test('layers are available in their own repository only', async () => {
  const { act, push } = await newRepository()
  await act('CreateRepository', { repositoryName: 'other' })
  const digest = await push(repositoryName, Buffer.from('x'))
  const check = (name: string) =>
    act('BatchCheckLayerAvailability', { repositoryName: name, layerDigests: [digest, 'x'] })
  const here = await check(repositoryName)
  assert.deepEqual([here.layers[0].layerAvailability, here.layers[0].layerSize], ['AVAILABLE', 1])
  assert.equal(here.failures[0].failureCode, 'InvalidLayerDigest')
  assert.equal((await check('other')).layers[0].layerAvailability, 'UNAVAILABLE')
})

test('an image is put when all that it names is there, and got byte for byte', async () => {
  const { act, push, pushImage } = await newRepository()
  const manifest = manifestOf(Buffer.from('{}'), [Buffer.from('absent')])
  await push(repositoryName, Buffer.from('{}'))
  await assert.rejects(
    act('PutImage', { repositoryName, imageManifest: manifest, imageTag: 'v1' }),
    refusal('LayersNotFoundException', new RegExp(digestOf('absent'))),
  )
  const { imageManifest, imageDigest } = await pushImage(repositoryName, 'one', 'v1')
  const { images, failures } = await act('BatchGetImage', {
    repositoryName,
    imageIds: [{ imageTag: 'v1' }, { imageTag: 'v2' }, {}, { imageDigest: 'nonsense' }, { imageDigest }],
  })
  assert.deepEqual(
    images.map((image: any) => [image.imageId, image.imageManifest]),
    [
      [{ imageDigest, imageTag: 'v1' }, imageManifest],
      [{ imageDigest }, imageManifest],
    ],
  )
  assert.deepEqual(
    failures.map((failure: any) => [failure.failureCode, failure.failureReason.slice(0, 30)]),
    [
      ['ImageNotFound', 'Requested image not found'],
      ['MissingDigestAndTag', 'Invalid request parameters: bo'],
      ['InvalidImageDigest', 'Invalid request parameters: im'],
    ],
  )
})

test('putting the same again, another digest, or nonsense is refused', async () => {
  const { act, pushImage } = await newRepository()
  const { imageManifest, imageDigest } = await pushImage(repositoryName, 'one', 'v1')
  const put = (input: object) => act('PutImage', { repositoryName, imageManifest, ...input })
  await assert.rejects(
    put({ imageTag: 'v1' }),
    refusal(
      'ImageAlreadyExistsException',
      `Image with digest '${imageDigest}' and tag 'v1' already exists in the repository with name 'app' in registry with id '123456789012'`,
    ),
  )
  await assert.rejects(
    put({ imageDigest: digestOf('') }),
    refusal('ImageDigestDoesNotMatchException', /does not match/),
  )
  await put({ imageTag: 'v2' })
  for (const nonsense of ['{', '[]', '{}', '{"schemaVersion":1}', imageManifest.replace('sha256:', 'md5:')])
    await assert.rejects(put({ imageManifest: nonsense }), refusal('InvalidParameterException', /'ImageManifest'/))
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType: 'x', digest: digestOf('absent'), size: 1 }],
  }
  await assert.rejects(
    put({ imageManifest: JSON.stringify(index) }),
    refusal('ReferencedImagesNotFoundException', new RegExp(digestOf('absent'))),
  )
})

test('a tag moves in a mutable repository and stays in an immutable one, but for exclusions', async () => {
  const { act, pushImage } = await newRepository()
  const one = await pushImage(repositoryName, 'one', 'latest')
  const two = await pushImage(repositoryName, 'two', 'latest')
  const ids = async () => (await act('ListImages', { repositoryName })).imageIds
  assert.deepEqual(
    new Set((await ids()).map((image: any) => `${image.imageDigest} ${image.imageTag}`)),
    new Set([`${one.imageDigest} undefined`, `${two.imageDigest} latest`]),
  )
  await act('PutImageTagMutability', { repositoryName, imageTagMutability: 'IMMUTABLE' })
  const move = (imageTag: string, { imageManifest } = one) =>
    act('PutImage', { repositoryName, imageManifest, imageTag })
  await assert.rejects(
    move('latest'),
    refusal(
      'ImageTagAlreadyExistsException',
      "The image tag 'latest' already exists in the 'app' repository and cannot be overwritten because the tag is immutable.",
    ),
  )
  await act('PutImageTagMutability', {
    repositoryName,
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'late*' }],
  })
  await move('latest')
  await move('v1.0')
  await assert.rejects(move('v1.0', two), refusal('ImageTagAlreadyExistsException', /'v1.0'/))
})

test('images are described, filtered, and missing ones named as AWS does', async () => {
  const { act, pushImage } = await newRepository()
  const { imageDigest } = await pushImage(repositoryName, 'one', 'v1')
  await pushImage(repositoryName, 'two')
  const { imageDetails } = await act('DescribeImages', { repositoryName, filter: { tagStatus: 'TAGGED' } })
  assert.equal(imageDetails.length, 1)
  assert.deepEqual([imageDetails[0].imageDigest, imageDetails[0].imageTags], [imageDigest, ['v1']])
  assert.equal(imageDetails[0].imageSizeInBytes, '{"of":"one"}'.length + 'layer one'.length)
  assert.equal(
    (await act('DescribeImages', { repositoryName, filter: { tagStatus: 'UNTAGGED' } })).imageDetails.length,
    1,
  )
  await assert.rejects(
    act('DescribeImages', { repositoryName, imageIds: [{ imageTag: 'v9' }] }),
    refusal(
      'ImageNotFoundException',
      "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name 'app' in the registry with id '123456789012'",
    ),
  )
})

test('deleting the last tag deletes the image and the layers that nobody shares', async () => {
  const { act, pushImage, push, world, clock } = await newRepository()
  const one = await pushImage(repositoryName, 'one', 'v1')
  const shared = manifestOf(Buffer.from('{}'), [Buffer.from('layer one')])
  await push(repositoryName, Buffer.from('{}'))
  await act('PutImage', { repositoryName, imageManifest: shared, imageTag: 'shared' })
  await act('PutImage', { repositoryName, imageManifest: one.imageManifest, imageTag: 'v2' })
  const remove = (imageId: object) => act('BatchDeleteImage', { repositoryName, imageIds: [imageId] })
  const first = await remove({ imageTag: 'v1' })
  assert.deepEqual(first.imageIds, [{ imageDigest: one.imageDigest, imageTag: 'v1' }])
  assert.equal(world.store.count('ecr/image'), 2)
  await remove({ imageTag: 'v2' })
  assert.equal(world.store.count('ecr/image'), 1)
  assert.equal(world.store.count('ecr/layer'), 3, 'another push may count on a layer for a day')
  clock.now += 25 * 3600 * 1000
  collectGarbage(world)
  assert.equal(world.store.count('ecr/layer'), 2, 'the shared layer and its image’s configuration')
  assert.equal((await remove({ imageTag: 'v2' })).failures[0].failureCode, 'ImageNotFound')
})

test('a layer’s URL is presigned for that one object and goes with the layer', async () => {
  const { act, pushImage, world, clock } = await newRepository()
  const { layerDigest, imageDigest } = await pushImage(repositoryName, 'one', 'v1')
  const { downloadUrl } = await act(
    'GetDownloadUrlForLayer',
    { repositoryName, layerDigest },
    { host: '127.0.0.1:4566' },
  )
  const url = new URL(downloadUrl)
  const object = `prod-us-east-1-starport-layer-bucket/${account}/app/${layerDigest.slice(7)}`
  assert.equal(`${url.origin}${url.pathname}`, `http://127.0.0.1:4566/${object}`)
  assert.equal(url.searchParams.get('X-Amz-Expires'), '3600')
  assert.ok(world.store.get('s3/object', object))
  const query = url.search.slice(1)
  const request = {
    method: 'GET',
    path: url.pathname,
    query,
    headers: new Map([['host', url.host]]),
    rawHeaders: ['Host', url.host],
  }
  const signed = (parameters: Parameter[]) =>
    verifyQuery(request, parameters, {
      signingNames: ['s3'],
      region: 'us-east-1',
      now: clock.now,
      find: (key) => findCredential(world.store, key, clock.now),
    })
  assert.equal(
    signed(parseQuery(query)).credential.caller.arn,
    'arn:aws:sts::000000000000:assumed-role/ecr-layer-reader/ecr.amazonaws.com',
  )
  assert.throws(() => signed(parseQuery(query.replace('X-Amz-Expires=3600', 'X-Amz-Expires=3601'))))
  const [session] = world.store.list<{ policies: { text: string }[] }>('sts/session')
  assert.equal(JSON.parse(session?.value.policies[0]?.text ?? '').Statement[0].Resource, `arn:aws:s3:::${object}`)
  const amazon = await act(
    'GetDownloadUrlForLayer',
    { repositoryName, layerDigest },
    { host: 'api.ecr.us-east-1.amazonaws.com' },
  )
  assert.equal(new URL(amazon.downloadUrl).host, 'prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com')
  await act('BatchDeleteImage', { repositoryName, imageIds: [{ imageDigest }] })
  clock.now += 25 * 3600 * 1000
  collectGarbage(world)
  assert.equal(world.store.get('s3/object', object), undefined)
})
