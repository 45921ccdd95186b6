import type { Store } from '../../store/store.ts'
import type { Place, Resource, Resources } from './resources.ts'
import { removeTags, tagsOf } from './tags.ts'

/** Deletes a resource with its tags. Throws AWS's answer for a name that it does not know. */
export function deleteResource<R extends Resource>(
  store: Store,
  resources: Resources<R>,
  { account, region }: Place,
  name: string,
): void {
  store.transaction(() => {
    const { arn } = resources.must(store, { account, region }, name)
    resources.delete(store, { account, region, name })
    removeTags(store, arn, Object.keys(tagsOf(store, arn)))
  })
}
