import type {
  DescribeAlarmsForMetricCommandInput,
  DescribeAlarmsForMetricCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { alarmsOf, metricView, type MetricAlarm } from './alarm.ts'
import { metricKey } from './metric.ts'

/** Alarms of exactly that metric, and of what else is given; no math alarms. Asked of `*`. */
export const describeAlarmsForMetric = operation<
  DescribeAlarmsForMetricCommandInput,
  DescribeAlarmsForMetricCommandOutput
>('cloudwatch', 'DescribeAlarmsForMetric', {
  needs: () => [need('cloudwatch:DescribeAlarmsForMetric', '*')],
  perform: (input, { call, world: { store } }) => {
    const key = metricKey(call, input)
    const { Statistic, ExtendedStatistic, Period, Unit } = input
    const same = <T>(asked: T | undefined, value: T | undefined) => asked === undefined || asked === value
    const found = alarmsOf(store, call).filter((alarm): alarm is MetricAlarm => {
      if (alarm.type !== 'MetricAlarm') return false
      const { watched } = alarm
      const { Namespace, MetricName, Dimensions = [] } = watched
      return (
        Namespace !== undefined &&
        MetricName !== undefined &&
        metricKey(call, { Namespace, MetricName, Dimensions }) === key &&
        same(Statistic, watched.Statistic) &&
        same(ExtendedStatistic, watched.ExtendedStatistic) &&
        same(Period, watched.Period) &&
        same(Unit, watched.Unit)
      )
    })
    return { MetricAlarms: found.map(metricView) }
  },
})
