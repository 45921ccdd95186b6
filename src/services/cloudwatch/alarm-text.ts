import type { StateValue } from './alarm.ts'
import type { Verdict } from './decide-alarm.ts'

/** A period of an alarm's metric: epoch seconds at its begin; without a value nothing is known of it. */
export interface Datapoint {
  time: number
  value?: number
  sampleCount?: number
}

export interface Told {
  verdict: Verdict
  datapoints: readonly Datapoint[]
  periods: number
  toAlarm: number
  /** Whether DatapointsToAlarm was given: then the text says of how many. */
  outOf: boolean
  treatMissing: string
  threshold: number
  comparison: string
  /** Of the change that is told. */
  from: StateValue
}

const comparisons: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
}

/** A number as Java prints a double: `42.0`, `1.2E7`. AWS's texts have them so. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (value !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e')
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
const were = (count: number) => (count === 1 ? 'was' : 'were')

/** `23/06/20 12:42:00` */
function shortTime(time: number): string {
  const [date = '', clock = ''] = new Date(time * 1000).toISOString().split('T')
  const [year = '', month, day] = date.split('-')
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`
}

/** `2023-01-09T14:07:25.504+0000` */
export function longTime(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, -1)}+0000`
}

/** StateReason, in the sentences that AWS's alarms print. */
export function reasonOf(told: Told): string {
  const { verdict, datapoints, periods, toAlarm, outOf, comparison, threshold } = told
  const { state, evaluated, missing } = verdict
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${plural(missing, 'datapoint')} ${were(missing)} unknown.`
  if (missing > 0 && (told.treatMissing === 'breaching' || told.treatMissing === 'notBreaching')) {
    const received =
      evaluated.length === 0
        ? 'no datapoints were'
        : `${plural(evaluated.length, 'datapoint')} ${were(evaluated.length)}`
    const as = told.treatMissing === 'breaching' ? 'Breaching' : 'NonBreaching'
    return `Threshold Crossed: ${received} received for ${plural(periods, 'period')} and ${plural(missing, 'missing datapoint')} ${were(missing)} treated as [${as}].`
  }
  const alarming = state === 'ALARM'
  const shown = evaluated
    .filter((i) => breaches(datapoints[i]!.value!, comparison, threshold) === alarming)
    .map((i) => datapoints[i]!)
    .toReversed()
  const list = shown.map(({ time, value }) => `${javaDouble(value!)} (${shortTime(time)})`).join(', ')
  const what = outOf
    ? `${shown.length} out of the last ${plural(periods, 'datapoint')}`
    : plural(shown.length, 'datapoint')
  const needed = alarming ? toAlarm : periods - toAlarm + 1
  const minimum = outOf
    ? ` (minimum ${plural(needed, 'datapoint')} for ${alarming ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`
    : ''
  const not = alarming ? '' : ' not'
  return `Threshold Crossed: ${what} [${list}] ${were(shown.length)}${not} ${comparisons[comparison]} the threshold (${javaDouble(threshold)})${minimum}.`
}

/** Undefined for a comparison with an anomaly detection band. */
export function breaches(value: number, comparison: string, threshold: number): boolean | undefined {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold
    case 'GreaterThanThreshold':
      return value > threshold
    case 'LessThanThreshold':
      return value < threshold
    case 'LessThanOrEqualToThreshold':
      return value <= threshold
    default:
      return undefined
  }
}

/** StateReasonData: JSON whose numbers are written as Java writes doubles. */
export function reasonData(
  { verdict, datapoints, periods, threshold }: Told,
  about: { now: number; statistic?: string; unit?: string; period: number },
): string {
  const recent = verdict.evaluated.map((i) => datapoints[i]!)
  // What was looked at: the datapoints that are there, or the last periods where none is.
  const looked = (verdict.missing > 0 ? datapoints.slice(-periods) : recent).toReversed()
  const members = [
    `"version":"1.0"`,
    `"queryDate":"${longTime(about.now)}"`,
    ...(recent[0] ? [`"startDate":"${longTime(recent[0].time)}"`] : []),
    ...(about.unit === undefined ? [] : [`"unit":${JSON.stringify(about.unit)}`]),
    ...(about.statistic === undefined ? [] : [`"statistic":${JSON.stringify(about.statistic)}`]),
    `"period":${about.period}`,
    `"recentDatapoints":[${recent.map(({ value }) => javaDouble(value!)).join(',')}]`,
    `"threshold":${javaDouble(threshold)}`,
    `"evaluatedDatapoints":[${looked.map(datapointText).join(',')}]`,
  ]
  return `{${members.join(',')}}`
}

function datapointText({ time, value, sampleCount }: Datapoint): string {
  const count = sampleCount === undefined ? '' : `,"sampleCount":${javaDouble(sampleCount)}`
  return `{"timestamp":"${longTime(time)}"${value === undefined ? '' : `${count},"value":${javaDouble(value)}`}}`
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(' ')

/** `Friday 22 July, 2022 15:57:45 UTC` */
export function spokenTime(time: number): string {
  const date = new Date(time * 1000)
  const day = `${days[date.getUTCDay()]} ${String(date.getUTCDate()).padStart(2, '0')} ${months[date.getUTCMonth()]}`
  return `${day}, ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`
}
