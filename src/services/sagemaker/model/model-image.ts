import type { Acting } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { imageIdOf, parseImageUri } from '../../ecr/image-uri.ts'
import { because } from '../training/check-training-request.ts'

interface Manifest {
  config: { digest: string }
  layers: { digest: string }[]
}

/**
 * CreateModel tries the role on every image, all that a pull asks for but the bytes. The sentences are the live service's
 * (facts: errors.md A8). Rejects with ValidationException.
 */
export async function checkModelImage(
  acting: Acting,
  uri: string,
  { roleArn, account, region }: { roleArn: string; account: string; region: string },
): Promise<void> {
  const image = parseImageUri(uri)
  if (!image) throw new AwsError('ValidationException', `ECR image "${uri}" is invalid.`)
  const missing = new AwsError('ValidationException', `Requested image ${uri} not found.`)
  // "must be in the same region as the model" (API_ContainerDefinition).
  if (image.region !== region) throw missing
  const repository = { registryId: image.registryId, repositoryName: image.repositoryName }
  try {
    await acting.call('ecr', 'GetAuthorizationToken', {})
    const { images } = await acting.call<{ images?: { imageManifest: string }[] }>('ecr', 'BatchGetImage', {
      ...repository,
      imageIds: [imageIdOf(image)],
    })
    if (!images?.length) throw missing
    const { config, layers } = JSON.parse(images[0]!.imageManifest) as Manifest
    const layerDigests = [config.digest, ...layers.map(({ digest }) => digest)]
    await acting.call('ecr', 'BatchCheckLayerAvailability', { ...repository, layerDigests })
    await acting.call('ecr', 'GetDownloadUrlForLayer', { ...repository, layerDigest: config.digest })
  } catch (error) {
    if (!(error instanceof AwsError) || error === missing) throw error
    if (error.code === 'RepositoryNotFoundException') throw because(error, missing.message)
    throw because(error, image.registryId === account ? cannotPull(roleArn, uri) : foreign(roleArn, uri, error))
  }
}

const cannotPull = (roleArn: string, uri: string) =>
  `Role ${roleArn} cannot pull ${uri}. Ensure that the role exists and the image was granted pull permission.`

/** Of another account's repository both sides must allow; the repository is named where it is the one that does not. */
const foreign = (roleArn: string, uri: string, { message }: AwsError) =>
  message.includes('resource-based policy')
    ? `The repository of your image ${uri} does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:BatchCheckLayerAvailability permission to sagemaker.amazonaws.com service principal.`
    : cannotPull(roleArn, uri)
