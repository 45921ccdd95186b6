import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { hashing } from '../runners/layers.ts'
import { HOST_ROOTFS_LABEL } from '../runners/runner.ts'
import { PROGRAM, SYSTEM_PATH } from '../runners/sandbox.ts'
import { imageIdOf, parseImageUri } from '../services/ecr/image-uri.ts'
import type { ImageUri } from '../services/ecr/image-uri.ts'
import { packFolder } from '../tarball.ts'
import { UsageError } from './failure.ts'

export interface ImagePushOptions {
  /** Its content becomes /opt/program. */
  dir: string
  imageUri: string
  /** Split on spaces; `./train` where the folder has an executable of that name. */
  entrypoint?: string
  /** Calls an AWS operation; rejects with an Error whose `name` is AWS's code. */
  call: (service: string, operation: string, input: Record<string, unknown>) => Promise<any>
  progress: (text: string) => void
}

interface Blob {
  digest: string
  size: number
  mediaType: string
  /** Bytes `start` up to `end` (exclusive). */
  read(start: number, end: number): Promise<Uint8Array>
}

/**
 * Makes an OCI image of a folder and pushes it. The same content gives the same digest: no time and no owner goes in.
 * The image has one layer and no operating system; its label says that it runs on the host's root file system.
 * Throws UsageError, and what `call` throws.
 */
export async function imagePush(options: ImagePushOptions): Promise<{ digest: string; imageUri: string }> {
  const { dir, imageUri, call, progress } = options
  const image = parseImageUri(imageUri)
  if (!image) throw new UsageError(`not an image in Amazon ECR: ${imageUri}`)
  if (image.digest !== undefined) throw new UsageError('a digest follows from the content: give a tag')
  const entrypoint = await entrypointOf(dir, options.entrypoint)
  progress(`entrypoint: ${entrypoint.join(' ')}`)
  const repository = { registryId: image.registryId, repositoryName: image.repositoryName }

  const scratch = await mkdtemp(join(tmpdir(), 'sallyport-image-'))
  try {
    const layer = await writeLayer(dir, join(scratch, 'layer.tar.gz'))
    const config = blobOf(configOf(entrypoint, layer.diffId), 'application/vnd.oci.image.config.v1+json')
    const manifest = manifestOf(config, layer)
    await ensureRepository(options, image)
    for (const blob of [layer, config]) await pushBlob(call, repository, blob, progress)
    const digest = sha256(manifest)
    await putImage(call, {
      ...repository,
      imageManifest: manifest,
      imageManifestMediaType: MANIFEST,
      ...imageIdOf(image),
    })
    progress(`${imageUri} ${digest}`)
    return { digest, imageUri }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

async function entrypointOf(dir: string, given: string | undefined): Promise<string[]> {
  const folder = await stat(dir).catch(() => undefined)
  if (!folder?.isDirectory()) throw new UsageError(`not a folder: ${dir}`)
  if (given === undefined) {
    if (await isExecutable(join(dir, 'train'))) return ['./train']
    throw new UsageError(
      `${join(dir, 'train')} is no executable file: name what to run with --entrypoint, e.g. "python3 train.py"`,
    )
  }
  const words = given.split(' ').filter(Boolean)
  const [program] = words
  if (program === undefined) throw new UsageError('--entrypoint is empty')
  if (program.startsWith('./') && !(await isExecutable(join(dir, program))))
    throw new UsageError(`${join(dir, program)} is no executable file`)
  return words
}

async function isExecutable(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined)
  return file !== undefined && file.isFile() && (file.mode & 0o111) !== 0
}

/** Streams the folder into a gzipped archive on the disk: models may be larger than memory. */
async function writeLayer(dir: string, path: string): Promise<Blob & { diffId: string }> {
  const unpacked = createHash('sha256')
  const packed = createHash('sha256')
  await pipeline(
    packFolder(dir, { prefix: PROGRAM, deterministic: true }),
    (archive) => hashing(archive, unpacked),
    createGzip(),
    (archive) => hashing(archive, packed),
    createWriteStream(path),
  )
  const { size } = await stat(path)
  return {
    digest: `sha256:${packed.digest('hex')}`,
    diffId: `sha256:${unpacked.digest('hex')}`,
    size,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    read: (start, end) => readPart(path, start, end),
  }
}

async function readPart(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(end - start)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function configOf(entrypoint: readonly string[], diffId: string): string {
  const created = '1970-01-01T00:00:00Z'
  return JSON.stringify({
    created,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Entrypoint: entrypoint,
      WorkingDir: PROGRAM,
      Env: [`PATH=${SYSTEM_PATH}`],
      Labels: { [HOST_ROOTFS_LABEL]: 'host' },
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: 'sallyport image push' }],
  })
}

function manifestOf(config: Blob, layer: Blob): string {
  const descriptor = ({ mediaType, digest, size }: Blob) => ({ mediaType, digest, size })
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor(config),
    layers: [descriptor(layer)],
  })
}

function blobOf(text: string, mediaType: string): Blob {
  const bytes = Buffer.from(text)
  return {
    digest: sha256(text),
    size: bytes.length,
    mediaType,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
  }
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** Asks first: who may push but not create must be able to push. */
async function ensureRepository({ call, progress }: ImagePushOptions, image: ImageUri): Promise<void> {
  const { registryId, repositoryName } = image
  try {
    await call('ecr', 'DescribeRepositories', { registryId, repositoryNames: [repositoryName] })
  } catch (error) {
    if (!isCode(error, 'RepositoryNotFoundException')) throw error
    await call('ecr', 'CreateRepository', { registryId, repositoryName })
    progress(`created repository ${repositoryName}`)
  }
}

async function pushBlob(
  call: ImagePushOptions['call'],
  repository: { registryId: string; repositoryName: string },
  blob: Blob,
  progress: ImagePushOptions['progress'],
): Promise<void> {
  const { digest, size } = blob
  const { layers } = await call('ecr', 'BatchCheckLayerAvailability', { ...repository, layerDigests: [digest] })
  if (layers?.[0]?.layerAvailability === 'AVAILABLE') return progress(`${digest} is there already`)

  const { uploadId, partSize } = await call('ecr', 'InitiateLayerUpload', repository)
  for (let start = 0; start < size; start += partSize) {
    const end = Math.min(start + partSize, size)
    await call('ecr', 'UploadLayerPart', {
      ...repository,
      uploadId,
      partFirstByte: start,
      partLastByte: end - 1,
      layerPartBlob: await blob.read(start, end),
    })
    progress(`${digest} ${end} of ${size} bytes`)
  }
  try {
    await call('ecr', 'CompleteLayerUpload', { ...repository, uploadId, layerDigests: [digest] })
  } catch (error) {
    // Somebody else pushed the same bytes meanwhile.
    if (!isCode(error, 'LayerAlreadyExistsException')) throw error
  }
}

/** An image that already has this tag is what was wanted. */
async function putImage(call: ImagePushOptions['call'], input: Record<string, unknown>): Promise<void> {
  try {
    await call('ecr', 'PutImage', input)
  } catch (error) {
    if (!isCode(error, 'ImageAlreadyExistsException')) throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && error.name === code
}
