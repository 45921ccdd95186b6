import { breaches, reasonData, reasonOf, type Datapoint, type Told } from './alarm-text.ts'
import type { AlarmState, MetricAlarm, Watched } from './alarm.ts'
import { totals } from './cell.ts'
import { cellsBetween } from './datapoints.ts'
import { decideAlarm, MORE_PERIODS } from './decide-alarm.ts'
import { isSeries, type Series } from './math/values.ts'
import { metricKey } from './metric.ts'
import { checkQueries, computeQueries, type Query } from './queries.ts'
import { metricSeries, type Source } from './series.ts'

/** What an evaluation says of the state; undefined: it stays. */
export type Evaluation = Pick<AlarmState, 'value' | 'reason' | 'data'> | undefined

/** Looks at a metric alarm's data as of `source.now`. Reads only. */
export function evaluateMetricAlarm(alarm: MetricAlarm, source: Source): Evaluation {
  const { watched } = alarm
  const period = periodOf(watched)
  const periods = watched.EvaluationPeriods
  const step = period < 60 ? 10 : 60
  const end = Math.floor(source.now / step) * step
  const count = periods + MORE_PERIODS
  const range = { start: end - count * period, end }
  const known = valuesOf(watched, source, range, period)
  const datapoints = Array.from({ length: count }, (_, i): Datapoint => {
    const time = range.start + i * period
    const value = known.get(time)
    return value === undefined ? { time } : { time, ...value }
  })
  const toAlarm = watched.DatapointsToAlarm ?? periods
  const { Threshold: threshold, ComparisonOperator: comparison } = watched
  // User Guide, "Configuring how CloudWatch alarms treat missing data": of DynamoDB's metrics it is ignored by default.
  const treatMissing = watched.TreatMissingData ?? (watched.Namespace === 'AWS/DynamoDB' ? 'ignore' : 'missing')
  const breaching = datapoints.map(({ value }) =>
    value === undefined ? undefined : breaches(value, comparison, threshold),
  )
  const verdict = decideAlarm({ breaching, periods, toAlarm, treatMissing })
  if (verdict.state === undefined) return undefined
  const outOf = watched.DatapointsToAlarm !== undefined
  const from = alarm.state.value
  const told: Told = { verdict, datapoints, periods, toAlarm, outOf, treatMissing, threshold, comparison, from }
  const statistic = watched.Statistic ?? watched.ExtendedStatistic
  return {
    value: verdict.state,
    reason: reasonOf(told).slice(0, 1023),
    data: reasonData(told, {
      now: source.now,
      period,
      ...(statistic !== undefined && { statistic }),
      ...(watched.Unit !== undefined && { unit: watched.Unit }),
    }),
  }
}

export function periodOf({ Period, Metrics = [] }: Pick<Watched, 'Period' | 'Metrics'>): number {
  return (
    Period ??
    Metrics.find(isWatchedQuery)?.Period ??
    Math.max(60, ...Metrics.map(({ MetricStat }) => MetricStat?.Period ?? 0))
  )
}

/** Of a math alarm the one query that is watched. */
export function isWatchedQuery({ ReturnData }: Pick<Query, 'ReturnData'>): boolean {
  return ReturnData !== false
}

type Known = Map<number, Pick<Datapoint, 'value' | 'sampleCount'>>

function valuesOf(watched: Watched, source: Source, range: { start: number; end: number }, period: number): Known {
  if (watched.Metrics) return mathValues(watched.Metrics, source, range, period)
  const { Namespace = '', MetricName = '', Dimensions = [], Unit } = watched
  const Stat = watched.Statistic ?? watched.ExtendedStatistic!
  const Metric = { Namespace, MetricName, Dimensions }
  const stat = { Metric, Period: period, Stat, ...(Unit !== undefined && { Unit }) }
  const series = metricSeries(source, stat, range)
  const counts = sampleCounts(source, Metric, Unit, range, period)
  const enough = watched.EvaluateLowSampleCountPercentile === 'ignore' ? samplesFor(Stat) : 0
  return new Map(
    series.times.flatMap((time, i) => {
      const sampleCount = counts.get(time) ?? 0
      return sampleCount < enough ? [] : [[time, { value: series.values[i]!, sampleCount }] as const]
    }),
  )
}

function sampleCounts(
  source: Source,
  metric: { Namespace: string; MetricName: string; Dimensions: { Name?: string; Value?: string }[] },
  unit: string | undefined,
  { start, end }: { start: number; end: number },
  period: number,
): Map<number, number> {
  const counts = new Map<number, number>()
  const cells = cellsBetween(source.store, metricKey(source, metric), { start, end, period, now: source.now })
  for (const cell of cells) {
    if (unit !== undefined && cell.unit !== unit) continue
    const time = start + Math.floor((cell.time - start) / period) * period
    counts.set(time, (counts.get(time) ?? 0) + totals([cell]).count)
  }
  return counts
}

/** Below so many samples a percentile says little (User Guide, "Percentile-based alarms and low data samples"). */
function samplesFor(statistic: string): number {
  const percent = Number(/^p([\d.]+)$/.exec(statistic)?.[1])
  if (!(percent > 0 && percent < 100)) return 0
  return percent >= 50 ? 10 / (1 - percent / 100) : 10 / (percent / 100)
}

function mathValues(
  queries: readonly Query[],
  source: Source,
  range: { start: number; end: number },
  period: number,
): Known {
  const watched = queries.find(isWatchedQuery)!
  // One period more, for what looks at the value before (DIFF, RATE).
  const wide = { start: range.start - period, end: range.end }
  const value = computeQueries(checkQueries(queries), source, wide)(watched.Id)
  const series: Series | undefined = Array.isArray(value)
    ? value[0]
    : typeof value === 'object' && isSeries(value)
      ? value
      : undefined
  return new Map(series?.times.map((time, i) => [time, { value: series.values[i]! }] as const))
}
