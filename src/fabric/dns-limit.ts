/** Whether one more packet of this interface is taken. */
export type PacketLimit = (networkInterfaceId: string) => boolean

/** VPC user guide, "DNS quotas": packets that each interface may send to the Amazon resolver in a second; more are rejected. */
export const PACKETS_A_SECOND = 1024

/**
 * Counts by seconds of `now` (milliseconds). Only the current second is remembered, so what is kept is bounded by who
 * asks in it.
 */
export function packetLimit(now: () => number, limit = PACKETS_A_SECOND): PacketLimit {
  let second = -1
  const taken = new Map<string, number>()
  return (networkInterfaceId) => {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      second = current
      taken.clear()
    }
    const count = taken.get(networkInterfaceId) ?? 0
    if (count >= limit) return false
    taken.set(networkInterfaceId, count + 1)
    return true
  }
}
