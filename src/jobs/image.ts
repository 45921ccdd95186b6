import { imageIdOf, parseImageUri, type ImageUri } from '../services/ecr/image-uri.ts'
import { readLayer } from '../services/ecr/layer.ts'
import type { Image, ImageLayer } from '../runners/runner.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'

interface Manifest {
  config: { digest: string }
  layers: { digest: string }[]
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
    const digests = [manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)]
    const { layers } = await acting.call<{ layers: { layerDigest: string; layerAvailability: string }[] }>(
      'ecr',
      'BatchCheckLayerAvailability',
      { ...repository(image), layerDigests: digests },
    )
    if (layers.some((layer) => layer.layerAvailability !== 'AVAILABLE')) throw new JobFailure(reasons.image)
    const [config, ...contents] = await Promise.all(digests.map((digest) => fetchable(world, acting, image, digest)))
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
async function fetchable(world: World, acting: Acting, image: ImageUri, digest: string): Promise<ImageLayer> {
  await acting.call('ecr', 'GetDownloadUrlForLayer', { ...repository(image), layerDigest: digest })
  const id = { account: image.registryId, region: image.region, name: image.repositoryName }
  return { digest, open: () => readLayer(world, id, digest) }
}

async function text8(layer: ImageLayer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of layer.open()) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}
