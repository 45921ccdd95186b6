import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdtemp, open, readdir, readlink, rm, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { HOST_ROOTFS_LABEL } from '../runners/runner.ts'
import { PROGRAM, SYSTEM_PATH } from '../runners/sandbox.ts'
import { padding, tarEnd, tarHeader } from '../runners/tar.ts'
import type { TarHeader } from '../runners/tar.ts'
import { imageIdOf, parseImageUri } from '../services/ecr/image-uri.ts'
import type { ImageUri } from '../services/ecr/image-uri.ts'

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

/** A mistake in what was asked: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
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
  const gzip = createGzip()
  const file = await open(path, 'w')
  let size = 0
  const written = (async () => {
    for await (const chunk of gzip as AsyncIterable<Buffer>) {
      packed.update(chunk)
      size += chunk.length
      await file.write(chunk)
    }
  })()
  try {
    for await (const chunk of archive(dir)) {
      unpacked.update(chunk)
      if (!gzip.write(chunk)) await new Promise((resolve) => gzip.once('drain', resolve))
    }
    gzip.end()
    await written
  } catch (error) {
    gzip.destroy()
    await written.catch(() => {})
    throw error
  } finally {
    await file.close()
  }
  return {
    digest: `sha256:${packed.digest('hex')}`,
    diffId: `sha256:${unpacked.digest('hex')}`,
    size,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    read: (start, end) => readPart(path, start, end),
  }
}

async function* archive(dir: string): AsyncGenerator<Uint8Array> {
  const root = PROGRAM.slice(1)
  for (const folder of ['opt', root]) yield tarHeader({ ...directory, path: `${folder}/` })
  yield* entriesOf(dir, root)
  yield tarEnd
}

const directory: Omit<TarHeader, 'path'> = { type: 'directory', mode: 0o755, size: 0, linkPath: '' }

/** Sorted by name, folders before what is in them; sockets, devices and the like are left out. */
async function* entriesOf(from: string, to: string): AsyncGenerator<Uint8Array> {
  const names = (await readdir(from)).toSorted((a, b) => (a < b ? -1 : 1))
  for (const name of names) {
    const [source, path] = [join(from, name), `${to}/${name}`]
    const info = await lstat(source)
    const mode = info.mode & 0o777
    if (info.isDirectory()) {
      yield tarHeader({ ...directory, path: `${path}/`, mode })
      yield* entriesOf(source, path)
    } else if (info.isSymbolicLink())
      yield tarHeader({ path, type: 'symlink', mode: 0o777, size: 0, linkPath: await readlink(source) })
    else if (info.isFile()) {
      yield tarHeader({ path, type: 'file', mode, size: info.size, linkPath: '' })
      yield* content(source, info)
    }
  }
}

async function* content(path: string, { size }: Stats): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    read += chunk.length
    if (read > size) break
    yield chunk
  }
  // Its size is in the header already, so the archive would be broken.
  if (read !== size) throw new UsageError(`${path} changed while it was read`)
  yield padding(size)
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
