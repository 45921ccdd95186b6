import type { Store } from '../../store/store.ts'
import { groupKey, type GroupId } from './log-group.ts'

/** Document `logs/size`, keyed as the group: what DescribeLogGroups tells, kept as events come and go. */
interface Size {
  storedBytes: number
}

export function storedBytes(store: Store, group: GroupId): number {
  return store.get<Size>('logs/size', groupKey(group))?.storedBytes ?? 0
}

/** Within the transaction that adds or removes the events. */
export function addStoredBytes(store: Store, group: GroupId, bytes: number): void {
  if (bytes !== 0) store.put<Size>('logs/size', groupKey(group), { storedBytes: storedBytes(store, group) + bytes })
}
