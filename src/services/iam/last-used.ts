import type { Caller } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Role } from './entities.ts'

/** When and for what a key or a role was last used. */
export interface Use {
  /** Epoch seconds. */
  readonly time: number
  /** Signing name, e.g. `s3`. */
  readonly service: string
  readonly region: string
}

const USES = 'iam/last-used'
const MINUTE_MS = 60_000

/** The minute in which each key or role was last written down. */
const written = new WeakMap<Store, Map<string, number>>()

/**
 * Notes the use of a long-term key, or of a role by its session. Cheap enough for every call:
 * at most once a minute it writes, else it compares two numbers (AWS is minutes late with it, too).
 */
export function recordUse(store: Store, caller: Caller, service: string, region: string, nowMs: number): void {
  const id = caller.kind === 'role-session' ? caller.entityId : caller.accessKeyId
  if (id === undefined) return
  let minutes = written.get(store)
  if (!minutes) written.set(store, (minutes = new Map()))
  const minute = Math.floor(nowMs / MINUTE_MS)
  if (minutes.get(id) === minute) return
  store.put<Use>(USES, id, { time: Math.floor(nowMs / 1000), service, region })
  minutes.set(id, minute)
}

export function keyUse(store: Store, accessKeyId: string): Use | undefined {
  return store.get<Use>(USES, accessKeyId)
}

export function roleUse(store: Store, role: Role): Use | undefined {
  return store.get<Use>(USES, role.id)
}

export function forgetUse(store: Store, id: string): void {
  store.delete(USES, id)
}
