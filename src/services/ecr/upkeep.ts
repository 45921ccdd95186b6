import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { collectGarbage } from './garbage.ts'
import { deleteImageDocument, imagesOf } from './image.ts'
import { evaluateLifecycle } from './lifecycle-evaluate.ts'
import { LIFECYCLE_POLICIES, type LifecyclePolicy } from './lifecycle-policy.ts'
import { parseLifecyclePolicy } from './lifecycle-rules.ts'
import type { RepositoryId } from './repository.ts'

const MINUTE_MS = 60_000
const HOUR_SECONDS = 3600

/** What Amazon ECR does by itself, now and once a minute: lifecycle policies, and layers that nobody needs. */
export function keepRegistries(world: World): Upkeep {
  const failure = 'upkeep of the registries failed; it is tried again in a minute'
  return repeat(world, { everyMs: MINUTE_MS, atOnce: true, failure }, () => {
    expireImages(world)
    collectGarbage(world)
  })
}

/** Carries every lifecycle policy out (AWS: "within 24 hours"). Nobody's permission is asked, as on AWS: it is the service's own deed. */
export function expireImages(world: World): void {
  for (const { key } of world.store.list<LifecyclePolicy>(LIFECYCLE_POLICIES)) {
    const [account = '', region = '', ...name] = key.split('/')
    world.store.transaction(() => expireIn(world, { account, region, name: name.join('/') }, key))
  }
}

function expireIn(world: World, id: RepositoryId, key: string): void {
  const policy = world.store.get<LifecyclePolicy>(LIFECYCLE_POLICIES, key)
  if (!policy) return
  const now = world.now() / 1000
  const going = evaluateLifecycle(imagesOf(world, id), parseLifecyclePolicy(policy.text), now)
  for (const { image } of going) deleteImageDocument(world, id, image)
  if (going.length > 0 || now - policy.evaluatedAt >= HOUR_SECONDS)
    world.store.put<LifecyclePolicy>(LIFECYCLE_POLICIES, key, { ...policy, evaluatedAt: now })
  if (going.length > 0)
    world.log.info({ repository: id.name, images: going.map(({ image }) => image.imageDigest) }, 'lifecycle policy')
}
