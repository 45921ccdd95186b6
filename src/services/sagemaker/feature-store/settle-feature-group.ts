import { Acting } from '../../../jobs/acting.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { deleteResource } from '../delete-resource.ts'
import type { Settle } from '../settling.ts'
import { featureGroups, type FeatureGroup } from './feature-group.ts'
import { deleteRecords } from './record.ts'

/** Creating → Created or CreateFailed; Deleting → gone, its records first. */
export const settleFeatureGroup: Settle = async (world, at) => {
  const group = featureGroups.find(world.store, at, at.name)
  if (group?.description.FeatureGroupStatus === 'Creating') await create(world, group)
  if (featureGroups.find(world.store, at, at.name)?.description.FeatureGroupStatus !== 'Deleting') return
  await deleteRecords(world, group!)
  deleteResource(world.store, featureGroups, at, at.name)
}

async function create(world: World, group: FeatureGroup): Promise<void> {
  const failure = await offlineFailure(world, group)
  featureGroups.change(world.store, group, ({ description }) => {
    if (description.FeatureGroupStatus !== 'Creating') return
    description.FeatureGroupStatus = failure === undefined ? 'Created' : 'CreateFailed'
    description.LastModifiedTime = world.now() / 1000
    if (failure !== undefined) description.FailureReason = failure
    else if (description.OfflineStoreConfig) description.OfflineStoreStatus = { Status: 'Active' }
  })
}

/**
 * The role must reach the bucket: s3:GetBucketAcl is asked for when a group is made, s3:PutObject only when records are
 * written (AmazonSageMakerFeatureStoreAccess). inferred: which call makes a group fail, and the sentence.
 */
async function offlineFailure(world: World, { description, ...group }: FeatureGroup): Promise<string | undefined> {
  const { OfflineStoreConfig: offline, RoleArn: roleArn } = description
  if (!offline) return undefined
  const { bucket } = parseS3Uri(offline.S3StorageConfig.S3Uri)
  try {
    await new Acting(world, { ...group, roleArn: roleArn! }).call('s3', 'GetBucketAcl', { Bucket: bucket })
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return `Unable to access the offline store bucket ${bucket} with role ${roleArn}. ${error.message} (Service: Amazon S3; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${error.requestId ?? ''}; Proxy: null)`.slice(
      0,
      1024,
    )
  }
}
