import type { GetMetricDataCommandInput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { invalidToken, validationError } from './errors.ts'
import { fillLabel } from './label.ts'
import type { Series } from './math/values.ts'
import { checkQueries, computeQueries, seriesOfQuery, type Query } from './queries.ts'

/** API Reference, GetMetricData `MaxDatapoints`. */
const DATAPOINTS_MAX = 100_800

/** Data points of metrics and of math over them, newest first unless told otherwise. Asked of `*`. */
export const getMetricData = operation<GetMetricDataCommandInput, GetMetricDataCommandOutput>(
  'cloudwatch',
  'GetMetricData',
  {
    needs: () => [need('cloudwatch:GetMetricData', '*')],
    perform: (input, { call, world: { store } }) => {
      const { StartTime: start, EndTime: end, ScanBy = 'TimestampDescending', MaxDatapoints } = input
      if (!(start < end)) {
        throw validationError('The parameter StartTime must be less than the parameter EndTime.') // inferred: sentence
      }
      if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > DATAPOINTS_MAX)) {
        throw validationError(`The parameter MaxDatapoints must be between 1 and ${DATAPOINTS_MAX}.`) // inferred: sentence
      }
      const timezone = input.LabelOptions?.Timezone
      if (timezone !== undefined && !/^[+-]\d{4}$/.test(timezone)) {
        throw validationError(`The value ${timezone} for parameter LabelOptions.Timezone is invalid.`) // inferred: sentence
      }
      const checked = checkQueries(input.MetricDataQueries)
      const { account, region, time } = call
      const valueOf = computeQueries(checked, { account, region, store, now: time / 1000 }, { start, end })
      const wanted = input.MetricDataQueries.filter(({ ReturnData = true }) => ReturnData)
      const results = wanted.flatMap((query) => {
        const all = seriesOfQuery(query.Id, valueOf(query.Id))
        return all.map((series) => resultOf(query, series, { single: all.length === 1, timezone, region, account }))
      })
      return onePage(ScanBy === 'TimestampDescending' ? results.map(reversed) : results, input)
    },
  },
)

interface Result {
  id: string
  label: string
  times: readonly number[]
  values: readonly number[]
}

interface About {
  /** Of an array, each series keeps a label of its own. */
  single: boolean
  timezone: string | undefined
  region: string
  account: string
}

function resultOf(query: Query, series: Series, { single, timezone, region, account }: About): Result {
  const { Id, MetricStat, Label } = query
  const plain = MetricStat ? MetricStat.Metric.MetricName! : single ? Id : series.label
  const text = Label ?? plain
  const properties = {
    AccountId: account,
    Region: region,
    Period: String(series.period),
    ...(MetricStat && {
      MetricName: MetricStat.Metric.MetricName!,
      Namespace: MetricStat.Metric.Namespace!,
      Stat: MetricStat.Stat,
      ...Object.fromEntries((MetricStat.Metric.Dimensions ?? []).map(({ Name, Value }) => [`Dim.${Name}`, Value])),
    }),
  }
  const labelled = { series: { ...series, label: plain }, properties, ...(timezone !== undefined && { timezone }) }
  return { id: Id, label: fillLabel(text, labelled), times: series.times, values: series.values }
}

function reversed({ times, values, ...result }: Result): Result {
  return { ...result, times: times.toReversed(), values: values.toReversed() }
}

/** Fills one answer with up to MaxDatapoints values, series after series; the token counts those that were shown. */
function onePage(
  results: readonly Result[],
  { NextToken, MaxDatapoints = DATAPOINTS_MAX }: { NextToken?: string; MaxDatapoints?: number },
) {
  const shown = NextToken === undefined ? 0 : shownBefore(NextToken)
  let skip = shown
  let room = MaxDatapoints
  const pages = results.map(({ id, label, times, values }) => {
    const from = Math.min(skip, values.length)
    const to = Math.min(values.length, from + room)
    skip -= from
    room -= to - from
    return {
      complete: to === values.length,
      result: { Id: id, Label: label, Timestamps: times.slice(from, to), Values: values.slice(from, to) },
    }
  })
  return {
    MetricDataResults: pages.map(({ result, complete }) => ({
      ...result,
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
