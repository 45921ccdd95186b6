/** Where the bytes lie: once for all repositories, as long as an image or a push needs them, and through damage. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { findBlob } from '../../src/services/ecr/blob.ts'
import { collectGarbage } from '../../src/services/ecr/garbage.ts'
import { performStreamed } from '../../src/services/ecr/streamed-part.ts'
import { PIECES, piecesOf } from '../../src/services/s3/content.ts'
import { recoverObjects } from '../../src/services/s3/garbage.ts'
import { digestOf, openLab, type Lab } from './client.ts'

const app = '/v2/team/app'

/** Collects as if it were so many hours later. */
function collectLater({ server: { world } }: Lab, hours: number): void {
  collectGarbage({ ...world, now: () => world.now() + hours * 3_600_000 })
}

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Changes a bit in the middle of what lies on the disk. */
function damage(id: string): void {
  const file = filesOf(join(lab.server.dataDir, 'objects')).find((path) => path.endsWith(id))!
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(file, bytes)
}

let lab: Lab
before(async () => {
  lab = await openLab({ logLevel: 'silent' })
})
after(() => lab.close())

async function newRepositories(...names: string[]): Promise<void> {
  for (const repositoryName of names) await lab.ecr('CreateRepository', { repositoryName })
}

/** Uploads a blob by PATCHes of a few bytes. */
async function patched(name: string, content: string): Promise<void> {
  const location = (await lab.docker.send('POST', `/v2/${name}/blobs/uploads/`)).headers['location']!
  for (let at = 0; at < content.length; at += 4)
    assert.equal((await lab.docker.send('PATCH', location, { body: content.slice(at, at + 4) })).status, 202)
  const end = await lab.docker.send('PUT', `${location}?digest=${digestOf(content)}`)
  assert.equal(end.status, 201, end.body.toString())
}

/** Uploads a blob in one stream that is kept in slices of at least so many bytes. */
async function sliced(name: string, content: Buffer, keptBytes: number): Promise<void> {
  const { world } = lab.server
  const { uploadId } = await lab.ecr('InitiateLayerUpload', { repositoryName: name })
  const id = { account: '123456789012', region: 'us-east-1', name }
  const pieces = Array.from({ length: Math.ceil(content.length / 1000) }, (_, at) =>
    content.subarray(at * 1000, (at + 1) * 1000),
  )
  await performStreamed(world, id, uploadId, { deed: 'append', source: Readable.from(pieces) }, keptBytes)
  const layerDigests = [digestOf(content)]
  await lab.ecr('CompleteLayerUpload', { repositoryName: name, uploadId, layerDigests })
}

