import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Shape } from '../../wire/shape.ts'
import { notBuilt, validationError } from './errors.ts'
import { checkFunction, evaluate, UnbuiltFunction } from './math/evaluate.ts'
import { callsIn, MathError, namesIn, parseMath, type Node } from './math/parse.ts'
import { words } from './math/functions.ts'
import { isSeries, type Range, type Series, type Value } from './math/values.ts'
import { searchMetrics } from './search.ts'
import { metricSeries, type Source } from './series.ts'
import { isPeriod, statisticNamed } from './statistics.ts'

export type Query = Shape<MetricDataQuery>

interface Checked {
  query: Query
  /** Of an expression. */
  tree?: Node
}

/** Quota: queries of one request (CloudWatch service quotas). */
const QUERIES_MAX = 500

/** Holds queries against AWS's rules and reads their expressions; throws ValidationError. */
export function checkQueries(queries: readonly Query[], most = QUERIES_MAX): Map<string, Checked> {
  if (queries.length > most) {
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${most}.`)
  }
  const checked = new Map<string, Checked>()
  for (const query of queries) {
    const { Id } = query
    // inferred: sentences, here and below, where no source is named.
    if (checked.has(Id)) throw validationError('The values for parameter id in MetricDataQueries are not unique.')
    if (!/^[a-z]\w*$/.test(Id)) throw validationError(`The value ${Id} for parameter Id is invalid.`)
    checked.set(Id, checkOne(query))
  }
  for (const { query, tree } of checked.values()) if (tree) checkNames(query.Id, tree, checked)
  return checked
}

function checkOne(query: Query): Checked {
  const { Id, MetricStat, Expression, AccountId } = query
  if (AccountId !== undefined) throw notBuilt('AccountId of a metric data query (cross-account observability)')
  if (MetricStat && Expression !== undefined) {
    throw validationError(`The parameters MetricStat and Expression are mutually exclusive in query '${Id}'.`)
  }
  if (Expression !== undefined) {
    if (query.Period !== undefined && !isPeriod(query.Period)) throw badPeriod()
    return { query, tree: treeOf(Id, Expression) }
  }
  if (!MetricStat) throw validationError(`Either MetricStat or Expression must be specified for query '${Id}'.`)
  if (!isPeriod(MetricStat.Period)) throw badPeriod()
  if (!statisticNamed(MetricStat.Stat)) {
    throw validationError(`The value ${MetricStat.Stat} for parameter Stat is not supported.`)
  }
  return { query }
}

const badPeriod = () => validationError('Period must be 1, 5, 10, 20, 30 or a multiple of 60.')

function treeOf(id: string, expression: string): Node {
  if (/^\s*SELECT\b/i.test(expression)) throw notBuilt(`Metrics Insights (the SELECT of query '${id}')`)
  return said(id, () => {
    const tree = parseMath(expression)
    for (const name of callsIn(tree)) checkFunction(name)
    return tree
  })
}

/** What goes wrong in an expression, in AWS's error of it. */
function said<T>(id: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof UnbuiltFunction) throw notBuilt(`The metric math function ${error.message} (query '${id}')`)
    if (error instanceof MathError) throw validationError(`Error in expression '${id}': ${error.message}`)
    throw error
  }
}

function checkNames(id: string, tree: Node, all: ReadonlyMap<string, Checked>, above: readonly string[] = []): void {
  if (above.includes(id)) throw validationError(`Error in expression '${id}': The expression refers to itself`)
  for (const name of namesIn(tree)) {
    const found = all.get(name)
    if (!found && !words.has(name)) throw validationError(`Error in expression '${id}': Unknown metric ${name}`)
    if (found?.tree) checkNames(name, found.tree, all, [...above, id])
  }
}

/** Computes every query that `wanted` names, each part once. Throws ValidationError. */
export function computeQueries(
  checked: ReadonlyMap<string, Checked>,
  source: Source,
  range: Range,
): (id: string) => Value {
  const done = new Map<string, Value>()
  const periodOf = (tree: Node, own: number | undefined): number => {
    const periods = namesIn(tree).map((name) => {
      const found = checked.get(name)
      return found?.query.MetricStat?.Period ?? (found?.tree ? periodOf(found.tree, found.query.Period) : 0)
    })
    return own ?? (Math.max(0, ...periods) || usualPeriod(checked))
  }

  const valueOf = (id: string): Value => {
    let value = done.get(id)
    if (value === undefined) done.set(id, (value = compute(id)))
    return value
  }

  function compute(id: string): Value {
    const { query, tree } = checked.get(id)!
    if (query.MetricStat) {
      const series = metricSeries(source, query.MetricStat, range)
      return query.Label === undefined ? series : { ...series, label: query.Label }
    }
    const period = periodOf(tree!, query.Period)
    return said(id, () =>
      evaluate(tree!, valueOf, {
        range,
        period,
        metrics: () => metricsOf(checked, valueOf),
        search: (expression, statistic, seconds) => found(source, expression, statistic, seconds, range),
      }),
    )
  }
  return valueOf
}

function usualPeriod(checked: ReadonlyMap<string, Checked>): number {
  return Math.max(0, ...[...checked.values()].map(({ query }) => query.MetricStat?.Period ?? 0)) || 60
}

function metricsOf(checked: ReadonlyMap<string, Checked>, valueOf: (id: string) => Value): Map<string, Series> {
  const metrics = [...checked.values()].filter(({ query }) => query.MetricStat)
  return new Map(metrics.map(({ query }) => [query.Id, valueOf(query.Id) as Series]))
}

function found(source: Source, expression: string, Stat: string, Period: number, range: Range): Series[] {
  if (!isPeriod(Period)) throw new MathError('SEARCH needs a period of 1, 5, 10, 20, 30 or a multiple of 60')
  if (!statisticNamed(Stat)) throw new MathError(`SEARCH does not know the statistic ${Stat}`)
  return searchMetrics(source.store, source, source.now * 1000, expression).map((metric) => {
    const { Namespace, MetricName, Dimensions } = metric
    const series = metricSeries(source, { Metric: { Namespace, MetricName, Dimensions }, Period, Stat }, range)
    return { ...series, label: [MetricName, ...Dimensions.map(({ Value }) => Value)].join(' ') }
  })
}

/** The time series that a query answers with; throws ValidationError where it comes to a number. */
export function seriesOfQuery(id: string, value: Value): Series[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'object' && isSeries(value)) return [value]
  // inferred: sentence. User Guide: "The final result of an expression must be a time series or an array of them".
  throw validationError(
    `Error in expression '${id}': The expression must return a time series or an array of time series`,
  )
}
