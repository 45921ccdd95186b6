import type { Store } from '../../store/store.ts'
import { jobTable } from './job-table.ts'
import type { Resources, Resource } from './resources.ts'

/** Every type of resource that has tags, jobs aside (API_AddTags). */
const others: readonly Resources<Resource>[] = []

const byType = new Map(
  [...Object.values(jobTable), ...others].map((one) => [one.type, one as unknown as Resources<Resource>]),
)

/** Whether there is such a resource. */
export function isTaggable(store: Store, arn: string): boolean {
  const [, , service, region = '', account = '', rest = ''] = arn.split(':', 6)
  const slash = rest.indexOf('/')
  if (service !== 'sagemaker' || slash === -1) return false
  return byType.get(rest.slice(0, slash))?.find(store, { account, region }, rest.slice(slash + 1)) !== undefined
}
