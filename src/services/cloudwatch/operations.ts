import { getMetricData } from './get-metric-data.ts'
import { getMetricStatistics } from './get-metric-statistics.ts'
import { listMetrics } from './list-metrics.ts'
import { putMetricData } from './put-metric-data.ts'

/**
 * CloudWatch metrics.
 * Gaps: metric math, trimmed statistics, entities, alarms, dashboards; data never ages into longer periods and is kept.
 */
export const operations = {
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
  PutMetricData: putMetricData,
}
