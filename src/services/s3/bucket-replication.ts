import type {
  DeleteBucketReplicationCommandInput,
  DeleteBucketReplicationCommandOutput,
  GetBucketReplicationCommandInput,
  GetBucketReplicationCommandOutput,
  PutBucketReplicationCommandInput,
  PutBucketReplicationCommandOutput,
  ReplicationConfiguration,
} from '@aws-sdk/client-s3'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { passRole } from '../iam/pass-role.ts'
import { operation } from '../operation.ts'
import { findBucket, openBucket, updateBucket } from './bucket.ts'
import { invalidRequest, malformedXml } from './errors.ts'
import { bucketNeed, onBucket } from './needs.ts'

/** Replication as it was asked for: rules are kept and given back, nothing is replicated. */

export const putBucketReplication = operation<PutBucketReplicationCommandInput, PutBucketReplicationCommandOutput>(
  's3',
  'PutBucketReplication',
  {
    needs: ({ Bucket, ReplicationConfiguration: { Role } }, call) => [
      onBucket(call, 's3:PutReplicationConfiguration', Bucket),
      passRole(call, Role, 's3.amazonaws.com'),
    ],
    perform: ({ Bucket, ReplicationConfiguration: replication, ExpectedBucketOwner }, permit) => {
      const { store } = permit.world
      const { versioning } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (versioning?.status !== 'Enabled') {
        throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
      }
      checkRules(store, replication)
      updateBucket(store, Bucket, (bucket) => ({ ...bucket, replication }))
      return {}
    },
  },
)

export const getBucketReplication = operation<GetBucketReplicationCommandInput, GetBucketReplicationCommandOutput>(
  's3',
  'GetBucketReplication',
  {
    needs: bucketNeed('s3:GetReplicationConfiguration'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { replication } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (replication) return { ReplicationConfiguration: replication }
      throw new AwsError('ReplicationConfigurationNotFoundError', 'The replication configuration was not found', 404, {
        BucketName: Bucket,
      })
    },
  },
)

export const deleteBucketReplication = operation<
  DeleteBucketReplicationCommandInput,
  DeleteBucketReplicationCommandOutput
>('s3', 'DeleteBucketReplication', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutReplicationConfiguration'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, replication: undefined }))
    return {}
  },
})

const MAX_RULES = 1000

/** S3 API Reference, PutBucketReplication; S3 User Guide, "Requirements and considerations for replication". */
function checkRules(store: Store, { Rules: rules }: Shape<ReplicationConfiguration>): void {
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformedXml()
  const ids = new Set<string>()
  const priorities = new Set<number>()
  for (const { ID, Priority, Status, Filter, Destination, DeleteMarkerReplication } of rules) {
    if (Status !== 'Enabled' && Status !== 'Disabled') throw malformedXml()
    if (ID !== undefined && ids.has(ID)) throw invalidRequest('Rule Id must be unique.') // inferred: the sentence
    if (ID !== undefined) ids.add(ID)
    if (Filter && Priority === undefined) {
      throw invalidRequest(
        'Priority must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.',
      )
    }
    if (Filter && !DeleteMarkerReplication) {
      throw invalidRequest(
        'DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.',
      )
    }
    if (Priority !== undefined && priorities.has(Priority)) throw invalidRequest(`Found duplicate priority ${Priority}`) // inferred
    if (Priority !== undefined) priorities.add(Priority)
    const target = findBucket(store, Destination.Bucket.replace(/^arn:[^:]+:s3:::/, ''))
    if (!target) throw invalidRequest('Destination bucket must exist.')
    if (target.versioning?.status !== 'Enabled')
      throw invalidRequest('Destination bucket must have versioning enabled.')
  }
}
