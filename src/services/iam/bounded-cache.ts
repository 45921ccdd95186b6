/** A map that forgets what was not used lately, once what it holds weighs too much. */
export interface Bounded<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V, weight: number): void
}

interface Kept<V> {
  readonly value: V
  readonly weight: number
}

/**
 * Two generations stand in for a list of uses: when the young one weighs half of `limit` it becomes the old one, and the
 * old one goes. So at most `limit` is held, and the last thing that was put in, however much it weighs.
 */
export function boundedCache<K, V>(limit: number): Bounded<K, V> {
  let young = new Map<K, Kept<V>>()
  let old = new Map<K, Kept<V>>()
  let weight = 0
  function keep(key: K, kept: Kept<V>): void {
    if (young.size > 0 && weight + kept.weight > limit / 2) {
      old = young
      young = new Map()
      weight = 0
    }
    weight += kept.weight - (young.get(key)?.weight ?? 0)
    young.set(key, kept)
  }
  return {
    set: (key, value, heavy) => keep(key, { value, weight: heavy }),
    get(key) {
      const hit = young.get(key)
      if (hit) return hit.value
      const aged = old.get(key)
      if (!aged) return undefined
      old.delete(key)
      keep(key, aged)
      return aged.value
    },
  }
}
