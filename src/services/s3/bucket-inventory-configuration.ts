import type {
  InventoryConfiguration,
  DeleteBucketInventoryConfigurationCommandInput,
  DeleteBucketInventoryConfigurationCommandOutput,
  GetBucketInventoryConfigurationCommandInput,
  GetBucketInventoryConfigurationCommandOutput,
  ListBucketInventoryConfigurationsCommandInput,
  ListBucketInventoryConfigurationsCommandOutput,
  PutBucketInventoryConfigurationCommandInput,
  PutBucketInventoryConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { deleteConfiguration, getConfiguration, listConfigurations, putConfiguration } from './bucket-configurations.ts'
import type { Shape } from '../../wire/shape.ts'
import { malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'
/** S3 Inventory as it was asked for: configurations are kept and given back, no report is written. */

export const putBucketInventoryConfiguration = operation<
  PutBucketInventoryConfigurationCommandInput,
  PutBucketInventoryConfigurationCommandOutput
>('s3', 'PutBucketInventoryConfiguration', {
  needs: bucketNeed('s3:PutInventoryConfiguration'),
  perform: (input, permit) => {
    check(input.InventoryConfiguration)
    putConfiguration(permit, 'inventory', input, input.InventoryConfiguration)
    return {}
  },
})

export const getBucketInventoryConfiguration = operation<
  GetBucketInventoryConfigurationCommandInput,
  GetBucketInventoryConfigurationCommandOutput
>('s3', 'GetBucketInventoryConfiguration', {
  needs: bucketNeed('s3:GetInventoryConfiguration'),
  perform: (input, permit) => ({ InventoryConfiguration: getConfiguration(permit, 'inventory', input) }),
})

export const deleteBucketInventoryConfiguration = operation<
  DeleteBucketInventoryConfigurationCommandInput,
  DeleteBucketInventoryConfigurationCommandOutput
>('s3', 'DeleteBucketInventoryConfiguration', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutInventoryConfiguration'),
  perform: (input, permit) => {
    deleteConfiguration(permit, 'inventory', input)
    return {}
  },
})

export const listBucketInventoryConfigurations = operation<
  ListBucketInventoryConfigurationsCommandInput,
  ListBucketInventoryConfigurationsCommandOutput
>('s3', 'ListBucketInventoryConfigurations', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:GetInventoryConfiguration'),
  perform: (input, permit) => {
    const { list, ...page } = listConfigurations(permit, 'inventory', input)
    return { ...page, ...(list.length > 0 ? { InventoryConfigurationList: list } : {}) }
  },
})

const frequencies = new Set(['Daily', 'Weekly'])
const formats = new Set(['CSV', 'ORC', 'Parquet'])
const versions = new Set(['All', 'Current'])

/** S3 API Reference, InventoryConfiguration. */
function check({ Schedule, Destination, IncludedObjectVersions }: Shape<InventoryConfiguration>): void {
  const { Bucket: bucket, Format } = Destination.S3BucketDestination
  if (!frequencies.has(Schedule.Frequency) || !formats.has(Format) || !versions.has(IncludedObjectVersions)) {
    throw malformedXml()
  }
  if (!bucket.startsWith('arn:')) {
    throw new AwsError('InvalidS3DestinationBucket', 'Invalid bucket ARN.', 400)
  }
}
