/**
 * Compiled parts are caches, never truth: keyed by the very document (or list of documents) that they come from, so a
 * model with one group changed recompiles that group and shares all the rest.
 */

/** `make`, once per object; forgotten with the object. */
export function perObject<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { value: V }>()
  return (key) => {
    let entry = made.get(key)
    if (entry === undefined) made.set(key, (entry = { value: make(key) }))
    return entry.value
  }
}

/** `make`, once per key, as long as the returned function lives. */
export function perKey<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, { value: V }>()
  return (key) => {
    let entry = made.get(key)
    if (entry === undefined) made.set(key, (entry = { value: make(key) }))
    return entry.value
  }
}

/** `make`, once, when first asked for. */
export function once<V>(make: () => V): () => V {
  let made: { value: V } | undefined
  return () => (made ??= { value: make() }).value
}
