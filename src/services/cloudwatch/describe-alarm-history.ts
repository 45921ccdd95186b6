import type { DescribeAlarmHistoryCommandInput, DescribeAlarmHistoryCommandOutput } from '@aws-sdk/client-cloudwatch'
import { operation } from '../operation.ts'
import { HISTORY, HISTORY_MS, historyPrefix, type HistoryItem } from './alarm-history.ts'
import { alarmNeed, findAlarm } from './alarm.ts'
import { notBuilt } from './errors.ts'
import { regionPrefix } from './metric.ts'
import { page } from './page.ts'

/** What happened to alarms within thirty days, the newest first unless told otherwise; also of alarms that were deleted. */
export const describeAlarmHistory = operation<DescribeAlarmHistoryCommandInput, DescribeAlarmHistoryCommandOutput>(
  'cloudwatch',
  'DescribeAlarmHistory',
  {
    // API Reference: what is told of a composite alarm needs a permission "scoped to *".
    needs: ({ AlarmName, AlarmTypes }, call) => {
      const composite =
        AlarmName === undefined ||
        AlarmTypes?.includes('CompositeAlarm') ||
        findAlarm(call.world.store, call, AlarmName)?.type === 'CompositeAlarm'
      return [alarmNeed('DescribeAlarmHistory', composite ? '*' : AlarmName, call)]
    },
    perform: (input, { call, world: { store } }) => {
      if (input.AlarmContributorId !== undefined) throw notBuilt('AlarmContributorId')
      const { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType, StartDate, EndDate } = input
      const prefix = AlarmName === undefined ? regionPrefix(call) : historyPrefix(call, AlarmName)
      const found = store.list<HistoryItem>(HISTORY, { prefix }).filter(
        ({ value }) =>
          call.time - value.time <= HISTORY_MS &&
          // Of one alarm everything is told, whatever its type.
          (AlarmName !== undefined || AlarmTypes.includes(value.alarmType)) &&
          (HistoryItemType === undefined || value.type === HistoryItemType) &&
          (StartDate === undefined || value.time >= StartDate * 1000) &&
          (EndDate === undefined || value.time <= EndDate * 1000),
      )
      const { items, NextToken } = page(
        found,
        // Times end the keys: sorted by them, alarms come together.
        ({ key }) => `${key.slice(key.lastIndexOf('/') + 1)}/${key}`,
        {
          nextToken: input.NextToken,
          limit: input.MaxRecords ?? 100,
          descending: (input.ScanBy ?? 'TimestampDescending') === 'TimestampDescending',
        },
      )
      return {
        AlarmHistoryItems: items.map(({ value }) => ({
          AlarmName: value.alarmName,
          AlarmType: value.alarmType,
          Timestamp: value.time / 1000,
          HistoryItemType: value.type,
          HistorySummary: value.summary,
          HistoryData: value.data,
        })),
        ...(NextToken !== undefined && { NextToken }),
      }
    },
  },
)
