import type { World } from '../../world.ts'
import type { GroupId } from './log-group.ts'

/** Events that were just taken in, told to whoever listens in this process: live tails. */
export interface Arrival {
  group: GroupId
  stream: string
  ingestionTime: number
  events: readonly { timestamp: number; message: string }[]
}

type Listener = (arrival: Arrival) => void

const listeners = new WeakMap<World, Set<Listener>>()

/** Returns what ends it. */
export function listenTo(world: World, listener: Listener): () => void {
  let all = listeners.get(world)
  if (!all) listeners.set(world, (all = new Set()))
  all.add(listener)
  return () => void all.delete(listener)
}

/** After the events are in the store. */
export function tell(world: World, arrival: Arrival): void {
  for (const listener of listeners.get(world) ?? []) listener(arrival)
}
