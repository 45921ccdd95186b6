import type { GetMetricDataCommandInput, GetMetricDataCommandOutput, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { need, type Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { invalidToken, validationError } from './errors.ts'
import { metricKey, pointsBetween } from './metric.ts'
import { bucketsOf, isPeriod, statisticNamed } from './statistics.ts'

/** API Reference, GetMetricData `MaxDatapoints`. */
const DATAPOINTS_MAX = 100_800

type Query = Shape<MetricDataQuery>

/** Data points of several metrics, newest first unless told otherwise; metric math is not built. Asked of `*`. */
export const getMetricData = operation<GetMetricDataCommandInput, GetMetricDataCommandOutput>(
  'cloudwatch',
  'GetMetricData',
  {
    needs: () => [need('cloudwatch:GetMetricData', '*')],
    perform: (input, { call, world: { store } }) => {
      const { StartTime, EndTime, ScanBy = 'TimestampDescending' } = input
      if (!(StartTime < EndTime)) {
        throw validationError('The parameter StartTime must be less than the parameter EndTime.') // inferred: sentence
      }
      checkIds(input.MetricDataQueries)
      const results = input.MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map((query) => {
        const series = seriesOf(query, store, call, StartTime, EndTime)
        if (ScanBy === 'TimestampDescending') series.reverse()
        return { query, series }
      })
      return onePage(results, input)
    },
  },
)

/** One value of a series: epoch seconds, and what was computed. */
type Value = readonly [time: number, value: number]

interface Result {
  query: Query
  series: Value[]
}

function checkIds(queries: readonly Query[]): void {
  const ids = queries.map(({ Id }) => Id)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) throw validationError(`The values for parameter id in MetricDataQueries are not unique.`) // inferred: sentence
  const bad = ids.find((id) => !/^[a-z]\w*$/.test(id))
  if (bad !== undefined) throw validationError(`The value ${bad} for parameter Id is invalid.`) // inferred: sentence
  const math = queries.find(({ Expression }) => Expression !== undefined)
  if (math) {
    throw validationError(
      `Metric math is not built in Sallyport: the expression of query '${math.Id}' cannot be evaluated.`,
    )
  }
}

/** One point a period. inferred: without a unit, data of all units come together. */
function seriesOf({ Id, MetricStat }: Query, store: Store, call: Call, start: number, end: number): Value[] {
  if (!MetricStat) throw validationError(`Either MetricStat or Expression must be specified for query '${Id}'.`) // inferred: sentence
  const { Metric, Period, Stat, Unit } = MetricStat
  if (!isPeriod(Period)) throw validationError('Period must be 1, 5, 10, 20, 30 or a multiple of 60.') // inferred: sentence
  const statistic = statisticNamed(Stat)
  if (!statistic) throw validationError(`The value ${Stat} for parameter Stat is not supported.`) // inferred: sentence
  const { Namespace = '', MetricName = '', Dimensions = [] } = Metric
  const key = metricKey(call, { Namespace, MetricName, Dimensions })
  const points = pointsBetween(store, key, Math.floor(start / Period) * Period, end)
  const wanted = [...points].filter(({ unit }) => Unit === undefined || unit === Unit)
  return bucketsOf(wanted, Period, false).flatMap(({ time, points }) => {
    const value = statistic(points)
    return value === undefined ? [] : [[time, value] as const]
  })
}

/** Fills one answer with up to MaxDatapoints values, query after query; the token counts those that were shown. */
function onePage(
  results: readonly Result[],
  { NextToken, MaxDatapoints = DATAPOINTS_MAX }: { NextToken?: string; MaxDatapoints?: number },
) {
  const shown = NextToken === undefined ? 0 : shownBefore(NextToken)
  let skip = shown
  let room = MaxDatapoints
  const pages = results.map(({ query, series }) => {
    const rest = series.slice(skip)
    skip = Math.max(0, skip - series.length)
    const page = rest.slice(0, room)
    room -= page.length
    return { query, page, complete: page.length === rest.length }
  })
  return {
    MetricDataResults: pages.map(({ query, page, complete }) => ({
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
      Timestamps: page.map(([time]) => time),
      Values: page.map(([, value]) => value),
      StatusCode: complete ? ('Complete' as const) : ('PartialData' as const),
    })),
    ...(pages.some(({ complete }) => !complete) && {
      NextToken: Buffer.from(`shown:${shown + MaxDatapoints}`).toString('base64url'),
    }),
    Messages: [],
  }
}

function shownBefore(token: string): number {
  const [, count] = /^shown:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1')) ?? []
  if (count === undefined) throw invalidToken()
  return Number(count)
}
