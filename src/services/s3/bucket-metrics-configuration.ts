import type {
  MetricsConfiguration,
  DeleteBucketMetricsConfigurationCommandInput,
  DeleteBucketMetricsConfigurationCommandOutput,
  GetBucketMetricsConfigurationCommandInput,
  GetBucketMetricsConfigurationCommandOutput,
  ListBucketMetricsConfigurationsCommandInput,
  ListBucketMetricsConfigurationsCommandOutput,
  PutBucketMetricsConfigurationCommandInput,
  PutBucketMetricsConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { deleteConfiguration, getConfiguration, listConfigurations, putConfiguration } from './bucket-configurations.ts'
import type { Shape } from '../../wire/shape.ts'
import { malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'
/** Request metrics as they were asked for: configurations are kept and given back, nothing is measured. */

export const putBucketMetricsConfiguration = operation<
  PutBucketMetricsConfigurationCommandInput,
  PutBucketMetricsConfigurationCommandOutput
>('s3', 'PutBucketMetricsConfiguration', {
  needs: bucketNeed('s3:PutMetricsConfiguration'),
  perform: (input, permit) => {
    check(input.MetricsConfiguration)
    putConfiguration(permit, 'metrics', input, input.MetricsConfiguration)
    return {}
  },
})

export const getBucketMetricsConfiguration = operation<
  GetBucketMetricsConfigurationCommandInput,
  GetBucketMetricsConfigurationCommandOutput
>('s3', 'GetBucketMetricsConfiguration', {
  needs: bucketNeed('s3:GetMetricsConfiguration'),
  perform: (input, permit) => ({ MetricsConfiguration: getConfiguration(permit, 'metrics', input) }),
})

export const deleteBucketMetricsConfiguration = operation<
  DeleteBucketMetricsConfigurationCommandInput,
  DeleteBucketMetricsConfigurationCommandOutput
>('s3', 'DeleteBucketMetricsConfiguration', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutMetricsConfiguration'),
  perform: (input, permit) => {
    deleteConfiguration(permit, 'metrics', input)
    return {}
  },
})

export const listBucketMetricsConfigurations = operation<
  ListBucketMetricsConfigurationsCommandInput,
  ListBucketMetricsConfigurationsCommandOutput
>('s3', 'ListBucketMetricsConfigurations', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:GetMetricsConfiguration'),
  perform: (input, permit) => {
    const { list, ...page } = listConfigurations(permit, 'metrics', input)
    return { ...page, ...(list.length > 0 ? { MetricsConfigurationList: list } : {}) }
  },
})

/** A filter is one thing; several go into `And`. */
function check({ Filter }: Shape<MetricsConfiguration>): void {
  if (Filter !== undefined && Object.keys(Filter).length !== 1) throw malformedXml()
}
