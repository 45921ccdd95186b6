import type {
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { cellsBetween } from './datapoints.ts'
import { invalidCombination, invalidValue } from './errors.ts'
import { metricKey } from './metric.ts'
import { roundedStart } from './series.ts'
import { bucketsOf, isExtended, isPeriod, statisticNamed } from './statistics.ts'

const DATAPOINTS_MAX = 1440

/** Statistics of one metric by period; data of different units never come together. Asked of `*`. */
export const getMetricStatistics = operation<GetMetricStatisticsCommandInput, GetMetricStatisticsCommandOutput>(
  'cloudwatch',
  'GetMetricStatistics',
  {
    needs: () => [need('cloudwatch:GetMetricStatistics', '*')],
    perform: (input, { call, world: { store } }) => {
      const { Period, StartTime, EndTime, Unit, Statistics = [], ExtendedStatistics = [] } = input
      if (!(StartTime < EndTime)) {
        throw invalidCombination('The parameter StartTime must be less than the parameter EndTime.')
      }
      if (!isPeriod(Period)) throw invalidValue(`The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.`) // inferred: sentence
      if (Statistics.length + ExtendedStatistics.length === 0) {
        throw invalidCombination('At least one of the parameters Statistics and ExtendedStatistics must be specified.')
      }
      const asked = Math.ceil((EndTime - StartTime) / Period)
      if (asked > DATAPOINTS_MAX) {
        throw invalidCombination(
          `You have requested up to ${asked.toLocaleString('en')} datapoints, which exceeds the limit of 1,440. ` +
            'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
        )
      }
      const extended = ExtendedStatistics.map((name) => ({ name, statistic: extendedStatistic(name) }))
      const now = call.time / 1000
      const start = roundedStart(StartTime, Period, now)
      const cells = cellsBetween(store, metricKey(call, input), { start, end: EndTime, period: Period, now })
      const wanted = [...cells].filter(({ unit }) => Unit === undefined || unit === Unit)
      return {
        Label: input.MetricName,
        Datapoints: bucketsOf(wanted, Period, { start, byUnit: true }).map((bucket) => ({
          Timestamp: bucket.time,
          ...Object.fromEntries(Statistics.map((name) => [name, required(name)(bucket.cells)])),
          ...(extended.length > 0 && {
            ExtendedStatistics: Object.fromEntries(
              extended.flatMap(({ name, statistic }) => {
                const value = statistic(bucket.cells)
                return value === undefined ? [] : [[name, value]]
              }),
            ),
          }),
          Unit: bucket.unit as StandardUnit,
        })),
      }
    },
  },
)

function required(name: string) {
  const statistic = statisticNamed(name)
  if (!statistic) throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`) // inferred: sentence
  return statistic
}

function extendedStatistic(name: string) {
  if (!isExtended(name)) throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`) // inferred: sentence
  return required(name)
}
