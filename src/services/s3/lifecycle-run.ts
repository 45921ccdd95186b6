import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { BUCKETS, findBucket, type Bucket } from './bucket.ts'
import { removeCurrent } from './delete-object.ts'
import { applies, daysAfter, type Lifecycle } from './lifecycle.ts'
import { dueAction, type Action, type Placed } from './lifecycle-actions.ts'
import { isLocked } from './object-lock.ts'
import { dropUpload, findUpload, UPLOADS, type Upload } from './upload.ts'
import { objectKey } from './object.ts'
import { NULL_VERSION } from './version-id.ts'
import { versionsInOrder, type ListedVersion } from './version-listing.ts'
import { findVersion, removeVersion, rewriteObject, sequenceOfVersion } from './versions.ts'

/** Versions looked at before others get their turn. */
const BATCH = 500

interface Due {
  placed: Placed
  action: Action
}

/**
 * Applies the lifecycle of one bucket as it stands at this moment. It is S3's own work: no call, no policy is asked
 * (S3 User Guide, "Expiring objects"), but what is locked stays. A batch is one transaction; each version is looked up again in it.
 */
export async function runLifecycle(world: World, name: string, stopped = () => false): Promise<void> {
  const lifecycle = findBucket(world.store, name)?.lifecycle
  if (!lifecycle) return
  const now = world.now() / 1000
  let due: Due[] = []
  let looked = 0
  for (const placed of inPlace(versionsInOrder(world.store, name, ''))) {
    const action = dueAction(lifecycle, placed, now)
    if (action) due.push({ placed, action })
    if (++looked % BATCH > 0) continue
    apply(world, name, lifecycle, due)
    due = []
    await nextTurn()
    if (stopped()) return
  }
  apply(world, name, lifecycle, due)
  await abortUploads(world, name, lifecycle, now, stopped)
}

/** Each version beside what its neighbours say of it. */
function* inPlace(versions: Iterable<ListedVersion>): Iterable<Placed> {
  let held: Placed | undefined
  for (const version of versions) {
    const sameKey = held?.version.key === version.key
    if (held) yield { ...held, isOnly: held.isLatest && !sameKey }
    const newer = sameKey ? held!.version : undefined
    held = {
      version,
      isLatest: version.isLatest,
      isOnly: false,
      newerNoncurrent: newer && !held!.isLatest ? held!.newerNoncurrent + 1 : 0,
      ...(newer ? { noncurrentSince: (newer.object ?? newer.marker).lastModified } : {}),
    }
  }
  if (held) yield { ...held, isOnly: held.isLatest }
}

function apply(world: World, name: string, lifecycle: Lifecycle, due: readonly Due[]): void {
  if (due.length === 0) return
  world.store.transaction(() => {
    const bucket = findBucket(world.store, name)
    if (!bucket || !isDeepStrictEqual(bucket.lifecycle, lifecycle)) return
    for (const one of due) applyOne(world, bucket, one)
  })
}

function applyOne(world: World, bucket: Bucket, { placed: { version, isLatest }, action }: Due): void {
  const { store } = world
  const { key } = version
  const id = (version.object ?? version.marker).versionId ?? NULL_VERSION
  const there = findVersion(store, bucket.name, key, id)
  if (!there || sequenceOfVersion(there) !== sequenceOfVersion(version)) return
  if (isLatest && newestIsAnother(world, bucket.name, there)) return
  if (action === 'expire') removeCurrent(world, bucket, key)
  else if (action === 'remove') {
    if (!there.object || !isLocked(there.object, world.now(), false)) removeVersion(world, bucket.name, key, id)
  } else if (there.object) {
    rewriteObject(store, bucket.name, key, { ...there.object, storageClass: action.transition })
  }
}

/** Whether a key was written to since the batch was read. */
function newestIsAnother({ store }: World, bucket: string, version: Placed['version']): boolean {
  const newest = versionsInOrder(store, bucket, version.key).next()
  return (
    !newest.value || newest.value.key !== version.key || sequenceOfVersion(newest.value) !== sequenceOfVersion(version)
  )
}

async function abortUploads(
  world: World,
  name: string,
  { rules }: Lifecycle,
  now: number,
  stopped: () => boolean,
): Promise<void> {
  const aborting = rules.filter((rule) => rule.AbortIncompleteMultipartUpload !== undefined)
  if (aborting.length === 0) return
  let after: string | undefined
  for (;;) {
    const rows = world.store.list<Upload>(UPLOADS, {
      prefix: objectKey(name, ''),
      limit: BATCH,
      ...(after === undefined ? {} : { after }),
    })
    const due = rows.filter(({ value: { key, initiated } }) =>
      aborting.some(
        (rule) =>
          applies(rule, { key, size: 0, tags: {} }) &&
          daysAfter(initiated, rule.AbortIncompleteMultipartUpload!.DaysAfterInitiation!) <= now,
      ),
    )
    for (const { value: upload } of due) {
      world.store.transaction(() => {
        if (findUpload(world.store, name, upload.key, upload.id)) dropUpload(world, upload)
      })
    }
    after = rows.at(-1)?.key
    if (rows.length < BATCH || stopped()) return
    await nextTurn()
  }
}

/** How often it is looked whether a day has begun, or a configuration was put. */
const CHECK_MS = 10_000

/** Runs every bucket's lifecycle once a day, at midnight UTC, and when it was changed; one bucket at a time. */
export function keepLifecycles(world: World): Upkeep {
  const done = new Map<string, { day: number; lifecycle: Lifecycle }>()
  return repeat(world, { everyMs: CHECK_MS, failure: 'lifecycle put off' }, async (stopped) => {
    const day = Math.floor(world.now() / 86_400_000)
    for (const { key: name, value: bucket } of world.store.list<Bucket>(BUCKETS)) {
      const { lifecycle } = bucket
      const before = done.get(name)
      if (stopped() || !lifecycle || (before?.day === day && isDeepStrictEqual(before.lifecycle, lifecycle))) continue
      done.set(name, { day, lifecycle })
      await runLifecycle(world, name, stopped)
    }
  })
}
