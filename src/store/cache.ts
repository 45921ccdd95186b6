/**
 * A map that forgets what was not used lately. Two generations stand in for a list of uses:
 * when the young one is full it becomes the old one, so at most `max` entries are held and a hit costs one look-up.
 */
export interface Cache<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

export function recentlyUsed<V>(max: number): Cache<V> {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  function set(key: string, value: V): void {
    if (young.size >= max / 2) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    set,
    get(key) {
      const hit = young.get(key)
      if (hit !== undefined) return hit
      const aged = old.get(key)
      if (aged !== undefined) {
        old.delete(key)
        set(key, aged)
      }
      return aged
    },
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
  }
}
