import type { FeatureGroup } from '../sagemaker/feature-store/feature-group.ts'
import { refuseNotBuilt } from '../sagemaker/not-built.ts'
import { mustBeOnline } from './online-store.ts'

/** Without TargetStores a record goes to every store of its group; files of an offline store are not written here. */
export function checkTargets(operation: string, group: FeatureGroup, targets: readonly string[] | undefined): void {
  const { OfflineStoreConfig: offline } = group.description
  refuseNotBuilt(operation, {
    'TargetStores other than OnlineStore of a feature group with an OfflineStore':
      offline && (targets === undefined || targets.includes('OfflineStore')),
  })
  mustBeOnline(group)
}
