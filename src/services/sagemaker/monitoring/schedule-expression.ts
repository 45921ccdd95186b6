/** When a monitoring schedule's jobs start: at which hours of the day (UTC), or once and at once. */
export type Rhythm = { once: true } | { hours: readonly number[] }

const cron = /^cron\(0 (?:(\*)|(\d{1,2})(?:\/(\d{1,2}))?) \? \* \* \*\)$/

/**
 * The expressions that Model Monitor takes (API_ScheduleConfig): `cron(0 * ? * * *)` hourly, `cron(0 [00-23] ? * * *)` daily,
 * `cron(0 [00-23]/[01-24] ? * * *)` every so many hours from one on, `NOW`. Undefined for any other. Pure.
 */
export function parseSchedule(expression: string): Rhythm | undefined {
  if (expression === 'NOW') return { once: true }
  const match = cron.exec(expression)
  if (!match) return undefined
  const [, every, from = '', step] = match
  if (every) return { hours: hoursFrom(0, 1) }
  const [first, by] = [Number(from), step === undefined ? 24 : Number(step)]
  return first > 23 || by < 1 || by > 24 ? undefined : { hours: hoursFrom(first, by) }
}

const hoursFrom = (first: number, by: number): number[] =>
  Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour >= first && (hour - first) % by === 0)

const offset = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** Milliseconds of an ISO 8601 duration such as `-PT1H`; undefined for what is none. Pure. */
export function parseOffset(text: string): number | undefined {
  const match = offset.exec(text)
  if (!match || /[PT]$/.test(text)) return undefined
  const [, sign, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  const all = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
  return (sign === '-' ? -1 : 1) * all * 1000
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The next start after `after`, epoch milliseconds; undefined for one that runs but once. Pure. */
export function nextRun(rhythm: Rhythm, after: number): number | undefined {
  if ('once' in rhythm) return undefined
  const midnight = Math.floor(after / DAY_MS) * DAY_MS
  const starts = [0, 1].flatMap((day) => rhythm.hours.map((hour) => midnight + day * DAY_MS + hour * HOUR_MS))
  return starts.find((start) => start > after)
}

/** Hours, each by its first millisecond, whose data a run at `at` looks at: as the offsets say, else since the run before. Pure. */
export function analysed(
  rhythm: Rhythm,
  at: number,
  from?: string,
  to?: string,
): { start: number; end: number; hours: number[] } {
  const period = 'hours' in rhythm ? DAY_MS / Math.max(1, rhythm.hours.length) : DAY_MS
  const start = at + ((from !== undefined && parseOffset(from)) || (from === undefined ? -period : 0))
  const end = at + ((to !== undefined && parseOffset(to)) || 0)
  const hours: number[] = []
  for (let hour = Math.floor(start / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS) hours.push(hour)
  return { start, end, hours }
}
