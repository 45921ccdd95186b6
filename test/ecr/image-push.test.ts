import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { UsageError } from '../../src/cli/failure.ts'
import { imagePush } from '../../src/cli/image-push.ts'
import { unpackLayers } from '../../src/runners/layers.ts'
import { readLayer } from '../../src/services/ecr/layer.ts'
import { account, newRegistry } from './registry.ts'

const imageUri = `${account}.dkr.ecr.us-east-1.amazonaws.com/team/train:v1`
const id = { account, region: 'us-east-1', name: 'team/train' }

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-push-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function newProgram(): string {
  const dir = newFolder()
  writeFileSync(join(dir, 'train'), '#!/bin/sh\necho trained\n')
  chmodSync(join(dir, 'train'), 0o755)
  mkdirSync(join(dir, 'data/a folder'), { recursive: true })
  writeFileSync(join(dir, 'data/a folder', `${'long-'.repeat(30)}名前.bin`), Buffer.alloc(70_000, 7))
  symlinkSync('train', join(dir, 'serve'))
  return dir
}

function newPush() {
  const registry = newRegistry()
  const called: string[] = []
  const push = (dir: string, more: { entrypoint?: string } = {}) =>
    imagePush({
      dir,
      imageUri,
      ...more,
      call: (_service, operation, input) => {
        called.push(operation)
        return registry.act(operation, input)
      },
      progress: () => {},
    })
  return { ...registry, push, called }
}

test('a pushed folder unpacks to what it was', async () => {
  const { push, act, world } = newPush()
  const dir = newProgram()
  const { digest } = await push(dir)
  const { images } = await act('BatchGetImage', { repositoryName: id.name, imageIds: [{ imageTag: 'v1' }] })
  assert.equal(images[0].imageId.imageDigest, digest)
  const manifest = JSON.parse(images[0].imageManifest)
  const config = JSON.parse(await text(readLayer(world, id, manifest.config.digest)))
  assert.deepEqual(config.config.Entrypoint, ['./train'])
  assert.equal(config.config.WorkingDir, '/opt/program')
  assert.deepEqual(config.config.Labels, { 'dev.sallyport.rootfs': 'host' })

  const layers = manifest.layers.map((layer: any) => ({
    digest: layer.digest,
    open: () => readLayer(world, id, layer.digest),
  }))
  const root = newFolder()
  await unpackLayers({ config, layers }, root)
  const program = join(root, 'opt/program')
  assert.equal(readFileSync(join(program, 'serve'), 'utf8'), '#!/bin/sh\necho trained\n', 'through the symbolic link')
  assert.equal(statSync(join(program, 'train')).mode & 0o777, 0o755)
  assert.equal(readFileSync(join(program, 'data/a folder', `${'long-'.repeat(30)}名前.bin`)).length, 70_000)
})

test('the same content is the same image, and is not uploaded again', async () => {
  const { push, called } = newPush()
  const dir = newProgram()
  const copy = newFolder()
  cpSync(dir, copy, { recursive: true, verbatimSymlinks: true })
  utimesSync(join(copy, 'train'), 1, 1)
  const first = await push(dir)
  assert.ok(called.includes('CreateRepository'))
  called.length = 0
  assert.deepEqual(await push(copy), first)
  assert.deepEqual(called, [
    'DescribeRepositories',
    'BatchCheckLayerAvailability',
    'BatchCheckLayerAvailability',
    'PutImage',
  ])
  writeFileSync(join(copy, 'more'), 'x')
  assert.notEqual((await push(copy)).digest, first.digest)
})

test('what to run is asked for where the folder does not say', async () => {
  const { push, act, world } = newPush()
  const dir = newFolder()
  writeFileSync(join(dir, 'train'), 'not executable')
  await assert.rejects(push(dir), UsageError)
  await assert.rejects(push(join(dir, 'absent')), UsageError)
  await assert.rejects(push(dir, { entrypoint: ' ' }), UsageError)
  await assert.rejects(push(dir, { entrypoint: './train' }), UsageError)
  await push(dir, { entrypoint: 'python3  train -u' })
  const { images } = await act('BatchGetImage', { repositoryName: id.name, imageIds: [{ imageTag: 'v1' }] })
  const { config } = JSON.parse(await text(readLayer(world, id, JSON.parse(images[0].imageManifest).config.digest)))
  assert.deepEqual(config.Entrypoint, ['python3', 'train', '-u'])
})

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
