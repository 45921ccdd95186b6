import { setFlagsFromString } from 'node:v8'
import type { MetricData, MetricDefinition } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import type { Acting } from '../acting.ts'
import type { Metric } from './live-metrics.ts'

// A user's pattern runs over a user's logs: V8 falls back to its linear engine where backtracking would run away.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** Longest piece of a log line that metric patterns look at. */
const lineMax = 8192

/** Reads the metrics of MetricDefinitions out of log lines; the last value of each is the job's final one. */
export class MetricReader {
  readonly #patterns: { name: string; regex: RegExp }[]
  readonly values: Metric[] = []
  readonly #told: ((metric: Metric) => void) | undefined

  /** `told` is called with each value as it is read. */
  constructor(definitions: readonly Shape<MetricDefinition>[] = [], told?: (metric: Metric) => void) {
    this.#told = told
    this.#patterns = definitions.map(({ Name, Regex }) => ({ name: Name, regex: metricPattern(Regex) }))
  }

  read(timestamp: number, line: string): void {
    for (const { name, regex } of this.#patterns) {
      const value = Number(regex.exec(line.slice(0, lineMax))?.[1])
      if (!Number.isFinite(value)) continue
      const metric = { name, value, timestamp }
      this.values.push(metric)
      this.#told?.(metric)
    }
  }

  /** FinalMetricDataList (API_DescribeTrainingJob): one entry a metric, the last seen. */
  final(): Shape<MetricData>[] {
    const last = new Map(this.values.map((one) => [one.name, one]))
    return [...last.values()].map(({ name, value, timestamp }) => ({
      MetricName: name,
      Value: value,
      Timestamp: timestamp / 1000,
    }))
  }

  /** Publishes them as the role. False when the role may not: the job goes on without, and the record says so. */
  async publish(
    acting: Acting,
    namespace: string,
    dimension: { Name: string; Value: string },
  ): Promise<AwsError | undefined> {
    const data = this.values.map(({ name, value, timestamp }) => ({
      MetricName: name,
      Value: value,
      Timestamp: timestamp / 1000,
      Dimensions: [dimension],
    }))
    try {
      for (let at = 0; at < data.length; at += 500) {
        const MetricData = data.slice(at, at + 500)
        await acting.call('cloudwatch', 'PutMetricData', { Namespace: namespace, MetricData })
      }
      return undefined
    } catch (error) {
      if (error instanceof AwsError) return error
      throw error
    }
  }
}

/** SageMaker's patterns are Python's; what JavaScript cannot compile is refused when the job is created. */
export function metricPattern(source: string): RegExp {
  try {
    return new RegExp(source.replaceAll('(?P<', '(?<'))
  } catch {
    throw new AwsError('ValidationException', `Invalid regular expression in MetricDefinitions: ${source}`) // inferred: sentence
  }
}
