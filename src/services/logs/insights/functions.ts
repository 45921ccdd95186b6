import { isIPv4, isIPv6 } from 'node:net'
import type { RowContext } from './context.ts'
import { valueIn } from './row.ts'
import { isTrue, numberOf, textOf, type Value } from './value.ts'

interface Func {
  /** How many arguments, at least and at most. */
  takes: readonly [number, number]
  value: (values: readonly Value[], context: RowContext) => Value
}

const MANY = 1000

/** No event is longer; a query that doubles a text again and again ends here. */
const TEXT_MAX = 1_048_576

const bounded = (text: string): string => text.slice(0, TEXT_MAX)

const second = 1000
const day = 86_400 * second

/** Milliseconds of a period's unit (User Guide, "Datetime functions"). */
export const durationUnits: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'ms msec': 1,
    's sec second seconds': second,
    'm min mins minute minutes': 60 * second,
    'h hr hrs hour hours': 3600 * second,
    'd day days': day,
    'w week weeks': 7 * day,
    'mo mon month months': 30 * day,
    'q qtr quarter quarters': 91 * day,
    'y yr year years': 365 * day,
  }).flatMap(([names, ms]) => names.split(' ').map((name) => [name, ms] as const)),
)

const ofNumber = (compute: (value: number) => number): Func => ({
  takes: [1, 1],
  value: ([value]) => finite(withNumber(value, compute)),
})

const ofText = (compute: (text: string, ...more: Value[]) => Value, most = 1): Func => ({
  takes: [1, most],
  value: ([first, ...more]) => {
    const text = textOf(first)
    return text === undefined ? undefined : compute(text, ...more)
  },
})

const ofAll = (choose: (...numbers: number[]) => number): Func => ({
  takes: [1, MANY],
  value: (values) => {
    const numbers = values.map(numberOf).filter((number) => number !== undefined)
    return numbers.length === 0 ? undefined : choose(...numbers)
  },
})

const rounded = (round: (value: number) => number): Func => ({
  takes: [2, 2],
  value: ([time, period]) => {
    const [at, ms] = [numberOf(time), numberOf(period)]
    return at === undefined || !ms ? undefined : timeAt(round(at / ms) * ms)
  },
})

/** CloudWatch Logs User Guide, "Supported operations and functions". */
export const functions: Readonly<Record<string, Func>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  log: ofNumber(Math.log),
  sqrt: ofNumber(Math.sqrt),
  greatest: ofAll(Math.max),
  least: ofAll(Math.min),
  isempty: { takes: [1, 1], value: ([value]) => (textOf(value) ?? '') === '' },
  isblank: { takes: [1, 1], value: ([value]) => (textOf(value) ?? '').trim() === '' },
  ispresent: { takes: [1, 1], value: ([value]) => value !== undefined },
  coalesce: { takes: [1, MANY], value: (values) => values.find((value) => value !== undefined) },
  if: { takes: [3, 3], value: ([test, yes, no]) => (isTrue(test) ? yes : no) },
  concat: { takes: [1, MANY], value: (values) => bounded(values.map((value) => textOf(value) ?? '').join('')) },
  strlen: ofText((text) => Array.from(text).length),
  toupper: ofText((text) => text.toUpperCase()),
  tolower: ofText((text) => text.toLowerCase()),
  trim: ofText((text, chars) => stripped(text, textOf(chars), true, true), 2),
  ltrim: ofText((text, chars) => stripped(text, textOf(chars), true, false), 2),
  rtrim: ofText((text, chars) => stripped(text, textOf(chars), false, true), 2),
  substr: {
    takes: [2, 3],
    value: ([value, start, length]) => {
      const points = Array.from(textOf(value) ?? '')
      const from = numberOf(start)
      if (value === undefined || from === undefined || from < 0) return undefined
      const size = numberOf(length)
      return points.slice(from, size === undefined ? undefined : from + size).join('')
    },
  },
  replace: {
    takes: [3, 3],
    value: ([value, part, by]) => {
      const [text, unwanted, wanted] = [value, part, by].map(textOf)
      if (text === undefined || !unwanted) return text
      const parts = text.split(unwanted)
      const tooLong = text.length + parts.length * (wanted?.length ?? 0) > TEXT_MAX * 2
      return tooLong ? undefined : bounded(parts.join(wanted ?? ''))
    },
  },
  strcontains: { takes: [2, 2], value: ([text, part]) => Number(textOf(text)?.includes(textOf(part) ?? '') ?? false) },
  bin: {
    takes: [1, 1],
    value: ([period], { row }) => functions['datefloor']!.value([valueIn(row, '@timestamp'), period], { row, now: 0 }),
  },
  datefloor: rounded(Math.floor),
  dateceil: rounded(Math.ceil),
  frommillis: { takes: [1, 1], value: ([value]) => withNumber(value, timeAt) },
  tomillis: { takes: [1, 1], value: ([value]) => numberOf(value) },
  now: { takes: [0, 0], value: (_, { now }) => Math.floor(now / second) },
  isvalidip: ofText((text) => isIPv4(text) || isIPv6(text)),
  isvalidipv4: ofText((text) => isIPv4(text)),
  isvalidipv6: ofText((text) => isIPv6(text)),
}

/** Within what a Date can tell. */
function timeAt(ms: number): Date | undefined {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms) : undefined
}

function withNumber<T>(value: Value, compute: (number: number) => T): T | undefined {
  const number = numberOf(value)
  return number === undefined ? undefined : compute(number)
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

/** Without blanks, or without those characters, at one end or both. */
function stripped(text: string, chars: string | undefined, left: boolean, right: boolean): string {
  const unwanted = (char: string | undefined) =>
    char !== undefined && (chars === undefined ? /\s/.test(char) : chars.includes(char))
  let [start, end] = [0, text.length]
  if (left) while (start < end && unwanted(text[start])) start++
  if (right) while (end > start && unwanted(text[end - 1])) end--
  return text.slice(start, end)
}
