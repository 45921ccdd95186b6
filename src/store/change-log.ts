/** How often each kind was written to, and which keys lately. */
interface ChangeLog {
  add(kind: string, key: string): void
  epoch(kind: string): number
  /** Undefined when `since` lies further back than is remembered, or ahead. */
  changes(kind: string, since: number): readonly string[] | undefined
}

/** Keys remembered for each kind, at least; twice as many before the older half is forgotten. */
const REMEMBERED = 1000

export function changeLog(): ChangeLog {
  const kinds = new Map<string, { forgotten: number; keys: string[] }>()
  const epoch = (kind: string): number => {
    const log = kinds.get(kind)
    return log ? log.forgotten + log.keys.length : 0
  }
  return {
    epoch,
    add(kind, key) {
      let log = kinds.get(kind)
      if (!log) kinds.set(kind, (log = { forgotten: 0, keys: [] }))
      log.keys.push(key)
      if (log.keys.length < 2 * REMEMBERED) return
      log.forgotten += REMEMBERED
      log.keys = log.keys.slice(REMEMBERED)
    },
    changes(kind, since) {
      const log = kinds.get(kind)
      const at = since - (log?.forgotten ?? 0)
      return at < 0 || since > epoch(kind) ? undefined : (log?.keys.slice(at) ?? [])
    },
  }
}
