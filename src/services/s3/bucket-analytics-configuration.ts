import type {
  AnalyticsConfiguration,
  DeleteBucketAnalyticsConfigurationCommandInput,
  DeleteBucketAnalyticsConfigurationCommandOutput,
  GetBucketAnalyticsConfigurationCommandInput,
  GetBucketAnalyticsConfigurationCommandOutput,
  ListBucketAnalyticsConfigurationsCommandInput,
  ListBucketAnalyticsConfigurationsCommandOutput,
  PutBucketAnalyticsConfigurationCommandInput,
  PutBucketAnalyticsConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { deleteConfiguration, getConfiguration, listConfigurations, putConfiguration } from './bucket-configurations.ts'
import type { Shape } from '../../wire/shape.ts'
import { malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'
/** Storage class analysis as it was asked for: configurations are kept and given back, nothing is analysed. */

export const putBucketAnalyticsConfiguration = operation<
  PutBucketAnalyticsConfigurationCommandInput,
  PutBucketAnalyticsConfigurationCommandOutput
>('s3', 'PutBucketAnalyticsConfiguration', {
  needs: bucketNeed('s3:PutAnalyticsConfiguration'),
  perform: (input, permit) => {
    check(input.AnalyticsConfiguration)
    putConfiguration(permit, 'analytics', input, input.AnalyticsConfiguration)
    return {}
  },
})

export const getBucketAnalyticsConfiguration = operation<
  GetBucketAnalyticsConfigurationCommandInput,
  GetBucketAnalyticsConfigurationCommandOutput
>('s3', 'GetBucketAnalyticsConfiguration', {
  needs: bucketNeed('s3:GetAnalyticsConfiguration'),
  perform: (input, permit) => ({ AnalyticsConfiguration: getConfiguration(permit, 'analytics', input) }),
})

export const deleteBucketAnalyticsConfiguration = operation<
  DeleteBucketAnalyticsConfigurationCommandInput,
  DeleteBucketAnalyticsConfigurationCommandOutput
>('s3', 'DeleteBucketAnalyticsConfiguration', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutAnalyticsConfiguration'),
  perform: (input, permit) => {
    deleteConfiguration(permit, 'analytics', input)
    return {}
  },
})

export const listBucketAnalyticsConfigurations = operation<
  ListBucketAnalyticsConfigurationsCommandInput,
  ListBucketAnalyticsConfigurationsCommandOutput
>('s3', 'ListBucketAnalyticsConfigurations', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:GetAnalyticsConfiguration'),
  perform: (input, permit) => {
    const { list, ...page } = listConfigurations(permit, 'analytics', input)
    return { ...page, ...(list.length > 0 ? { AnalyticsConfigurationList: list } : {}) }
  },
})

/** S3 API Reference, StorageClassAnalysisDataExport: version V_1, as CSV. */
function check({ StorageClassAnalysis: { DataExport } }: Shape<AnalyticsConfiguration>): void {
  if (!DataExport) return
  const { OutputSchemaVersion, Destination } = DataExport
  if (OutputSchemaVersion !== 'V_1' || Destination.S3BucketDestination.Format !== 'CSV') throw malformedXml()
}
