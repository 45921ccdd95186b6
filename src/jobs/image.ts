import { imageIdOf, parseImageUri, type ImageUri } from '../services/ecr/image-uri.ts'
import { readLayer } from '../services/ecr/layer.ts'
import type { Image, ImageLayer } from '../runners/runner.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'

interface Blob {
  digest: string
  size?: number
}

interface Manifest {
  config: Blob
  layers: Blob[]
}

interface Got {
  images?: { imageManifest: string }[]
  failures?: { failureCode: string; failureReason: string }[]
}

/** True when the role may see the repository and it has no such image; a role that may not look is found out by the pull. */
export async function imageIsMissing(acting: Acting, uri: string): Promise<boolean> {
  const image = parseImageUri(uri)
  if (!image) return true
  try {
    const got = await acting.call<Got>('ecr', 'BatchGetImage', batch(image))
    return !got.images?.length
  } catch (error) {
    return error instanceof AwsError && error.code === 'RepositoryNotFoundException'
  }
}

/** Pulls an image as docker does: token, manifest, which layers are there, a download for each. Rejects with JobFailure. */
export async function pullImage(world: World, acting: Acting, uri: string): Promise<Image> {
  const image = parseImageUri(uri)
  if (!image) throw new JobFailure(reasons.image)
  try {
    await acting.call('ecr', 'GetAuthorizationToken', {})
    const got = await acting.call<Got>('ecr', 'BatchGetImage', batch(image))
    const text = got.images?.[0]?.imageManifest
    if (!text) throw new JobFailure(reasons.image)
    const manifest = JSON.parse(text) as Manifest
    const blobs = [manifest.config, ...manifest.layers]
    const { layers } = await acting.call<{ layers: { layerDigest: string; layerAvailability: string }[] }>(
      'ecr',
      'BatchCheckLayerAvailability',
      { ...repository(image), layerDigests: blobs.map(({ digest }) => digest) },
    )
    if (layers.some((layer) => layer.layerAvailability !== 'AVAILABLE')) throw new JobFailure(reasons.image)
    const [config, ...contents] = await Promise.all(blobs.map((blob) => fetchable(world, acting, image, blob)))
    return { config: JSON.parse(await text8(config!)) as Image['config'], layers: contents }
  } catch (error) {
    throw error instanceof AwsError ? new JobFailure(reasons.image, error) : error
  }
}

function repository(image: ImageUri) {
  return { registryId: image.registryId, repositoryName: image.repositoryName }
}

function batch(image: ImageUri) {
  return { ...repository(image), imageIds: [imageIdOf(image)] }
}

/** The download is granted through the door; the bytes then come from the layer store behind it, as the URL's would. */
async function fetchable(world: World, acting: Acting, image: ImageUri, blob: Blob): Promise<ImageLayer> {
  const { digest, size } = blob
  await acting.call('ecr', 'GetDownloadUrlForLayer', { ...repository(image), layerDigest: digest })
  const id = { account: image.registryId, region: image.region, name: image.repositoryName }
  return { digest, ...(size !== undefined && { size }), open: () => readLayer(world, id, digest) }
}

async function text8(layer: ImageLayer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of layer.open()) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}
