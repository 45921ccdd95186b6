import type { MetricDatum, PutMetricDataCommandInput, PutMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch'
import { need, type Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { invalidCombination, invalidValue, missing } from './errors.ts'
import type { Cell } from './cell.ts'
import { addCells } from './datapoints.ts'
import { metricKey, sorted, type Metric } from './metric.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** API Reference, PutMetricData and MetricDatum. */
const limits = { pastSeconds: 14 * DAY, futureSeconds: 2 * HOUR, data: 1000, values: 150, magnitude: 2 ** 360 }

type Datum = Shape<MetricDatum>

/** Asked of `*`; the key cloudwatch:namespace narrows it. */
export const putMetricData = operation<PutMetricDataCommandInput, PutMetricDataCommandOutput>(
  'cloudwatch',
  'PutMetricData',
  {
    // Metric filters of CloudWatch Logs ask for nobody's permission (CloudWatch Logs User Guide, "Creating metrics from log events").
    needs: (input, { caller }) =>
      caller.service === 'logs.amazonaws.com'
        ? []
        : [need('cloudwatch:PutMetricData', '*', { context: { 'cloudwatch:namespace': input.Namespace } })],
    perform: (input, { call, world: { store } }) => {
      // AWS's own namespaces are its services' to fill. inferred: sentence
      if (input.Namespace.startsWith('AWS/') && call.caller.kind !== 'service') {
        throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
      }
      if (input.EntityMetricData?.length) {
        throw new AwsError('NotImplemented', 'Metric data with entities (EntityMetricData) is not built.', 501)
      }
      const given = input.MetricData ?? []
      if (given.length === 0) throw missing('The parameter MetricData is required.')
      if (given.length > limits.data) {
        throw invalidValue(`The collection MetricData must not have a size greater than ${limits.data}.`)
      }
      const data = given.map((datum, index) => ({
        datum,
        cells: cellsOf(datum, `MetricData.member.${index + 1}`, call.time / 1000),
      }))
      return store.transaction(() => {
        for (const { datum, cells } of data) add(store, call, input.Namespace, datum, cells)
        return {}
      })
    },
  },
)

function add(store: Store, call: Call, namespace: string, datum: Datum, cells: Cell[]): void {
  const name = { Namespace: namespace, MetricName: datum.MetricName, Dimensions: sorted(datum.Dimensions ?? []) }
  const key = metricKey(call, name)
  const known = store.get<Metric>('cloudwatch/metric', key)
  if (!known || call.time - known.updatedAt >= 60_000) {
    store.put<Metric>('cloudwatch/metric', key, { ...name, updatedAt: call.time })
  }
  addCells(store, key, cells)
}

/** The cells of one datum, all of the same time; throws AWS's complaint about a malformed one. */
function cellsOf(datum: Datum, member: string, now: number): Cell[] {
  const { Value, Values, StatisticValues, StorageResolution = 60, Unit = 'None', Timestamp = now } = datum
  const given = Object.entries({ Value, Values, StatisticValues }).filter(([, value]) => value !== undefined)
  const [first, second] = given.map(([name]) => `${member}.${name}`)
  if (second !== undefined) {
    throw invalidCombination(
      `The parameters ${first} and ${second} are mutually exclusive and you have specified both.`,
    )
  }
  if (first === undefined) {
    // inferred: sentence
    throw invalidCombination(
      `At least one of the parameters ${member}.Value, ${member}.Values and ${member}.StatisticValues must be specified.`,
    )
  }
  if (StorageResolution !== 1 && StorageResolution !== 60) {
    throw invalidValue(`The value ${StorageResolution} for parameter ${member}.StorageResolution is invalid.`)
  }
  if (!(Timestamp >= now - limits.pastSeconds && Timestamp <= now + limits.futureSeconds)) {
    // inferred: sentence
    throw invalidValue(`The parameter ${member}.Timestamp must be within the last two weeks and the next two hours.`)
  }
  const time = Math.floor(Timestamp / StorageResolution) * StorageResolution
  return statisticsOf(datum, member).map((statistics) => ({
    time,
    seconds: StorageResolution,
    unit: Unit,
    ...statistics,
  }))
}

type Statistics = Omit<Cell, 'time' | 'seconds' | 'unit'>

function statisticsOf({ Value, Values, Counts, StatisticValues }: Datum, member: string): Statistics[] {
  if (StatisticValues) {
    const { SampleCount: count, Sum: sum, Minimum: minimum, Maximum: maximum } = StatisticValues
    for (const [name, value] of Object.entries(StatisticValues)) checkNumber(value, `${member}.StatisticValues.${name}`)
    if (count <= 0 || minimum > maximum) {
      throw invalidValue(`The value ${count} for parameter ${member}.StatisticValues.SampleCount is invalid.`) // inferred: sentence
    }
    // Of one value, or of equal ones, the set says all (User Guide, "Percentiles").
    const known = count === 1 || minimum === maximum
    return [{ count, sum, minimum, maximum, ...(known && { values: [[minimum, count]] }) }]
  }
  const values = Value === undefined ? (Values ?? []) : [Value]
  if (values.length > limits.values || values.length === 0) {
    throw invalidValue(`The collection ${member}.Values must have between 1 and ${limits.values} values.`) // inferred: sentence
  }
  const counts = Counts ?? values.map(() => 1)
  if (Value === undefined && counts.length !== values.length) {
    throw invalidValue(`The parameters ${member}.Values and ${member}.Counts must be of the same size.`)
  }
  return values.map((value, i) => {
    const count = counts[i]!
    checkNumber(value, Value === undefined ? `${member}.Values.member.${i + 1}` : `${member}.Value`)
    checkNumber(count, `${member}.Counts.member.${i + 1}`)
    return { count, sum: value * count, minimum: value, maximum: value, values: [[value, count]] }
  })
}

function checkNumber(value: number, parameter: string): void {
  if (Number.isFinite(value) && Math.abs(value) <= limits.magnitude) return
  throw invalidValue(`The value ${value} for parameter ${parameter} is invalid.`)
}
