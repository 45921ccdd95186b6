import type { ListInput } from '../resources.ts'

/** Two of Studio's lists call the shared members ModifiedTime… instead of LastModifiedTime…. */
export function listInput(
  input: ListInput & { ModifiedTimeAfter?: number | undefined; ModifiedTimeBefore?: number | undefined },
): ListInput {
  const { ModifiedTimeAfter, ModifiedTimeBefore, ...shared } = input
  return { ...shared, LastModifiedTimeAfter: ModifiedTimeAfter, LastModifiedTimeBefore: ModifiedTimeBefore }
}
