import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'

/** Policies by level, the root's first; undefined where none of the kind applies. */
export type Levels = readonly (readonly CompiledPolicy[])[]

/** The SCPs that bind the principals of an account; none outside an organization and for its management account. */
export function scps(_store: Store, _account: string): Levels | undefined {
  return undefined
}

/** The RCPs that bind an action on resources of an account; only some services know them. */
export function rcps(_store: Store, _account: string, _action: string): Levels | undefined {
  return undefined
}