describe('bytes', () => {
  it('that several repositories have lie once, and go with the last', async () => {
    await newRepositories('once', 'twice')
    const { store } = lab.server.world
    const digest = await lab.docker.blob('once', 'shared')
    const { bytes } = findBlob(store, digest)!
    assert.equal((await lab.docker.send('HEAD', `/v2/twice/blobs/${digest}`)).status, 404)
    await lab.docker.blob('twice', 'shared')
    assert.deepEqual(findBlob(store, digest), { bytes, layers: 2 })
    await lab.ecr('DeleteRepository', { repositoryName: 'once', force: true })
    assert.deepEqual(findBlob(store, digest), { bytes, layers: 1 })
    assert.equal((await lab.docker.send('GET', `/v2/twice/blobs/${digest}`)).body.toString(), 'shared')
    await lab.ecr('DeleteRepository', { repositoryName: 'twice', force: true })
    assert.equal(findBlob(store, digest), undefined)
    assert.ok(store.get('s3/garbage', bytes.id))
  })

  it('that an image needs stay, others go a day after somebody last asked for them', async () => {
    await newRepositories('kept')
    const { store } = lab.server.world
    const image = await lab.docker.image('kept', 'v1', 'kept')
    const spare = await lab.docker.blob('kept', 'spare')
    collectLater(lab, 23)
    assert.ok(findBlob(store, spare))
    collectLater(lab, 25)
    assert.equal(findBlob(store, spare), undefined)
    assert.equal((await lab.docker.send('GET', `/v2/kept/blobs/${image.layer}`)).body.toString(), 'layer of kept')
    await lab.docker.send('DELETE', `/v2/kept/manifests/v1`)
    assert.equal((await lab.docker.manifest('kept', 'v2', image.manifest)).status, 201, 'a push counts on its layers')
    collectLater(lab, 25)
    assert.equal((await lab.docker.send('GET', `/v2/kept/blobs/${image.layer}`)).body.toString(), 'layer of kept')
    await lab.docker.send('DELETE', `/v2/kept/manifests/v2`)
    collectLater(lab, 25)
    assert.deepEqual(store.list('ecr/layer', { prefix: '123456789012/us-east-1/kept@' }), [])
  })

  it('of pushes are never collected under them', async () => {
    const work = { done: false }
    const collector = (async () => {
      while (!work.done) {
        // The clock of the collector runs ahead as far as it may without a push being a day old.
        collectLater(lab, 23)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const pushes = Array.from({ length: 24 }, async (_, at) => {
      const name = at % 2 ? 'team/app' : 'other'
      const text = `content ${at % 6}`
      // Its layer comes bit by bit, with the collector between.
      if (at % 4 > 1) await patched(name, `layer of ${text}`)
      const { reply, layer } = await lab.docker.image(name, `v${at}`, text)
      assert.equal(reply.status, 201, reply.body.toString())
      if (at % 3 === 0) await lab.docker.send('DELETE', `/v2/${name}/manifests/v${at}`)
      else assert.equal((await lab.docker.send('HEAD', `/v2/${name}/blobs/${layer}`)).status, 200)
    })
    await Promise.all(pushes)
    work.done = true
    await collector
    collectLater(lab, 25)
    for (const name of ['team/app', 'other']) {
      const { imageIds } = await lab.ecr('ListImages', { repositoryName: name })
      assert.ok(imageIds.length > 0)
      for (const { imageDigest } of imageIds) {
        const manifest = JSON.parse(
          (await lab.docker.send('GET', `/v2/${name}/manifests/${imageDigest}`)).body.toString(),
        )
        for (const { digest } of [manifest.config, ...manifest.layers]) {
          const { body } = await lab.docker.send('GET', `/v2/${name}/blobs/${digest}`)
          assert.equal(digestOf(body), digest)
        }
      }
    }
  })

  it('that came in slices are written once, and are one layer to all', async (test) => {
    await newRepositories('sliced', 'sliced/too')
    const { world, dataDir } = lab.server
    const content = randomBytes(25_500)
    const digest = digestOf(content)
    const written: number[] = []
    const write = world.objects.write.bind(world.objects)
    const { mock } = test.mock.method(world.objects, 'write', async (...given: Parameters<typeof write>) => {
      const bytes = await write(...given)
      written.push(bytes.size)
      return bytes
    })
    await sliced('sliced', content, 10_000)
    mock.restore()
    assert.deepEqual(written, [10_000, 10_000, 5500])
    const url = `/v2/sliced/blobs/${digest}`
    assert.ok((await lab.docker.send('GET', url)).body.equals(content))
    const range = await lab.docker.send('GET', url, { headers: { range: 'bytes=9990-20009' } })
    assert.deepEqual([range.status, range.body.equals(content.subarray(9990, 20_010))], [206, true])

    // Whoever pushes it again adds nothing, whether in slices or whole, but for what was damaged.
    const [one, two, three] = piecesOf(world.store, findBlob(world.store, digest)!.bytes.id)!.map(
      ({ bytes }) => bytes.id,
    )
    await lab.docker.blob('sliced/too', content)
    const blob = findBlob(world.store, digest)!
    assert.deepEqual([blob.bytes.pieces, blob.layers], [3, 2])
    damage(two!)
    await sliced('sliced', content, 20_000).catch((error: Error) =>
      assert.equal(error.name, 'LayerAlreadyExistsException'),
    )
    const healed = findBlob(world.store, digest)!
    assert.deepEqual([healed.bytes.pieces, healed.layers], [2, 2])
    assert.ok((await lab.docker.send('GET', url)).body.equals(content))

    for (const repositoryName of ['sliced', 'sliced/too'])
      await lab.ecr('DeleteRepository', { repositoryName, force: true })
    await recoverObjects(world)
    assert.equal(world.store.get(PIECES, blob.bytes.id), undefined)
    assert.equal(world.store.get(PIECES, healed.bytes.id), undefined)
    for (const id of [one, two, three]) assert.ok(!filesOf(join(dataDir, 'objects')).some((path) => path.endsWith(id!)))
  })

  it('that were changed on the disk are never given out, and healed by the next push', async () => {
    const content = 'precious '.repeat(1000)
    const digest = await lab.docker.blob('team/app', content)
    const { id } = findBlob(lab.server.world.store, digest)!.bytes
    damage(id)
    const got = await lab.docker.send('GET', `${app}/blobs/${digest}`).catch(() => undefined)
    assert.notEqual(got?.body.toString(), content)
    assert.ok(got === undefined || got.status >= 500 || digestOf(got.body) !== digest)
    await lab.docker.blob('other', content)
    assert.equal((await lab.docker.send('GET', `${app}/blobs/${digest}`)).body.toString(), content)
  })

  it('of an upload that was cut off are not kept, and the upload goes on', async () => {
    const location = (await lab.docker.send('POST', `${app}/blobs/uploads/`)).headers['location']!
    await lab.docker.send('PATCH', location, { body: 'first ' })
    const { hostname: host, port } = new URL(lab.server.url)
    await new Promise<void>((resolve) => {
      const authorization = `Basic ${btoa(`AWS:${lab.docker.password}`)}`
      const headers = { authorization, 'content-length': 1000 }
      const request = httpRequest({ host, port, method: 'PATCH', path: location, headers })
      request.on('error', () => resolve())
      request.write('half', () => setTimeout(() => request.destroy(new Error('cut')), 50))
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal((await lab.docker.send('GET', location)).headers['range'], '0-5')
    const digest = digestOf('first second')
    const end = await lab.docker.send('PUT', `${location}?digest=${digest}`, { body: 'second' })
    assert.equal(end.status, 201)
    const staged = filesOf(join(lab.server.dataDir, 'objects')).filter((path) => path.includes('staging'))
    assert.deepEqual(
      staged.map((path) => statSync(path).size),
      [],
    )
  })
})
