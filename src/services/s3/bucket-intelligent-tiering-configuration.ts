import type {
  IntelligentTieringConfiguration,
  DeleteBucketIntelligentTieringConfigurationCommandInput,
  DeleteBucketIntelligentTieringConfigurationCommandOutput,
  GetBucketIntelligentTieringConfigurationCommandInput,
  GetBucketIntelligentTieringConfigurationCommandOutput,
  ListBucketIntelligentTieringConfigurationsCommandInput,
  ListBucketIntelligentTieringConfigurationsCommandOutput,
  PutBucketIntelligentTieringConfigurationCommandInput,
  PutBucketIntelligentTieringConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { deleteConfiguration, getConfiguration, listConfigurations, putConfiguration } from './bucket-configurations.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalidRequest, malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'
/** Archive tiers of S3 Intelligent-Tiering as they were asked for: configurations are kept and given back, nothing is moved. */

export const putBucketIntelligentTieringConfiguration = operation<
  PutBucketIntelligentTieringConfigurationCommandInput,
  PutBucketIntelligentTieringConfigurationCommandOutput
>('s3', 'PutBucketIntelligentTieringConfiguration', {
  needs: bucketNeed('s3:PutIntelligentTieringConfiguration'),
  perform: (input, permit) => {
    check(input.IntelligentTieringConfiguration)
    putConfiguration(permit, 'intelligentTiering', input, input.IntelligentTieringConfiguration)
    return {}
  },
})

export const getBucketIntelligentTieringConfiguration = operation<
  GetBucketIntelligentTieringConfigurationCommandInput,
  GetBucketIntelligentTieringConfigurationCommandOutput
>('s3', 'GetBucketIntelligentTieringConfiguration', {
  needs: bucketNeed('s3:GetIntelligentTieringConfiguration'),
  perform: (input, permit) => ({
    IntelligentTieringConfiguration: getConfiguration(permit, 'intelligentTiering', input),
  }),
})

export const deleteBucketIntelligentTieringConfiguration = operation<
  DeleteBucketIntelligentTieringConfigurationCommandInput,
  DeleteBucketIntelligentTieringConfigurationCommandOutput
>('s3', 'DeleteBucketIntelligentTieringConfiguration', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutIntelligentTieringConfiguration'),
  perform: (input, permit) => {
    deleteConfiguration(permit, 'intelligentTiering', input)
    return {}
  },
})

export const listBucketIntelligentTieringConfigurations = operation<
  ListBucketIntelligentTieringConfigurationsCommandInput,
  ListBucketIntelligentTieringConfigurationsCommandOutput
>('s3', 'ListBucketIntelligentTieringConfigurations', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:GetIntelligentTieringConfiguration'),
  perform: (input, permit) => {
    const { list, ...page } = listConfigurations(permit, 'intelligentTiering', input)
    return { ...page, ...(list.length > 0 ? { IntelligentTieringConfigurationList: list } : {}) }
  },
})

/** Days until an object may go to a tier (S3 API Reference, Tiering). */
const tiers = new Map<string, [least: number, most: number]>([
  ['ARCHIVE_ACCESS', [90, 730]],
  ['DEEP_ARCHIVE_ACCESS', [180, 730]],
])

function check({ Status, Tierings }: Shape<IntelligentTieringConfiguration>): void {
  if (Status !== 'Enabled' && Status !== 'Disabled') throw malformedXml()
  for (const { AccessTier, Days } of Tierings) {
    const bounds = tiers.get(AccessTier)
    if (!bounds) throw malformedXml()
    if (Days < bounds[0] || Days > bounds[1]) {
      throw invalidRequest(`The days for ${AccessTier} must be between ${bounds[0]} and ${bounds[1]}.`) // inferred
    }
  }
}
