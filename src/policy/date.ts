/**
 * Dates as policies write them: the W3C profiles of ISO 8601, or seconds since the epoch.
 * IAM User Guide: "Date condition operators"; W3C NOTE-datetime.
 */

const ISO =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i
const EPOCH = /^(\+\d{1,19}|\d{5,19}|\d{1,3}$)(?:\.(\d+))?$/

/**
 * Whole milliseconds since the epoch, or undefined where the text is no date. A time without a zone is UTC; seconds may
 * have a plus; finer fractions of a second than milliseconds do not count (observed: radkawar/stackd,
 * testdata/aws/iam/condition_values.json). inferred: four digits are a year.
 */
export function parseDate(text: string): number | undefined {
  const iso = ISO.exec(text)
  if (!iso) {
    const [, seconds, part] = EPOCH.exec(text) ?? []
    return seconds === undefined ? undefined : Number(seconds) * 1000 + milliseconds(part)
  }
  const [year, month, day, hour, minute, second] = iso.slice(1, 7).map((part, at) => Number(part ?? (at < 3 ? 1 : 0)))
  const midnight = midnightOf(year!, month!, day!)
  const offset = zoneOffset(iso[8])
  if (midnight === undefined || offset === undefined || hour! > 23 || minute! > 59 || second! > 59) return undefined
  return midnight + ((hour! * 60 + minute!) * 60 + second!) * 1000 + milliseconds(iso[7]) - offset
}

/** Of a second's decimals; by their digits, as 0.57 times 1000 is less than 570. */
function milliseconds(decimals = ''): number {
  return Number(decimals.slice(0, 3).padEnd(3, '0'))
}

/** Undefined where the calendar has no such day: 30 February is not the first of March. */
function midnightOf(year: number, month: number, day: number): number | undefined {
  // Not Date.UTC, which takes the year 99 for 1999.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}

/** In milliseconds; undefined where no clock shows it. */
function zoneOffset(zone: string | undefined): number | undefined {
  if (!zone || zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
