import type {
  DescribeRegistryCommandInput,
  DescribeRegistryCommandOutput,
  GetRegistryScanningConfigurationCommandInput,
  GetRegistryScanningConfigurationCommandOutput,
  PutRegistryScanningConfigurationCommandInput,
  PutRegistryScanningConfigurationCommandOutput,
  PutReplicationConfigurationCommandInput,
  PutReplicationConfigurationCommandOutput,
} from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { registrySettings, saveRegistrySettings } from './registry-settings.ts'

export const describeRegistry = operation<DescribeRegistryCommandInput, DescribeRegistryCommandOutput>(
  'ecr',
  'DescribeRegistry',
  {
    needs: () => [need('ecr:DescribeRegistry', '*')],
    perform: (_input, { call, world }) => ({
      registryId: call.account,
      replicationConfiguration: registrySettings(world.store, call).replication ?? { rules: [] },
    }),
  },
)

/** A record: images go nowhere, and what became of them (DescribeImageReplicationStatus) answers 501. */
export const putReplicationConfiguration = operation<
  PutReplicationConfigurationCommandInput,
  PutReplicationConfigurationCommandOutput
>('ecr', 'PutReplicationConfiguration', {
  needs: () => [need('ecr:PutReplicationConfiguration', '*')],
  perform: ({ replicationConfiguration: replication }, { call, world }) => {
    world.store.transaction(() => {
      saveRegistrySettings(world.store, call, { ...registrySettings(world.store, call), replication })
    })
    return { replicationConfiguration: replication }
  },
})

const MANUAL = { scanType: 'BASIC' as const, rules: [] }

export const getRegistryScanningConfiguration = operation<
  GetRegistryScanningConfigurationCommandInput,
  GetRegistryScanningConfigurationCommandOutput
>('ecr', 'GetRegistryScanningConfiguration', {
  needs: () => [need('ecr:GetRegistryScanningConfiguration', '*')],
  perform: (_input, { call, world }) => ({
    registryId: call.account,
    scanningConfiguration: registrySettings(world.store, call).scanning ?? MANUAL,
  }),
})

/** A record: what is to be scanned. Asking for a scan, or for what one found, answers 501. */
export const putRegistryScanningConfiguration = operation<
  PutRegistryScanningConfigurationCommandInput,
  PutRegistryScanningConfigurationCommandOutput
>('ecr', 'PutRegistryScanningConfiguration', {
  needs: () => [need('ecr:PutRegistryScanningConfiguration', '*')],
  perform: ({ scanType = 'BASIC', rules = [] }, { call, world }) => {
    const scanning = { scanType, rules }
    world.store.transaction(() => {
      saveRegistrySettings(world.store, call, { ...registrySettings(world.store, call), scanning })
    })
    return { registryScanningConfiguration: scanning }
  },
})
