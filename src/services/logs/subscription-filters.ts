import type {
  DescribeSubscriptionFiltersCommandInput,
  DescribeSubscriptionFiltersCommandOutput,
  PutSubscriptionFilterCommandInput,
  PutSubscriptionFilterCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { invalidParameter, unsupportedForClass } from './errors.ts'
import { compileFilter } from './filter-pattern.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'

/** By the destination's service: what AWS says of one that it cannot deliver to. Sallyport has no such services. */
const unreachable: Readonly<Record<string, string>> = {
  lambda:
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  kinesis:
    'Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state.',
  firehose:
    'Could not deliver test message to specified Firehose stream. Check if the given Firehose stream is in ACTIVE state.',
}

/** AWS tries the destination before it saves the filter; there is none here that could take a message. */
export const putSubscriptionFilter = operation<PutSubscriptionFilterCommandInput, PutSubscriptionFilterCommandOutput>(
  'logs',
  'PutSubscriptionFilter',
  {
    needs: (input, call) => [logsNeed('PutSubscriptionFilter', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const group = findGroup(store, groupId(input, call))
      if (group.logGroupClass !== 'STANDARD') throw unsupportedForClass('PutSubscriptionFilter')
      compileFilter(input.filterPattern)
      const service = /^arn:aws[a-z-]*:([a-z]+):/.exec(input.destinationArn)?.[1] ?? ''
      throw invalidParameter(unreachable[service] ?? 'destinationArn for vendor is not supported') // inferred: the last
    },
  },
)

/** No subscription filter can have been saved. */
export const describeSubscriptionFilters = operation<
  DescribeSubscriptionFiltersCommandInput,
  DescribeSubscriptionFiltersCommandOutput
>('logs', 'DescribeSubscriptionFilters', {
  needs: (input, call) => [logsNeed('DescribeSubscriptionFilters', groupId(input, call), call)],
  perform: (input, { call, world: { store } }) => {
    findGroup(store, groupId(input, call))
    return { subscriptionFilters: [] }
  },
})
