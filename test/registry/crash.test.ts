/** A server that is killed in the midst of pushes has all that it acknowledged, and nothing by halves. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { serve } from '../clients/child-server.ts'
import { environmentOf } from '../clients/command.ts'
import { call } from '../support/call.ts'
import { digestOf, OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, passwordOf, RegistryClient } from './client.ts'

const app = '/v2/team/app'
const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-registry-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

/** An upload as its client knows it: what it sent, and how much of that it knows to be kept. */
interface Upload {
  location: string
  content: Buffer
  acknowledged: number
  /** Its end was asked for: it may be a layer already. */
  ending: boolean
}

/** In the midst of what the server is killed. */
const DEEDS = ['PATCH', 'PUT', 'manifest'] as const

/** What happens in one life of a server. */
interface Life {
  /** Acknowledged, by tag. */
  images: Map<string, string>
  open: Set<Upload>
  /** What each worker is asking. */
  doing: Map<string, string>
}

/** Pushes images whose layers come in pieces, one after another, until the server is gone: then a call rejects. */
async function pushAll(docker: RegistryClient, worker: string, { images, open, doing }: Life) {
  for (let n = 0; ; n++) {
    const config = `{"architecture":"amd64","os":"linux","of":"${worker}-${n}"}`
    await docker.blob('team/app', config)
    const content = randomBytes([2000, 400_000, 1_500_000][n % 3]!)
    const begun = await docker.send('POST', `${app}/blobs/uploads/`)
    const upload: Upload = { location: begun.headers['location']!, content, acknowledged: 0, ending: false }
    open.add(upload)
    const step = Math.ceil(content.length / 3)
    for (let at = 0; at < 2 * step; at += step) {
      doing.set(worker, 'PATCH')
      await docker.send('PATCH', upload.location, { body: content.subarray(at, at + step) })
      upload.acknowledged = at + step
    }
    upload.ending = true
    doing.set(worker, 'PUT')
    const last = content.subarray(upload.acknowledged)
    const end = await docker.send('PUT', `${upload.location}?digest=${digestOf(content)}`, { body: last })
    assert.equal(end.status, 201, end.body.toString())
    open.delete(upload)
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: OCI_LAYER, digest: digestOf(content), size: content.length }],
    })
    doing.set(worker, 'manifest')
    const put = await docker.manifest('team/app', `${worker}-${n}`, manifest)
    assert.equal(put.status, 201, put.body.toString())
    images.set(`${worker}-${n}`, manifest)
    doing.delete(worker)
  }
}

async function assertWhole(docker: RegistryClient, reference: string): Promise<string> {
  const { body } = await docker.send('GET', `${app}/manifests/${reference}`)
  const { config, layers } = JSON.parse(body.toString()) as { config: { digest: string }; layers: { digest: string }[] }
  for (const { digest } of [config, ...layers])
    assert.equal(digestOf((await docker.send('GET', `${app}/blobs/${digest}`)).body), digest)
  return body.toString()
}

/** What was acknowledged of an upload is there, and its client can go on to the end. */
async function assertGoesOn(docker: RegistryClient, { location, content, acknowledged, ending }: Upload) {
  const url = `${location}?digest=${digestOf(content)}`
  const status = await docker.send('GET', location)
  if (status.status === 404) {
    assert.ok(ending, 'an upload whose end nobody asked for is gone')
  } else {
    const [, last] = /^0-(\d+)$/.exec(status.headers['range'] ?? '') ?? []
    const kept = last === '0' ? 0 : Number(last) + 1
    assert.ok(kept >= acknowledged, `${kept} bytes of ${acknowledged}`)
    const end = await docker.send('PUT', url, { body: content.subarray(kept) })
    assert.equal(end.status, 201, end.body.toString())
  }
  assert.ok((await docker.send('GET', `${app}/blobs/${digestOf(content)}`)).body.equals(content))
}

it('a server that is killed in the midst of pushes', { timeout: 120_000 }, async () => {
  const images = new Map<string, string>()
  let password = ''
  for (const [round, deed] of DEEDS.entries()) {
    const server = await serve(dataDir)
    if (round === 0) {
      const env = await environmentOf(dataDir)
      const keys = { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! }
      await call(server.url, keys, 'ecr', 'CreateRepository', { repositoryName: 'team/app' })
      password = await passwordOf(server.url, keys)
    }
    const docker = new RegistryClient(server.url, password)
    const life: Life = { images, open: new Set(), doing: new Map() }
    const before = images.size
    const working = Promise.allSettled(['a', 'b', 'c'].map((one) => pushAll(docker, `${round}${one}`, life)))
    while (images.size < before + 4 || ![...life.doing.values()].includes(deed)) await pause(1)
    await pause(round)
    await server.end('SIGKILL')
    // Each was cut off, and none refused before.
    for (const one of await working)
      assert.match(String(one.status === 'rejected' && (one.reason as NodeJS.ErrnoException).code), /^E(?:CONN|PIPE)/)

    const again = await serve(dataDir)
    try {
      const survivor = new RegistryClient(again.url, password)
      assert.deepEqual(readdirSync(join(dataDir, 'objects', 'staging')), [])
      for (const upload of life.open) await assertGoesOn(survivor, upload)
      const { tags } = JSON.parse((await survivor.send('GET', `${app}/tags/list`)).body.toString()) as {
        tags: string[]
      }
      for (const tag of images.keys()) assert.ok(tags.includes(tag), tag)
      // Who was not answered may find the image, but then it is whole.
      for (const tag of tags) {
        const found = await assertWhole(survivor, tag)
        assert.equal(found, images.get(tag) ?? found)
      }
    } finally {
      await again.end('SIGKILL')
    }
  }
})
