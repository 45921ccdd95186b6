import type { Call } from '../../door/call.ts'
import { recordedCaller } from '../../door/record.ts'
import type { World } from '../../world.ts'
import type { Bucket } from './bucket.ts'

/**
 * Bucket keys: S3 keeps a bucket-level data key for a short time and asks KMS less often, but at least once for each requester
 * (S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys"). Here a key is kept for the caller, and the
 * way by which it came, that KMS allowed it to; and only as long as no principal, policy, key or grant has changed since, so
 * that what was taken from somebody is taken at once. Only conditions on the time may answer a minute late.
 */
const KEEP_MS = 60_000
const MAX_KEPT = 1000

/** Kinds of documents that KMS's decision rests on. */
const deciding = [
  'iam/user',
  'iam/group',
  'iam/role',
  'iam/policy',
  'kms/key',
  'kms/alias',
  'kms/grant',
  'organizations/organization',
  'organizations/account',
  'organizations/unit',
  'organizations/policy',
  'organizations/attachments',
]

interface Kept {
  value: Promise<unknown>
  epoch: number
  until: number
}

const keptBy = new WeakMap<World, Map<string, Kept>>()

/** What `ask` gave for the same question of the same caller a moment ago, or gives now; a refusal is not kept. */
export async function askedOnce<T>(
  { call, bucket, question }: { call: Call; bucket: Bucket; question: string },
  ask: () => Promise<T>,
): Promise<T> {
  const { world, caller } = call
  // A session's own policies have no name to know them by.
  if (caller.sessionPolicies) return ask()
  let kept = keptBy.get(world)
  if (!kept) keptBy.set(world, (kept = new Map()))
  const { region, way, calledVia } = call
  const id = JSON.stringify([
    bucket.name,
    bucket.createdAt,
    question,
    recordedCaller(caller),
    region,
    way.context,
    calledVia,
  ])
  const epoch = deciding.reduce((sum, kind) => sum + world.store.epoch(kind), 0)
  const now = world.now()
  const found = kept.get(id)
  if (found && found.epoch === epoch && found.until > now) return found.value as Promise<T>
  const value = ask()
  if (kept.size >= MAX_KEPT) kept.clear()
  kept.set(id, { value, epoch, until: now + KEEP_MS })
  value.catch(() => kept.delete(id))
  return value
}
