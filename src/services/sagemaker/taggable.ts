import type { Store } from '../../store/store.ts'
import { endpointConfigs } from './endpoint-config/endpoint-config.ts'
import { featureGroups } from './feature-store/feature-group.ts'
import { flowDefinitions } from './ground-truth/flow-definition.ts'
import { humanTaskUis } from './ground-truth/human-task-ui.ts'
import { labelingJobs } from './ground-truth/labeling-job.ts'
import { workforces } from './ground-truth/workforce.ts'
import { workteams } from './ground-truth/workteam.ts'
import { images } from './image/image.ts'
import { jobTable } from './job-table.ts'
import { models } from './model/model.ts'
import { jobDefinitions } from './monitoring/job-definition.ts'
import { monitoringSchedules } from './monitoring/monitoring-schedule.ts'
import { codeRepositories } from './notebook/code-repository.ts'
import { lifecycleConfigs } from './notebook/lifecycle-config.ts'
import { notebookInstances } from './notebook/notebook-instance.ts'
import type { Resources, Resource } from './resources.ts'
import { appImageConfigs } from './studio/app-image-config.ts'
import { apps } from './studio/app.ts'
import { domains } from './studio/domain.ts'
import { spaces } from './studio/space.ts'
import { studioLifecycleConfigs } from './studio/studio-lifecycle-config.ts'
import { userProfiles } from './studio/user-profile.ts'

/** Every type of resource that has tags, jobs aside (API_AddTags). */
const others: readonly { type: string }[] = [
  models,
  endpointConfigs,
  codeRepositories,
  lifecycleConfigs,
  notebookInstances,
  images,
  domains,
  userProfiles,
  spaces,
  apps,
  studioLifecycleConfigs,
  appImageConfigs,
  featureGroups,
  flowDefinitions,
  humanTaskUis,
  labelingJobs,
  monitoringSchedules,
  workforces,
  workteams,
  ...Object.values(jobDefinitions),
]

const byType = new Map(
  [...Object.values(jobTable), ...others].map((one) => [one.type, one as unknown as Resources<Resource>]),
)

/** Whether there is such a resource. */
export function isTaggable(store: Store, arn: string): boolean {
  return findTaggable(store, arn) !== undefined
}

/** A resource of any type by its ARN. */
export function findTaggable(store: Store, arn: string): Resource | undefined {
  const [, , service, region = '', account = '', rest = ''] = arn.split(':', 6)
  const slash = rest.indexOf('/')
  if (service !== 'sagemaker' || slash === -1) return undefined
  return byType.get(rest.slice(0, slash))?.find(store, { account, region }, rest.slice(slash + 1))
}
