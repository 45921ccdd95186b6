import type { CreateFeatureGroupCommandInput, CreateFeatureGroupCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { putTags } from '../tags.ts'
import { checkFeatureGroup } from './check-feature-group.ts'
import { featureGroups, type FeatureGroup } from './feature-group.ts'
import { newDataKey } from './online-key.ts'
import { settleFeatureGroup } from './settle-feature-group.ts'

type Input = Shape<CreateFeatureGroupCommandInput>

/** Order of the checks: facts errors.md B2. What the role may do with the offline store's bucket is seen while it is made. */
export const createFeatureGroup = operation<CreateFeatureGroupCommandInput, CreateFeatureGroupCommandOutput>(
  'sagemaker',
  'CreateFeatureGroup',
  {
    needs: (input, call) => [
      ...toCreate(call, featureGroups.arn(call, input.FeatureGroupName), input.Tags, featureGroupKeys(input)),
      ...passesRole(call, input.RoleArn),
    ],
    async perform(input, permit) {
      const { call, world } = permit
      const { account, region } = call
      const { FeatureGroupName: name, RoleArn: roleArn } = input
      const arn = featureGroups.arn(call, name)
      refuseForeignRole(call, roleArn)
      checkFeatureGroup(input)
      refuseTaken(permit, name)
      if (roleArn !== undefined) await checkTrust(new Acting(world, { roleArn, arn, account, region }), roleArn)
      const key = input.OnlineStoreConfig?.EnableOnlineStore && input.OnlineStoreConfig.SecurityConfig?.KmsKeyId
      const dataKey = key ? await newDataKey(permit, arn, key) : undefined

      const group = newGroup(input, arn, permit, dataKey)
      world.store.transaction(() => {
        refuseTaken(permit, name)
        featureGroups.save(world.store, group)
        putTags(world.store, arn, input.Tags)
        putUnsettled(world.store, group)
      })
      settleSoon(world, group, settleFeatureGroup)
      return { FeatureGroupArn: arn }
    },
  },
)

/** Service Authorization Reference, CreateFeatureGroup; what FeatureGroupOfflineStoreConfig holds is not documented. */
function featureGroupKeys({ OnlineStoreConfig: online, OfflineStoreConfig: offline }: Input): ContextValues {
  const keys: Record<string, string | undefined> = {
    'sagemaker:FeatureGroupEnableOnlineStore': String(online?.EnableOnlineStore ?? false),
    'sagemaker:FeatureGroupOnlineStoreKmsKeyArn': online?.SecurityConfig?.KmsKeyId,
    'sagemaker:FeatureGroupDisableGlueTableCreation': offline && String(offline.DisableGlueTableCreation ?? false),
    'sagemaker:FeatureGroupOfflineStoreKmsKeyArn': offline?.S3StorageConfig.KmsKeyId,
    'sagemaker:FeatureGroupOfflineStoreS3Uri': offline?.S3StorageConfig.S3Uri,
  }
  return Object.fromEntries(Object.entries(keys).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** The sentence is second-hand (facts: errors.md, mark MOTO). */
function refuseTaken({ call, world }: Permit, name: string): void {
  if (featureGroups.find(world.store, call, name)) {
    throw new AwsError(
      'ResourceInUse',
      `Resource Already Exists: FeatureGroup with name ${name} already exists. Choose a different name.\nInfo: Feature Group '${name}' already exists.`,
    )
  }
}

function newGroup(
  { Tags: _, OfflineStoreConfig: offline, OnlineStoreConfig: online, ThroughputConfig, ...request }: Input,
  arn: string,
  { call, world }: Permit,
  dataKey: string | undefined,
): FeatureGroup {
  const now = call.time / 1000
  const { FeatureGroupName: name, FeatureDefinitions: features } = request
  // Developer Guide, "Offline store": s3://…/ACCOUNT/sagemaker/REGION/offline-store/NAME-EPOCH/data
  const folder = offline?.S3StorageConfig.S3Uri.replace(/\/+$/, '')
  const ResolvedOutputS3Uri = `${folder}/${call.account}/sagemaker/${call.region}/offline-store/${name}-${Math.floor(now)}/data`
  return {
    account: call.account,
    region: call.region,
    name,
    arn,
    id: world.hex(16),
    metadata: Object.fromEntries(
      features.map(({ FeatureName }) => [FeatureName, { CreationTime: now, LastModifiedTime: now }]),
    ),
    ...(dataKey !== undefined && { dataKey }),
    description: {
      ...request,
      FeatureGroupArn: arn,
      FeatureGroupStatus: 'Creating',
      CreationTime: now,
      LastModifiedTime: now,
      ...(online && { OnlineStoreConfig: { ...online, ...(online.EnableOnlineStore && storage(online)) } }),
      ...(offline && {
        OfflineStoreConfig: {
          ...offline,
          S3StorageConfig: { ...offline.S3StorageConfig, ResolvedOutputS3Uri },
          TableFormat: offline.TableFormat ?? 'Glue',
        },
      }),
      ...(online?.EnableOnlineStore && { ThroughputConfig: ThroughputConfig ?? { ThroughputMode: 'OnDemand' } }),
    },
  }
}

const storage = ({ StorageType }: NonNullable<Input['OnlineStoreConfig']>) => ({
  StorageType: StorageType ?? 'Standard',
})
