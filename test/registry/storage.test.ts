/** Where the bytes lie: once for all repositories, as long as an image or a push needs them, and through crashes and damage. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { findBlob } from '../../src/services/ecr/blob.ts'
import { collectGarbage } from '../../src/services/ecr/garbage.ts'
import { serve } from '../clients/child-server.ts'
import { environmentOf } from '../clients/command.ts'
import { jsSdk } from '../clients/js-sdk.ts'
import { digestOf, openLab, passwordOf, RegistryClient, type Lab } from './client.ts'

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

async function withLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await openLab()
  try {
    await work(lab)
  } finally {
    await lab.close()
  }
}

describe('bytes', () => {
  it('that several repositories have lie once, and go with the last', () =>
    withLab(async (lab) => {
      const { store } = lab.server.world
      const digest = await lab.docker.blob('team/app', 'shared')
      const { bytes } = findBlob(store, digest)!
      assert.equal((await lab.docker.send('HEAD', `/v2/other/blobs/${digest}`)).status, 404)
      await lab.docker.blob('other', 'shared')
      assert.deepEqual(findBlob(store, digest), { bytes, layers: 2 })
      await lab.ecr('DeleteRepository', { repositoryName: 'team/app', force: true })
      assert.deepEqual(findBlob(store, digest), { bytes, layers: 1 })
      assert.equal((await lab.docker.send('GET', `/v2/other/blobs/${digest}`)).body.toString(), 'shared')
      await lab.ecr('DeleteRepository', { repositoryName: 'other', force: true })
      assert.equal(findBlob(store, digest), undefined)
      assert.ok(store.get('s3/garbage', bytes.id))
    }))

  it('that an image needs stay, others go a day after somebody last asked for them', () =>
    withLab(async (lab) => {
      const { store } = lab.server.world
      const image = await lab.docker.image('team/app', 'v1', 'kept')
      const spare = await lab.docker.blob('team/app', 'spare')
      collectLater(lab, 23)
      assert.ok(findBlob(store, spare))
      collectLater(lab, 25)
      assert.equal(findBlob(store, spare), undefined)
      assert.equal((await lab.docker.send('GET', `${app}/blobs/${image.layer}`)).body.toString(), 'layer of kept')
      await lab.docker.send('DELETE', `${app}/manifests/v1`)
      assert.equal(
        (await lab.docker.manifest('team/app', 'v2', image.manifest)).status,
        201,
        'a push counts on its layers',
      )
      collectLater(lab, 25)
      assert.equal((await lab.docker.send('GET', `${app}/blobs/${image.layer}`)).body.toString(), 'layer of kept')
      await lab.docker.send('DELETE', `${app}/manifests/v2`)
      collectLater(lab, 25)
      assert.equal(store.count('ecr/layer'), 0)
    }))

  it('of pushes are never collected under them', () =>
    withLab(async (lab) => {
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
        const { reply, layer } = await lab.docker.image(name, `v${at}`, `content ${at % 6}`)
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
    }))

  it('that were changed on the disk are never given out, and healed by the next push', () =>
    withLab(async (lab) => {
      const content = 'precious '.repeat(1000)
      const digest = await lab.docker.blob('team/app', content)
      const { id } = findBlob(lab.server.world.store, digest)!.bytes
      const file = filesOf(join(lab.server.dataDir, 'objects')).find((path) => path.endsWith(id))!
      const bytes = readFileSync(file)
      bytes[bytes.length >> 1]! ^= 1
      writeFileSync(file, bytes)
      const got = await lab.docker.send('GET', `${app}/blobs/${digest}`).catch(() => undefined)
      assert.notEqual(got?.body.toString(), content)
      assert.ok(got === undefined || got.status >= 500 || digestOf(got.body) !== digest)
      await lab.docker.blob('other', content)
      assert.equal((await lab.docker.send('GET', `${app}/blobs/${digest}`)).body.toString(), content)
    }))

  it('of an upload that was cut off are not kept, and the upload goes on', () =>
    withLab(async (lab) => {
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
    }))
})

describe('a server that is killed', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-registry-'))
  after(() => rmSync(dataDir, { recursive: true, force: true }))

  it('has all that it acknowledged: images, and uploads as far as they were', async () => {
    let server = await serve(dataDir)
    const env = await environmentOf(dataDir)
    const keys = { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! }
    const sdk = jsSdk(env)
    await sdk.call('ecr', 'CreateRepository', { repositoryName: 'team/app' })
    await sdk.close()
    const password = await passwordOf(server.url, keys)
    let docker = new RegistryClient(server.url, password)
    const image = await docker.image('team/app', 'v1', 'acknowledged')
    const location = (await docker.send('POST', `${app}/blobs/uploads/`)).headers['location']!
    await docker.send('PATCH', location, { body: 'as far as ' })
    await server.end('SIGKILL')

    server = await serve(dataDir)
    try {
      docker = new RegistryClient(server.url, password)
      assert.equal((await docker.send('GET', `${app}/manifests/v1`)).body.toString(), image.manifest)
      assert.equal((await docker.send('GET', `${app}/blobs/${image.layer}`)).body.toString(), 'layer of acknowledged')
      assert.equal((await docker.send('GET', location)).headers['range'], '0-9')
      const digest = digestOf('as far as this')
      assert.equal((await docker.send('PUT', `${location}?digest=${digest}`, { body: 'this' })).status, 201)
      assert.equal((await docker.send('GET', `${app}/blobs/${digest}`)).body.toString(), 'as far as this')
    } finally {
      await server.end('SIGKILL')
    }
  })
})
