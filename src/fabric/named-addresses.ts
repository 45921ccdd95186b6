/** Addresses that names have led to, for as long as their records say, and ports that the names open. */
export interface NamedAddresses {
  /** Seconds. Says whether anything that is open changed. */
  remember(address: string, ports: readonly number[], ttl: number): boolean
  open(): { address: string; ports: readonly number[] }[]
  admits(address: string, port: number): boolean
  /** Forgets what is over, and says for how many milliseconds the next is good; undefined: nothing is left. */
  expire(): number | undefined
}

/** A program keeps an address for longer than its record says: one that was given out is good for five minutes at least. */
const FLOOR_S = 300
const CEILING_S = 86_400
/** Per VPC; the one that is over first makes room. */
const MOST = 1024

/** `now`: milliseconds. */
export function namedAddresses(now: () => number, most = MOST): NamedAddresses {
  const known = new Map<string, Map<number, number>>()
  const last = (ports: ReadonlyMap<number, number>) => Math.max(...ports.values())
  return {
    remember(address, ports, ttl) {
      const until = now() + Math.min(CEILING_S, Math.max(FLOOR_S, ttl)) * 1000
      const kept = known.get(address) ?? new Map<number, number>()
      const isNew = ports.some((port) => !kept.has(port))
      for (const port of ports) kept.set(port, Math.max(until, kept.get(port) ?? 0))
      known.set(address, kept)
      if (known.size > most) {
        const others = [...known].filter(([one]) => one !== address)
        const [first] = others.toSorted(([, one], [, other]) => last(one) - last(other))
        if (first) known.delete(first[0])
      }
      return isNew
    },
    open: () => [...known].map(([address, ports]) => ({ address, ports: [...ports.keys()].toSorted((a, b) => a - b) })),
    admits: (address, port) => (known.get(address)?.get(port) ?? 0) > now(),
    expire() {
      const time = now()
      for (const [address, ports] of known) {
        for (const [port, until] of ports) if (until <= time) ports.delete(port)
        if (ports.size === 0) known.delete(address)
      }
      const ends = [...known.values()].flatMap((ports) => [...ports.values()])
      return ends.length === 0 ? undefined : Math.min(...ends) - time
    },
  }
}
