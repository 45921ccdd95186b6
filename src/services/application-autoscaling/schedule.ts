/** When scheduled actions run (API Reference, PutScheduledAction `Schedule`). Pure: times are epoch milliseconds. */
export type Schedule = { kind: 'at'; local: Local } | { kind: 'rate'; everyMs: number } | { kind: 'cron'; fields: Cron }

interface Local {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

interface Cron {
  minutes: number[]
  hours: number[]
  day(local: Local): boolean
  months: number[]
  year(year: number): boolean
}

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Undefined for what is none of `at(…)`, `rate(…)` and `cron(…)`. */
export function parseSchedule(text: string): Schedule | undefined {
  const [, kind, inner = ''] = /^(at|rate|cron)\((.*)\)$/.exec(text.trim()) ?? []
  if (kind === 'at') return parseAt(inner)
  if (kind === 'rate') {
    const [, count, unit = ''] = /^(\d{1,6}) (minute|hour|day)s?$/.exec(inner) ?? []
    return Number(count) > 0 ? { kind, everyMs: Number(count) * units[unit]! } : undefined
  }
  const fields = kind === 'cron' ? parseCron(inner) : undefined
  return fields && { kind: 'cron', fields }
}

export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Its first time after `after`; rates count from `from`. Undefined when there is none any more. */
export function nextRun(
  schedule: Schedule,
  { after, from, timezone = 'UTC' }: { after: number; from: number; timezone?: string },
): number | undefined {
  if (schedule.kind === 'rate') {
    return from > after ? from : from + (Math.floor((after - from) / schedule.everyMs) + 1) * schedule.everyMs
  }
  if (schedule.kind === 'at') {
    const time = instantOf(schedule.local, timezone)
    return time !== undefined && time > after ? time : undefined
  }
  return nextCron(schedule.fields, after, timezone)
}

function parseAt(text: string): Schedule | undefined {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (parts.length === 0) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0))
  const local = { year, month, day, hour, minute, second }
  const date = new Date(asUtc(local))
  const real = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return real ? { kind: 'at', local } : undefined
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** `cron(minutes hours day-of-month month day-of-week year)`; the seconds field of Quartz is not there. */
function parseCron(text: string): Cron | undefined {
  const [minutes, hours, dayOfMonth, months, dayOfWeek, years, ...more] = text.trim().split(/\s+/)
  if (years === undefined || more.length > 0) return undefined
  // One of the two days says which, the other is a question mark.
  if ((dayOfMonth === '?') === (dayOfWeek === '?') && !(dayOfMonth === '*' && dayOfWeek === '*')) return undefined
  const parsed = {
    minutes: numbers(minutes!, 0, 59),
    hours: numbers(hours!, 0, 23),
    months: numbers(months!, 1, 12, monthNames, 1),
    years: numbers(years, 1970, 2199),
  }
  const day = dayOfWeek === '?' || dayOfWeek === '*' ? dayInMonth(dayOfMonth!) : dayInWeek(dayOfWeek!)
  if (!parsed.minutes || !parsed.hours || !parsed.months || !parsed.years || !day) return undefined
  const known = new Set(parsed.years)
  return {
    minutes: parsed.minutes,
    hours: parsed.hours,
    months: parsed.months,
    day,
    year: (year) => known.has(year),
  }
}

function numbers(field: string, low: number, high: number, names: string[] = [], base = 0): number[] | undefined {
  const valueOf = (text: string): number => {
    const named = names.indexOf(text.toUpperCase())
    return named >= 0 ? named + base : /^\d+$/.test(text) ? Number(text) : Number.NaN
  }
  const found = new Set<number>()
  for (const part of field.split(',')) {
    const [, from = '', to, step] = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? []
    if (from === '') return undefined
    const any = from === '*' || from === '?'
    const start = any ? low : valueOf(from)
    const end = to !== undefined ? valueOf(to) : any || step !== undefined ? high : start
    const by = Number(step ?? 1)
    if (!(start >= low && end <= high && start <= end && by > 0)) return undefined
    for (let value = start; value <= end; value += by) found.add(value)
  }
  return [...found].sort((a, b) => a - b)
}

const lastDay = ({ year, month }: Local) => new Date(Date.UTC(year, month, 0)).getUTCDate()
const weekday = ({ year, month, day }: Local) => new Date(Date.UTC(year, month - 1, day)).getUTCDay()

function dayInMonth(field: string): Cron['day'] | undefined {
  if (field === 'L') return (local) => local.day === lastDay(local)
  const [, nearest] = /^(\d{1,2})W$/.exec(field) ?? []
  if (nearest !== undefined) return (local) => local.day === nearestWeekday(local, Number(nearest))
  const days = numbers(field, 1, 31)
  return days && ((local) => days.includes(local.day))
}

function nearestWeekday(local: Local, wanted: number): number {
  const day = Math.min(wanted, lastDay(local))
  const of = weekday({ ...local, day })
  if (of === 6) return day > 1 ? day - 1 : day + 2
  if (of === 0) return day < lastDay(local) ? day + 1 : day - 2
  return day
}

/** Days of the week count from 1, Sunday; `5L` is the last, `5#2` the second of the month. */
function dayInWeek(field: string): Cron['day'] | undefined {
  const [, last] = /^(\d|[A-Za-z]{3})L$/.exec(field) ?? []
  const [, nth, which] = /^(\d|[A-Za-z]{3})#([1-5])$/.exec(field) ?? []
  const days = numbers(last ?? nth ?? field, 1, 7, dayNames, 1)
  if (!days) return undefined
  const is = (local: Local) => days.includes(weekday(local) + 1)
  if (last !== undefined) return (local) => is(local) && local.day + 7 > lastDay(local)
  if (which !== undefined) return (local) => is(local) && Math.ceil(local.day / 7) === Number(which)
  return is
}

/** Days ahead that are looked at: beyond the next leap year there is nothing new. */
const DAYS_AHEAD = 366 * 9

function nextCron(cron: Cron, after: number, timezone: string): number | undefined {
  const first = localOf(after, timezone)
  for (let ahead = 0; ahead < DAYS_AHEAD; ahead++) {
    const date = new Date(Date.UTC(first.year, first.month - 1, first.day + ahead))
    const local = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: 0,
      minute: 0,
      second: 0,
    }
    if (!cron.year(local.year) || !cron.months.includes(local.month) || !cron.day(local)) continue
    const times = cron.hours
      .flatMap((hour) => cron.minutes.map((minute) => instantOf({ ...local, hour, minute }, timezone)))
      .filter((time) => time !== undefined && time > after)
    if (times.length > 0) return Math.min(...(times as number[]))
  }
  return undefined
}

function asUtc({ year, month, day, hour, minute, second }: Local): number {
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The instant at which clocks there show that; undefined for an hour that is skipped there. Of two, the first. */
function instantOf(local: Local, timezone: string): number | undefined {
  const wanted = asUtc(local)
  if (timezone === 'UTC') return wanted
  for (const hours of [24, 0, -24]) {
    const probe = wanted - hours * 3_600_000
    const time = wanted - (asUtc(localOf(probe, timezone)) - probe)
    if (asUtc(localOf(time, timezone)) === wanted) return time
  }
  return undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()

function localOf(time: number, timezone: string): Local {
  let format = formats.get(timezone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timezone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts
  return { year, month, day, hour, minute, second }
}
