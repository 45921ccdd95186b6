import type {
  DeleteMetricFilterCommandInput,
  DeleteMetricFilterCommandOutput,
  DescribeMetricFiltersCommandInput,
  DescribeMetricFiltersCommandOutput,
  PutMetricFilterCommandInput,
  PutMetricFilterCommandOutput,
  StandardUnit,
  TestMetricFilterCommandInput,
  TestMetricFilterCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { invalidParameter, unsupportedForClass } from './errors.ts'
import { compileFilter } from './filter-pattern.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { filterKey, metricFiltersOf, type MetricFilter, type Transformation } from './metric-filter.ts'
import { page } from './page.ts'

/** Quotas of CloudWatch Logs. */
const limits = { filters: 100, regexFilters: 5, dimensions: 3 }

export const putMetricFilter = operation<PutMetricFilterCommandInput, PutMetricFilterCommandOutput>(
  'logs',
  'PutMetricFilter',
  {
    needs: (input, call) => [logsNeed('PutMetricFilter', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      for (const name of ['applyOnTransformedLogs', 'fieldSelectionCriteria', 'emitSystemFieldDimensions'] as const) {
        const value = input[name]
        if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
        throw new AwsError('NotImplemented', `The parameter ${name} of PutMetricFilter is not built.`, 501)
      }
      const group = groupId(input, call)
      const filter = compileFilter(input.filterPattern)
      const transformation = checked(
        input.metricTransformations[0] as Transformation,
        /^[[{]/.test(input.filterPattern.trim()),
      )
      return store.transaction(() => {
        if (findGroup(store, group).logGroupClass !== 'STANDARD') throw unsupportedForClass('PutMetricFilter')
        const others = metricFiltersOf(store, group).filter(({ name }) => name !== input.filterName)
        const regexes = others.filter(({ pattern }) => compileFilter(pattern).regexes > 0).length
        if (others.length >= limits.filters || (filter.regexes > 0 && regexes >= limits.regexFilters)) {
          throw new AwsError('LimitExceededException', 'Resource limit exceeded.')
        }
        store.put<MetricFilter>('logs/metric-filter', filterKey(group, input.filterName), {
          name: input.filterName,
          pattern: input.filterPattern,
          creationTime: call.time,
          logGroupName: group.name,
          transformation,
        })
        return {}
      })
    },
  },
)

/** Selectors need a pattern that has parts. inferred: the sentences. */
function checked(transformation: Transformation, hasParts: boolean): Transformation {
  const { metricValue, dimensions = {}, defaultValue } = transformation
  const selectors = [metricValue, ...Object.values(dimensions)].filter((text) => text.startsWith('$'))
  if (!metricValue.startsWith('$') && (metricValue.trim() === '' || !Number.isFinite(Number(metricValue)))) {
    throw invalidParameter('Invalid metric transformation: metric value must be a number or a selector.')
  }
  if (Object.keys(dimensions).length > limits.dimensions) {
    throw invalidParameter(`Invalid metric transformation: at most ${limits.dimensions} dimensions are allowed.`)
  }
  if (Object.values(dimensions).some((text) => !text.startsWith('$')) || (selectors.length > 0 && !hasParts)) {
    throw invalidParameter('Invalid metric transformation: a selector must refer to a field of the filter pattern.')
  }
  if (defaultValue !== undefined && Object.keys(dimensions).length > 0) {
    throw invalidParameter(
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    )
  }
  return transformation
}

export const deleteMetricFilter = operation<DeleteMetricFilterCommandInput, DeleteMetricFilterCommandOutput>(
  'logs',
  'DeleteMetricFilter',
  {
    needs: (input, call) => [logsNeed('DeleteMetricFilter', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const group = groupId(input, call)
      return store.transaction(() => {
        findGroup(store, group)
        if (!store.delete('logs/metric-filter', filterKey(group, input.filterName))) {
          throw new AwsError('ResourceNotFoundException', 'The specified metric filter does not exist.')
        }
        return {}
      })
    },
  },
)

/** Filters of a group, or of all; by name, or by the metric that they fill. */
export const describeMetricFilters = operation<DescribeMetricFiltersCommandInput, DescribeMetricFiltersCommandOutput>(
  'logs',
  'DescribeMetricFilters',
  {
    needs: (input, call) => [
      logsNeed('DescribeMetricFilters', groupId({ logGroupName: input.logGroupName ?? '' }, call), call),
    ],
    perform: (input, { call, world: { store } }) => {
      const { logGroupName, filterNamePrefix = '', metricName, metricNamespace } = input
      if ((metricName === undefined) !== (metricNamespace === undefined)) {
        // inferred: sentence
        throw invalidParameter('metricName and metricNamespace must be specified together.')
      }
      if (logGroupName !== undefined) findGroup(store, groupId({ logGroupName }, call))
      const prefix = `${call.account}/${call.region}/`
      const filters = store
        .list<MetricFilter>('logs/metric-filter', { prefix })
        .map(({ value }) => value)
        .filter(
          ({ name, logGroupName: group, transformation }) =>
            name.startsWith(filterNamePrefix) &&
            (logGroupName === undefined || group === logGroupName) &&
            (metricName === undefined ||
              (transformation.metricName === metricName && transformation.metricNamespace === metricNamespace)),
        )
      const { items, nextToken } = page(filters, ({ name, logGroupName: group }) => `${name}\n${group}`, input)
      return {
        metricFilters: items.map((filter) => ({
          filterName: filter.name,
          filterPattern: filter.pattern,
          metricTransformations: [
            { ...filter.transformation, unit: (filter.transformation.unit ?? 'None') as StandardUnit },
          ],
          creationTime: filter.creationTime,
          logGroupName: filter.logGroupName,
          applyOnTransformedLogs: false,
        })),
        ...(nextToken !== undefined && { nextToken }),
      }
    },
  },
)

/** Tries a pattern on messages; asks for no resource. */
export const testMetricFilter = operation<TestMetricFilterCommandInput, TestMetricFilterCommandOutput>(
  'logs',
  'TestMetricFilter',
  {
    needs: () => [need('logs:TestMetricFilter', '*')],
    perform: ({ filterPattern, logEventMessages }) => {
      const filter = compileFilter(filterPattern)
      return {
        matches: logEventMessages.flatMap((eventMessage, index) =>
          filter.test(eventMessage)
            ? [{ eventNumber: index + 1, eventMessage, extractedValues: filter.extracted(eventMessage) }]
            : [],
        ),
      }
    },
  },
)
