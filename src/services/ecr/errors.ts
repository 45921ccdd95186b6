import { AwsError } from '../../wire/aws-error.ts'
import type { RepositoryId } from './repository.ts'

/**
 * ECR's sentences. Those with `inferred:` were not found verbatim; the others were seen in users' logs or are held
 * against AWS by moto's and terraform's tests.
 */

export const repositoryNotFound = (id: RepositoryId) =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${id.name}' does not exist in the registry with id '${id.account}'`,
  )

export const repositoryAlreadyExists = (id: RepositoryId) =>
  new AwsError(
    'RepositoryAlreadyExistsException',
    `The repository with name '${id.name}' already exists in the registry with id '${id.account}'`,
  )

export const repositoryNotEmpty = (id: RepositoryId) =>
  new AwsError(
    'RepositoryNotEmptyException',
    `The repository with name '${id.name}' in registry with id '${id.account}' cannot be deleted because it still contains images`,
  )

export const repositoryPolicyNotFound = (id: RepositoryId) =>
  new AwsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

export const lifecyclePolicyNotFound = (id: RepositoryId) =>
  new AwsError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

// inferred: form follows LifecyclePolicyNotFoundException.
export const lifecyclePolicyPreviewNotFound = (id: RepositoryId) =>
  new AwsError(
    'LifecyclePolicyPreviewNotFoundException',
    `Lifecycle policy preview does not exist for the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

export const registryPolicyNotFound = (account: string) =>
  new AwsError('RegistryPolicyNotFoundException', `Registry policy does not exist in the registry with id '${account}'`)

export const imageNotFound = (id: RepositoryId, image: { imageDigest?: string; imageTag?: string }) =>
  new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${image.imageDigest ?? 'null'}', imageTag:'${image.imageTag ?? 'null'}'} ` +
      `does not exist within the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

export const imageAlreadyExists = (id: RepositoryId, digest: string, tag: string | undefined) =>
  new AwsError(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository with name '${id.name}' ` +
      `in registry with id '${id.account}'`,
  )

export const imageTagAlreadyExists = (id: RepositoryId, tag: string) =>
  new AwsError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${id.name}' repository and cannot be overwritten because the tag is immutable.`,
  )

// inferred: form follows ImageAlreadyExistsException.
export const imageDigestDoesNotMatch = (given: string, computed: string) =>
  new AwsError(
    'ImageDigestDoesNotMatchException',
    `The specified image digest '${given}' does not match the digest '${computed}' that Amazon ECR calculated for the image`,
  )

// inferred
export const layersNotFound = (id: RepositoryId, digests: readonly string[]) =>
  new AwsError(
    'LayersNotFoundException',
    `Layers with digests '${digests.join(', ')}' required for pushing image into repository with name '${id.name}' ` +
      `in the registry with id '${id.account}' do not exist`,
  )

// inferred
export const referencedImagesNotFound = (id: RepositoryId, digests: readonly string[]) =>
  new AwsError(
    'ReferencedImagesNotFoundException',
    `Images with digests '${digests.join(', ')}' required for pushing image into repository with name '${id.name}' ` +
      `in the registry with id '${id.account}' do not exist`,
  )

// inferred
export const layerAlreadyExists = (id: RepositoryId, digest: string) =>
  new AwsError(
    'LayerAlreadyExistsException',
    `Layer with digest '${digest}' already exists in the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

// inferred
export const layerNotFound = (id: RepositoryId, digest: string) =>
  new AwsError(
    'LayersNotFoundException',
    `Layer with digest '${digest}' does not exist in the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

// inferred
export const uploadNotFound = (id: RepositoryId, uploadId: string) =>
  new AwsError(
    'UploadNotFoundException',
    `Upload with id '${uploadId}' does not exist in the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )

// inferred
export const emptyUpload = (uploadId: string) =>
  new AwsError('EmptyUploadException', `The upload with id '${uploadId}' does not contain any layer parts`)

/** Seen in a CloudTrail record of a real push. */
export const layerPartTooSmall = () =>
  new AwsError('LayerPartTooSmallException', 'All layer parts except the last part should be at least 5MB')

/** Its members tell the client where to go on. inferred: the sentence. */
export const invalidLayerPart = (id: RepositoryId, uploadId: string, lastValidByteReceived: number, reason: string) =>
  new AwsError('InvalidLayerPartException', reason, 400, {
    registryId: id.account,
    repositoryName: id.name,
    uploadId,
    lastValidByteReceived: String(lastValidByteReceived),
  })

// inferred
export const invalidLayer = (given: readonly string[], computed: string) =>
  new AwsError(
    'InvalidLayerException',
    `Layer digest '${given.join(', ')}' does not match the digest '${computed}' of the uploaded layer`,
  )

export const invalidParameter = (member: string, constraint: string) =>
  new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${member}' failed to satisfy constraint: '${constraint}'`,
  )
