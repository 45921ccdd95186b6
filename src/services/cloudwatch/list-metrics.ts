import type { ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { invalidToken, notBuilt } from './errors.ts'
import { namespacePrefix, regionPrefix, type Metric } from './metric.ts'

const PAGE = 500
const HOUR = 3_600_000

/** Metrics that had data within two weeks, or within three hours where only active ones are asked for. Asked of `*`. */
export const listMetrics = operation<ListMetricsCommandInput, ListMetricsCommandOutput>('cloudwatch', 'ListMetrics', {
  needs: () => [need('cloudwatch:ListMetrics', '*')],
  perform: (input, { call, world: { store } }) => {
    const { Namespace, MetricName, Dimensions = [], RecentlyActive, NextToken } = input
    if (input.IncludeLinkedAccounts) throw notBuilt('IncludeLinkedAccounts (cross-account observability)')
    if (input.OwningAccount !== undefined && input.OwningAccount !== call.account) return { Metrics: [] }
    const prefix = Namespace === undefined ? regionPrefix(call) : namespacePrefix(call, Namespace)
    const since = call.time - (RecentlyActive === 'PT3H' ? 3 * HOUR : 14 * 24 * HOUR)
    const after = NextToken === undefined ? {} : { after: keyOf(NextToken, prefix) }
    const found = store
      .list<Metric>('cloudwatch/metric', { prefix, ...after })
      .filter(
        ({ value }) =>
          value.updatedAt >= since &&
          (MetricName === undefined || value.MetricName === MetricName) &&
          Dimensions.every((wanted) =>
            value.Dimensions.some(
              ({ Name, Value }) => Name === wanted.Name && (wanted.Value === undefined || Value === wanted.Value),
            ),
          ),
      )
    const page = found.slice(0, PAGE)
    return {
      Metrics: page.map(({ value: { Namespace, MetricName, Dimensions } }) => ({ Namespace, MetricName, Dimensions })),
      ...(found.length > PAGE && { NextToken: Buffer.from(page.at(-1)!.key).toString('base64url') }),
    }
  },
})

function keyOf(token: string, prefix: string): string {
  const key = Buffer.from(token, 'base64url').toString()
  if (!key.startsWith(prefix)) throw invalidToken()
  return key
}
