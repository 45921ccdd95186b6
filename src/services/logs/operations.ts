import { createLogGroup } from './create-log-group.ts'
import { createLogStream } from './create-log-stream.ts'
import { deleteLogGroup } from './delete-log-group.ts'
import { deleteLogStream } from './delete-log-stream.ts'
import { describeLogGroups } from './describe-log-groups.ts'
import { describeLogStreams } from './describe-log-streams.ts'
import { filterLogEvents } from './filter-log-events.ts'
import { getLogEvents } from './get-log-events.ts'
import { getLogGroupFields, getLogRecord } from './get-log-record.ts'
import { associateKmsKey, disassociateKmsKey } from './kms-key.ts'
import { listLogGroups } from './list-log-groups.ts'
import { listTagsLogGroup, tagLogGroup, untagLogGroup } from './log-group-tags.ts'
import { deleteMetricFilter, describeMetricFilters, putMetricFilter, testMetricFilter } from './metric-filters.ts'
import { putLogEvents } from './put-log-events.ts'
import { putLogGroupDeletionProtection } from './put-log-group-deletion-protection.ts'
import { deleteQueryDefinition, describeQueryDefinitions, putQueryDefinition } from './query-definitions.ts'
import { describeQueries, getQueryResults, stopQuery } from './query-results.ts'
import { deleteResourcePolicy, describeResourcePolicies, putResourcePolicy } from './resource-policies.ts'
import { deleteRetentionPolicy, putRetentionPolicy } from './retention-policy.ts'
import { startLiveTail } from './start-live-tail.ts'
import { startQuery } from './start-query.ts'
import { describeSubscriptionFilters, putSubscriptionFilter } from './subscription-filters.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

/**
 * CloudWatch Logs.
 * Gaps: subscriptions (no service here could take them), data protection, transformers, anomaly detection, deliveries,
 * field indexes, scheduled queries, lookup tables, exports; of Logs Insights the commands that insights/query.ts names.
 */
export const operations = {
  AssociateKmsKey: associateKmsKey,
  CreateLogGroup: createLogGroup,
  CreateLogStream: createLogStream,
  DeleteLogGroup: deleteLogGroup,
  DeleteLogStream: deleteLogStream,
  DeleteMetricFilter: deleteMetricFilter,
  DeleteQueryDefinition: deleteQueryDefinition,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteRetentionPolicy: deleteRetentionPolicy,
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  DescribeMetricFilters: describeMetricFilters,
  DescribeQueries: describeQueries,
  DescribeQueryDefinitions: describeQueryDefinitions,
  DescribeResourcePolicies: describeResourcePolicies,
  DescribeSubscriptionFilters: describeSubscriptionFilters,
  DisassociateKmsKey: disassociateKmsKey,
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
  GetLogGroupFields: getLogGroupFields,
  GetLogRecord: getLogRecord,
  GetQueryResults: getQueryResults,
  ListLogGroups: listLogGroups,
  ListTagsForResource: listTagsForResource,
  ListTagsLogGroup: listTagsLogGroup,
  PutLogEvents: putLogEvents,
  PutLogGroupDeletionProtection: putLogGroupDeletionProtection,
  PutMetricFilter: putMetricFilter,
  PutQueryDefinition: putQueryDefinition,
  PutResourcePolicy: putResourcePolicy,
  PutRetentionPolicy: putRetentionPolicy,
  PutSubscriptionFilter: putSubscriptionFilter,
  StartLiveTail: startLiveTail,
  StartQuery: startQuery,
  StopQuery: stopQuery,
  TagLogGroup: tagLogGroup,
  TagResource: tagResource,
  TestMetricFilter: testMetricFilter,
  UntagLogGroup: untagLogGroup,
  UntagResource: untagResource,
}
