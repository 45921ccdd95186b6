/** Freezes a JSON value all the way down, so that readers may share it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Array.isArray(value) ? value : Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}

/** Whether a JSON value is frozen all the way down: bytes never are. */
export function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen)
}

/** Runs a transaction's work and refuses an asynchronous one, whose later writes would fall outside. */
export function runSynchronously<T>(work: () => T): T {
  const result = work()
  if (result !== null && typeof result === 'object' && 'then' in result && typeof result.then === 'function') {
    throw new TypeError('a transaction must not be given an async function')
  }
  return result
}
