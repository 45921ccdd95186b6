/** skopeo, a client of registries that many use, pushes and pulls with a token; and a job runs from what it pushed. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { packFolder } from '../../src/tarball.ts'
import { openJobLab, type JobLab } from '../jobs/lab.ts'
import type { Keys } from '../support/sign.ts'
import { digestOf, OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, passwordOf } from './client.ts'

const run = promisify(execFile)

let lab: JobLab
let folder: string
before(async () => {
  lab = await openJobLab([])
  await lab.call('ecr', 'CreateRepository', { repositoryName: 'jobs/pushed' })
  folder = mkdtempSync(join(tmpdir(), 'sallyport-skopeo-'))
  await writeLayout(join(folder, 'layout'))
})
after(async () => {
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An OCI image layout of one image `v1`: a program that any shell runs, on the host's root file system. */
async function writeLayout(layout: string): Promise<void> {
  const program = join(folder, 'program')
  mkdirSync(program)
  writeFileSync(
    join(program, 'train'),
    '#!/bin/sh\necho pushed > /opt/ml/model/out\necho trained from a pushed image\n',
  )
  chmodSync(join(program, 'train'), 0o755)
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  const blob = (mediaType: string, content: Uint8Array | string) => {
    const digest = digestOf(content)
    writeFileSync(join(layout, 'blobs/sha256', digest.slice(7)), content)
    return { mediaType, digest, size: Buffer.byteLength(content) }
  }
  const tar = await buffer(packFolder(program, { prefix: '/opt/program', deterministic: true }))
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['./train'], WorkingDir: '/opt/program', Labels: { 'dev.sallyport.rootfs': 'host' } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(tar).digest('hex')}`] },
  }
  const manifest = blob(
    OCI_MANIFEST,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: blob(OCI_CONFIG, JSON.stringify(config)),
      layers: [blob(OCI_LAYER, gzipSync(tar))],
    }),
  )
  const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  )
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
}

const repository = () => `docker://${new URL(lab.server.url).host}/jobs/pushed`

/** Runs skopeo with a token of these keys. */
async function skopeo(keys: Keys, command: string, ...args: string[]): Promise<string> {
  const sides = command === 'copy' ? ['--src', '--dest'] : ['-']
  const login = `AWS:${await passwordOf(lab.server.url, keys)}`
  const options = sides.flatMap((side) => {
    const prefix = side === '-' ? '--' : `${side}-`
    return [`${prefix}tls-verify=false`, `${prefix}creds`, login]
  })
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder }
  const { stdout } = await run('skopeo', ['--insecure-policy', command, ...options, ...args], { env })
  return stdout
}

async function puller(): Promise<Keys> {
  const UserName = 'puller'
  await lab.call('iam', 'CreateUser', { UserName })
  const Action = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action, Resource: '*' },
  })
  await lab.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'pull', PolicyDocument })
  const { AccessKey } = await lab.call('iam', 'CreateAccessKey', { UserName })
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

describe('skopeo', () => {
  it('pushes an image, in both formats, and finds it', async () => {
    const { admin } = lab.server
    await skopeo(admin, 'copy', `oci:${join(folder, 'layout')}:v1`, `${repository()}:v1`)
    await skopeo(admin, 'copy', '--format', 'v2s2', `oci:${join(folder, 'layout')}:v1`, `${repository()}:docker`)
    assert.deepEqual(JSON.parse(await skopeo(admin, 'list-tags', repository())).Tags, ['docker', 'v1'])
    const { images } = await lab.call('ecr', 'BatchGetImage', {
      repositoryName: 'jobs/pushed',
      imageIds: [{ imageTag: 'docker' }],
    })
    assert.equal(images[0].imageManifestMediaType, 'application/vnd.docker.distribution.manifest.v2+json')
    await skopeo(admin, 'delete', `${repository()}:docker`)
    assert.deepEqual(JSON.parse(await skopeo(admin, 'list-tags', repository())).Tags, ['v1'])
  })

  it('pulls it byte for byte with the rights to pull, and pushes nothing with them', async () => {
    const keys = await puller()
    const there = join(folder, 'pulled')
    await skopeo(keys, 'copy', `${repository()}:v1`, `dir:${there}`)
    const manifest = readFileSync(join(there, 'manifest.json'))
    const { manifests } = JSON.parse(readFileSync(join(folder, 'layout/index.json'), 'utf8'))
    assert.equal(digestOf(manifest), manifests[0].digest)
    for (const { digest } of JSON.parse(manifest.toString()).layers)
      assert.equal(digestOf(readFileSync(join(there, digest.slice(7)))), digest)
    // Without the right to ask which layers are there it cannot even begin.
    await assert.rejects(
      skopeo(keys, 'copy', `oci:${join(folder, 'layout')}:v1`, `${repository()}:mine`),
      /403 \(Forbidden\)|denied: User: arn:aws:iam::123456789012:user\/puller is not authorized to perform: ecr:/,
    )
    await assert.rejects(
      skopeo(keys, 'delete', `${repository()}:v1`),
      /not authorized to perform: ecr:BatchDeleteImage/,
    )
  })

  it('pushed what a training job runs', async () => {
    await lab.start('from-skopeo', 'pushed', {
      AlgorithmSpecification: {
        TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/pushed:v1',
        TrainingInputMode: 'File',
      },
    })
    const job = await lab.ended('from-skopeo')
    assert.equal(job.description.TrainingJobStatus, 'Completed', job.description.FailureReason)
    assert.deepEqual((await lab.output('from-skopeo'))['algo-1'], ['trained from a pushed image'])
  })
})
