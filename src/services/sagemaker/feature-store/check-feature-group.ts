import type { CreateFeatureGroupCommandInput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { refuseNotBuilt } from '../not-built.ts'
import type { Feature } from './feature-group.ts'

type Input = Shape<CreateFeatureGroupCommandInput>

/** API_FeatureDefinition: names that the offline store has columns of its own for. */
const reserved = ['is_deleted', 'write_time', 'api_invocation_time']

/** API_CreateFeatureGroup: what members ask of each other. Pure. Sentences inferred but for the first. */
export function checkFeatureGroup(input: Input): void {
  const { FeatureDefinitions: features, OnlineStoreConfig: online, OfflineStoreConfig: offline } = input
  if (!online?.EnableOnlineStore && !offline) {
    // facts: public reports of the live service
    refuse(
      'OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of them and retry the request.',
    )
  }
  refuseNotBuilt('CreateFeatureGroup', {
    'OfflineStoreConfig without DisableGlueTableCreation (AWS Glue is not served)':
      offline && !offline.DisableGlueTableCreation,
    'OfflineStoreConfig.DataCatalogConfig (AWS Glue is not served)': offline?.DataCatalogConfig,
    'OfflineStoreConfig.TableFormat Iceberg': offline?.TableFormat === 'Iceberg',
  })
  if (offline && input.RoleArn === undefined) refuse('RoleArn is required when the OfflineStore is enabled.')
  if (offline) parseS3Uri(offline.S3StorageConfig.S3Uri)
  checkFeatures(features)
  const named = (name: string, member: string): Feature =>
    features.find(({ FeatureName }) => FeatureName === name) ??
    refuse(`${member} ${name} is not one of the FeatureDefinitions.`)
  named(input.RecordIdentifierFeatureName, 'RecordIdentifierFeatureName')
  const time = named(input.EventTimeFeatureName, 'EventTimeFeatureName')
  if (time.FeatureType === 'Integral') refuse('The EventTime feature must be of type String or Fractional.')
  if (features.some(({ CollectionType }) => CollectionType) && online?.StorageType !== 'InMemory') {
    refuse('Collection types are only supported by an OnlineStore of StorageType InMemory.')
  }
  checkThroughput(input.ThroughputConfig)
}

export function checkFeatures(features: readonly Feature[]): void {
  const names = features.map(({ FeatureName }) => FeatureName)
  if (new Set(names).size !== names.length) refuse('Feature names must be unique.')
  const taken = names.find((name) => reserved.includes(name))
  if (taken !== undefined) refuse(`Feature name ${taken} is reserved.`)
}

/** API_ThroughputConfig: units are for the provisioned mode, and that needs both. */
export function checkThroughput(
  throughput:
    | { ThroughputMode?: string; ProvisionedReadCapacityUnits?: number; ProvisionedWriteCapacityUnits?: number }
    | undefined,
): void {
  const given = [throughput?.ProvisionedReadCapacityUnits, throughput?.ProvisionedWriteCapacityUnits].filter(
    (units) => units !== undefined,
  )
  if (throughput?.ThroughputMode === 'Provisioned' ? given.length !== 2 : given.length !== 0) {
    refuse('ProvisionedReadCapacityUnits and ProvisionedWriteCapacityUnits are for ThroughputMode Provisioned alone.')
  }
}

export function refuse(message: string): never {
  throw new AwsError('ValidationException', `Validation Error: ${message}`)
}
