import type { Acting } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { imageIdOf, parseImageUri, type ImageUri } from '../../ecr/image-uri.ts'
import { pasted } from '../pasted.ts'
import type { Settle } from '../settling.ts'
import { imageActing, images } from './image.ts'
import { imageVersions, type ImageVersion } from './image-version.ts'

/** From CREATING to CREATED or CREATE_FAILED, from DELETING to nothing. */
export const settleImageVersion: Settle = async (world, at) => {
  const version = imageVersions.find(world.store, at, at.name)
  const status = version?.description.ImageVersionStatus
  if (version && status === 'CREATING') await create(world, version)
  else if (version && status === 'DELETING') imageVersions.delete(world.store, at)
}

async function create(world: World, version: ImageVersion): Promise<void> {
  const outcome: Partial<ImageVersion['description']> = {}
  try {
    outcome.ContainerImage = await readBase(world, version)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    outcome.FailureReason = error.message.slice(0, 1024)
  }
  // Its image may have been deleted meanwhile, and the version with it.
  if (!imageVersions.find(world.store, version, version.name)) return
  imageVersions.change(world.store, version, (changed) => {
    Object.assign(changed.description, outcome, { LastModifiedTime: world.now() / 1000 })
    if (changed.description.ImageVersionStatus !== 'CREATING') return
    changed.description.ImageVersionStatus = outcome.ContainerImage === undefined ? 'CREATE_FAILED' : 'CREATED'
  })
}

/**
 * The base image as the image's role can pull it, named by its digest: the manifest, then its configuration and each
 * layer. These are the two actions of the role page ("CreateImage and UpdateImage APIs: execution role permissions"); its third,
 * iam:PassRole, is asked of who makes the image.
 */
async function readBase(world: World, version: ImageVersion): Promise<string> {
  const { RoleArn: roleArn } = images.must(world.store, version, version.imageName).description
  const uri = version.description.BaseImage!
  const image = parseImageUri(uri)!
  const acting = imageActing(world, { ...version, roleArn: roleArn! }, 'image-version')
  try {
    await acting.session()
  } catch (error) {
    throw because(
      error,
      'AWSSecurityTokenService',
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    )
  }
  const { digest, parts } = await manifestOf(acting, image, uri, roleArn!)
  for (const layerDigest of parts) {
    try {
      await acting.call('ecr', 'GetDownloadUrlForLayer', { ...repository(image), layerDigest })
    } catch (error) {
      throw because(error, 'AmazonECR', lacks(roleArn!, 'GetDownloadUrlForLayer', uri))
    }
  }
  return `${uri.slice(0, uri.indexOf('/'))}/${image.repositoryName}@${digest}`
}

interface Manifest {
  config?: { digest: string }
  layers?: { digest: string }[]
  /** Of an index: one for each platform. */
  manifests?: { digest: string; platform?: { architecture?: string; os?: string } }[]
}

interface Got {
  images?: { imageManifest: string; imageId: { imageDigest: string } }[]
}

async function manifestOf(acting: Acting, image: ImageUri, uri: string, roleArn: string) {
  const { digest, manifest } = await read(imageIdOf(image))
  const { manifests = [] } = manifest
  const own = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64')
  const imageDigest = (own ?? manifests[0])?.digest
  const { config, layers = [] } = imageDigest === undefined ? manifest : (await read({ imageDigest })).manifest
  const parts = [config, ...layers].flatMap((part) => (part ? [part.digest] : []))
  return { digest, parts: [...new Set(parts)] }

  async function read(imageId: ReturnType<typeof imageIdOf>): Promise<{ digest: string; manifest: Manifest }> {
    const missing = `Requested image ${uri} not found.`
    const ask = { ...repository(image), imageIds: [imageId] }
    const got = await acting.call<Got>('ecr', 'BatchGetImage', ask).catch((error: unknown) => {
      const absent = error instanceof AwsError && error.code === 'RepositoryNotFoundException'
      throw because(error, 'AmazonECR', absent ? missing : lacks(roleArn, 'BatchGetImage', uri))
    })
    const found = got.images?.[0]
    if (!found) throw new AwsError('ValidationException', missing)
    return { digest: found.imageId.imageDigest, manifest: JSON.parse(found.imageManifest) as Manifest }
  }
}

const repository = ({ registryId, repositoryName }: ImageUri) => ({ registryId, repositoryName })

/** The live service's sentence of endpoints, for the first of the two actions. inferred: for image versions */
const lacks = (roleArn: string, action: string, uri: string) =>
  `The role '${roleArn}' does not have ${action} permission for the image: '${uri}'.`

function because(cause: unknown, service: string, message: string): unknown {
  return cause instanceof AwsError ? new AwsError('ValidationException', message + pasted(service, cause)) : cause
}
