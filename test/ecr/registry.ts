import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Call, Permit } from '../../src/door/call.ts'
import { diskObjects } from '../../src/objects/disk.ts'
import { operations } from '../../src/services/ecr/operations.ts'
import type { Operation } from '../../src/services/operation.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { openVault } from '../../src/store/vault.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import type { World } from '../../src/world.ts'

export const account = '123456789012'

/** An empty registry. `act` goes straight to the deed: what authorization makes of the needs is tested elsewhere. */
export function newRegistry() {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-ecr-'))
  const store = openStore(':memory:')
  after(() => {
    store.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const clock = { now: Date.parse('2026-09-01T00:00:00Z') }
  const world = {
    config: { dataDir: dir, account, region: 'us-east-1' },
    store,
    objects: diskObjects(dir, openVault(Buffer.alloc(32, 7))),
    vault: openVault(Buffer.alloc(32, 7)),
    log: { warn: (_error: unknown, text: string) => assert.notEqual(text, 'layer bytes left behind'), info: () => {} },
    now: () => clock.now,
    hex: (length: number) => randomBytes(length).toString('hex').slice(0, length),
  } as unknown as World

  const callOf = (headers: Record<string, string> = {}) =>
    ({
      world,
      account,
      region: 'us-east-1',
      time: clock.now,
      secure: false,
      origin: { kind: 'internet', ip: '127.0.0.1' },
      caller: {
        kind: 'user',
        account,
        arn: 'arn:aws:iam::123456789012:user/u',
        principalArn: '',
        userId: 'AIDA',
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        tags: {},
      },
      header: (name: string) => headers[name],
    }) as unknown as Call

  async function act(name: string, input: object, headers?: Record<string, string>): Promise<any> {
    const call = callOf(headers)
    return operationNamed(name).perform(input as never, { call, world } as unknown as Permit)
  }
  const needs = (name: string, input: object) => operationNamed(name).needs(input as never, callOf())

  async function push(repositoryName: string, bytes: Uint8Array): Promise<string> {
    const { uploadId } = await act('InitiateLayerUpload', { repositoryName })
    await act('UploadLayerPart', {
      repositoryName,
      uploadId,
      partFirstByte: 0,
      partLastByte: bytes.length - 1,
      layerPartBlob: bytes,
    })
    const done = await act('CompleteLayerUpload', { repositoryName, uploadId, layerDigests: [digestOf(bytes)] })
    return done.layerDigest
  }

  /** Pushes an image of two layers whose content follows from `text`. */
  async function pushImage(repositoryName: string, text: string, imageTag?: string) {
    const [config, layer] = [Buffer.from(`{"of":"${text}"}`), Buffer.from(`layer ${text}`)]
    for (const bytes of [config, layer]) await push(repositoryName, bytes)
    const imageManifest = manifestOf(config, [layer])
    await act('PutImage', { repositoryName, imageManifest, imageTag })
    return { imageManifest, imageDigest: digestOf(imageManifest), layerDigest: digestOf(layer) }
  }

  return { world, clock, act, needs, push, pushImage }
}

function operationNamed(name: string): Operation {
  return (operations as Record<string, Operation>)[name] ?? assert.fail(`no operation ${name}`)
}

export const digestOf = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export function manifestOf(config: Uint8Array, layers: readonly Uint8Array[]): string {
  const descriptor = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  })
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)),
  })
}

/** An AwsError of that code, whose message is or fits. */
export function refusal(code: string, message: string | RegExp, fields: Record<string, string> = {}) {
  return (error: unknown) => {
    assert.ok(error instanceof AwsError, String(error))
    assert.equal(error.code, code)
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    assert.deepEqual({ ...error.fields, ...fields }, error.fields)
    return true
  }
}
