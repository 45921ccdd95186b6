/** `2026-11-24T10:00:00Z`, with or without milliseconds (Developer Guide, "Feature Store concepts": EventTime). */
const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/
const epoch = /^\d+(?:\.\d+)?$/

/** Epoch milliseconds of an event time; undefined for what is none. A Fractional feature holds Unix seconds. Pure. */
export function parseEventTime(type: string | undefined, value: string): number | undefined {
  if (type === 'Fractional') return epoch.test(value) ? Math.round(Number(value) * 1000) : undefined
  if (!iso.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

const seconds: Readonly<Record<string, number>> = {
  Seconds: 1,
  Minutes: 60,
  Hours: 3600,
  Days: 86_400,
  Weeks: 604_800,
}

/** "ExpiresAt = EventTime + TtlDuration" (API_TtlDuration); undefined without a time to live. Epoch milliseconds. */
export function expiryOf(
  eventTime: number,
  ttl: { Unit?: string | undefined; Value?: number | undefined } | undefined,
): number | undefined {
  if (ttl?.Unit === undefined || ttl.Value === undefined) return undefined
  return eventTime + ttl.Value * seconds[ttl.Unit]! * 1000
}
