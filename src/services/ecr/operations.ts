import { getAccountSetting, putAccountSetting } from './account-setting.ts'
import { batchCheckLayerAvailability } from './batch-check-layer-availability.ts'
import { batchDeleteImage } from './batch-delete-image.ts'
import { batchGetImage } from './batch-get-image.ts'
import { completeLayerUpload } from './complete-layer-upload.ts'
import { createRepository } from './create-repository.ts'
import { deleteRepository } from './delete-repository.ts'
import { describeImages } from './describe-images.ts'
import { describeRepositories } from './describe-repositories.ts'
import { getAuthorizationToken } from './get-authorization-token.ts'
import { getDownloadUrlForLayer } from './get-download-url-for-layer.ts'
import {
  batchGetRepositoryScanningConfiguration,
  putImageScanningConfiguration,
} from './image-scanning-configuration.ts'
import { initiateLayerUpload } from './initiate-layer-upload.ts'
import { getLifecyclePolicyPreview, startLifecyclePolicyPreview } from './lifecycle-policy-preview.ts'
import { deleteLifecyclePolicy, getLifecyclePolicy, putLifecyclePolicy } from './lifecycle-policy.ts'
import { listImageReferrers } from './list-image-referrers.ts'
import { listImages } from './list-images.ts'
import { putImage } from './put-image.ts'
import {
  describeRegistry,
  getRegistryScanningConfiguration,
  putRegistryScanningConfiguration,
  putReplicationConfiguration,
} from './registry-configuration.ts'
import { deleteRegistryPolicy, getRegistryPolicy, putRegistryPolicy } from './registry-policy.ts'
import { deleteRepositoryPolicy, getRepositoryPolicy, setRepositoryPolicy } from './repository-policy.ts'
import { putImageTagMutability } from './tag-mutability.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import { uploadLayerPart } from './upload-layer-part.ts'

/** Every built operation of Amazon ECR, by its AWS name. */
export const operations = {
  BatchCheckLayerAvailability: batchCheckLayerAvailability,
  BatchDeleteImage: batchDeleteImage,
  BatchGetImage: batchGetImage,
  BatchGetRepositoryScanningConfiguration: batchGetRepositoryScanningConfiguration,
  CompleteLayerUpload: completeLayerUpload,
  CreateRepository: createRepository,
  DeleteLifecyclePolicy: deleteLifecyclePolicy,
  DeleteRegistryPolicy: deleteRegistryPolicy,
  DeleteRepository: deleteRepository,
  DeleteRepositoryPolicy: deleteRepositoryPolicy,
  DescribeImages: describeImages,
  DescribeRegistry: describeRegistry,
  DescribeRepositories: describeRepositories,
  GetAccountSetting: getAccountSetting,
  GetAuthorizationToken: getAuthorizationToken,
  GetDownloadUrlForLayer: getDownloadUrlForLayer,
  GetLifecyclePolicy: getLifecyclePolicy,
  GetLifecyclePolicyPreview: getLifecyclePolicyPreview,
  GetRegistryPolicy: getRegistryPolicy,
  GetRegistryScanningConfiguration: getRegistryScanningConfiguration,
  GetRepositoryPolicy: getRepositoryPolicy,
  InitiateLayerUpload: initiateLayerUpload,
  ListImageReferrers: listImageReferrers,
  ListImages: listImages,
  ListTagsForResource: listTagsForResource,
  PutAccountSetting: putAccountSetting,
  PutImage: putImage,
  PutImageScanningConfiguration: putImageScanningConfiguration,
  PutImageTagMutability: putImageTagMutability,
  PutLifecyclePolicy: putLifecyclePolicy,
  PutRegistryPolicy: putRegistryPolicy,
  PutRegistryScanningConfiguration: putRegistryScanningConfiguration,
  PutReplicationConfiguration: putReplicationConfiguration,
  SetRepositoryPolicy: setRepositoryPolicy,
  StartLifecyclePolicyPreview: startLifecyclePolicyPreview,
  TagResource: tagResource,
  UntagResource: untagResource,
  UploadLayerPart: uploadLayerPart,
}
