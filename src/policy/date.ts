/**
 * Dates as policies write them: the W3C profiles of ISO 8601, or seconds since the epoch.
 * IAM User Guide: "Date condition operators"; W3C NOTE-datetime.
 */

const ISO =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i
const EPOCH = /^\d{5,19}(?:\.\d+)?$|^\d{1,3}$/

/**
 * Milliseconds since the epoch, or undefined where the text is no date. Four digits are a year; a time without
 * a zone is UTC (both inferred).
 */
export function parseDate(text: string): number | undefined {
  const iso = ISO.exec(text)
  if (!iso) return EPOCH.test(text) ? Number(text) * 1000 : undefined
  const [year, month, day, hour, minute, second] = iso.slice(1, 7).map((part, at) => Number(part ?? (at < 3 ? 1 : 0)))
  const valid = month! >= 1 && month! <= 12 && day! >= 1 && day! <= 31 && hour! <= 23 && minute! <= 59 && second! <= 59
  if (!valid) return undefined
  const fraction = iso[7] ? Number(`0.${iso[7]}`) * 1000 : 0
  return Date.UTC(year!, month! - 1, day, hour, minute, second) + fraction - zoneOffset(iso[8])
}

function zoneOffset(zone: string | undefined): number {
  if (!zone || zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
