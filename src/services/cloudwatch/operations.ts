import { disableAlarmActions, enableAlarmActions } from './alarm-actions-enabled.ts'
import { deleteDashboards, getDashboard, listDashboards, putDashboard } from './dashboards.ts'
import { deleteAlarms } from './delete-alarms.ts'
import { describeAlarmHistory } from './describe-alarm-history.ts'
import { describeAlarmsForMetric } from './describe-alarms-for-metric.ts'
import { describeAlarms } from './describe-alarms.ts'
import { getMetricData } from './get-metric-data.ts'
import { getMetricStatistics } from './get-metric-statistics.ts'
import { listMetrics } from './list-metrics.ts'
import { putCompositeAlarm } from './put-composite-alarm.ts'
import { putMetricAlarm } from './put-metric-alarm.ts'
import { putMetricData } from './put-metric-data.ts'
import { setAlarmState } from './set-alarm-state.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

/**
 * CloudWatch: metrics and math over them, alarms, dashboards as records.
 * Gaps: anomaly detection, Metrics Insights, metric streams, Contributor Insights, entities, cross-account observability.
 */
export const operations = {
  DeleteAlarms: deleteAlarms,
  DeleteDashboards: deleteDashboards,
  DescribeAlarmHistory: describeAlarmHistory,
  DescribeAlarms: describeAlarms,
  DescribeAlarmsForMetric: describeAlarmsForMetric,
  DisableAlarmActions: disableAlarmActions,
  EnableAlarmActions: enableAlarmActions,
  GetDashboard: getDashboard,
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListDashboards: listDashboards,
  ListMetrics: listMetrics,
  ListTagsForResource: listTagsForResource,
  PutCompositeAlarm: putCompositeAlarm,
  PutDashboard: putDashboard,
  PutMetricAlarm: putMetricAlarm,
  PutMetricData: putMetricData,
  SetAlarmState: setAlarmState,
  TagResource: tagResource,
  UntagResource: untagResource,
}
