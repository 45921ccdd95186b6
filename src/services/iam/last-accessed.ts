import type { Call, Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'

/**
 * Which services and actions users and roles try, whether they may or not: what IAM's reports of last accessed
 * information are made of. One small document for each entity and action, `ENTITY_ID/service:Action`.
 */
export interface Access {
  /** Epoch seconds. */
  readonly time: number
  readonly region: string
}

const ACCESSES = 'iam/last-accessed'
const MINUTE_MS = 60_000

/** Entity -> action -> the minute in which it was last written down. */
const written = new WeakMap<Store, Map<string, Map<string, number>>>()

/**
 * Notes an attempt. Cheap enough for every call: an action is written at most once a minute, else this compares two
 * numbers (AWS is hours late with it). A call counts for the action that it is named for, its first need; what AWS
 * checks besides, iam:PassRole above all, is no call of its own.
 */
export function recordAccess(
  { world: { store }, caller, service, operation, region, time }: Call,
  needs: readonly Need[],
): void {
  const { entityId } = caller
  if (entityId === undefined) return
  let entities = written.get(store)
  if (!entities) written.set(store, (entities = new Map()))
  let actions = entities.get(entityId)
  if (!actions) entities.set(entityId, (actions = new Map()))
  const action = needs[0]?.action ?? `${service}:${operation}`
  const minute = Math.floor(time / MINUTE_MS)
  if (actions.get(action) === minute) return
  store.put<Access>(ACCESSES, `${entityId}/${action}`, { time: Math.floor(time / 1000), region })
  actions.set(action, minute)
}

/** Action -> when and where an entity last tried it, since `from` (epoch seconds). */
export function accessesOf(store: Store, entityId: string, from: number): ReadonlyMap<string, Access> {
  const rows = store.list<Access>(ACCESSES, { prefix: `${entityId}/` }).filter(({ value }) => value.time >= from)
  return new Map(rows.map(({ key, value }) => [key.slice(entityId.length + 1), value]))
}
