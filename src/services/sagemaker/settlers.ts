import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { settleFeatureGroup } from './feature-store/settle-feature-group.ts'
import { settleFlowDefinition } from './ground-truth/flow-definition.ts'
import { settleLabelingJob } from './ground-truth/settle-labeling-job.ts'
import { settleMonitoringSchedule } from './monitoring/settle-monitoring-schedule.ts'
import { settleNotebookInstance } from './notebook/settle-notebook-instance.ts'
import { settleImageVersion } from './image/settle-image-version.ts'
import { settleImage } from './image/settle-image.ts'
import { settleApp } from './studio/settle-app.ts'
import { settleDomain } from './studio/settle-domain.ts'
import { settleSpace } from './studio/space.ts'
import { settleUserProfile } from './studio/user-profile.ts'
import { allSettled, isSettling, settleSoon, unsettled, type Settle } from './settling.ts'

/** How each type of resource comes to its next lasting state. */
const settlers: Readonly<Record<string, Settle>> = {
  app: settleApp,
  domain: settleDomain,
  image: settleImage,
  'image-version': settleImageVersion,
  space: settleSpace,
  'user-profile': settleUserProfile,
  'feature-group': settleFeatureGroup,
  'flow-definition': settleFlowDefinition,
  'labeling-job': settleLabelingJob,
  'monitoring-schedule': settleMonitoringSchedule,
  'notebook-instance': settleNotebookInstance,
}

const everyMs = 30_000

/** After a start, and where something failed: goes on with what was on its way. */
export function keepSettling(world: World): Upkeep {
  const failure = 'resources on their way could not be looked after'
  const upkeep = repeat(world, { everyMs, atOnce: true, failure }, () => {
    for (const arn of unsettled(world.store)) {
      const [, , , region = '', account = '', rest = ''] = arn.split(':', 6)
      const slash = rest.indexOf('/')
      const settle = settlers[rest.slice(0, slash)]
      if (!settle || isSettling(world, arn)) continue
      settleSoon(world, { arn, account, region, name: rest.slice(slash + 1) }, settle)
    }
  })
  return {
    async stop() {
      await upkeep.stop()
      await allSettled(world)
    },
  }
}
