import type { PutMetricAlarmCommandInput, Tag } from '@aws-sdk/client-cloudwatch'
import type { Call } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import type { Alarm, Common, StateValue, Watched } from './alarm.ts'
import { isWatchedQuery } from './alarm-evaluation.ts'
import { invalidCombination, missing, notBuilt, validationError } from './errors.ts'
import { checkQueries } from './queries.ts'
import { isExtended, statisticNamed } from './statistics.ts'
import { tagsOf } from './tag-list.ts'

export type MetricAlarmInput = Shape<PutMetricAlarmCommandInput>

const DAY = 86_400
/** User Guide, "Alarms on math expressions": metrics of one alarm. */
const METRICS_MAX = 20

/** What would change what an alarm does, and is not built. */
const unbuilt = ['EvaluationCriteria', 'EvaluationInterval', 'WarmUpConfiguration', 'ActionConfiguration'] as const

/** Holds PutMetricAlarm's input against AWS's rules; the sentences are inferred where no source is named. */
export function watchedOf(input: MetricAlarmInput): Watched {
  for (const name of unbuilt) if (input[name] !== undefined) throw notBuilt(`${name} of an alarm`)
  if (input.EvaluationWindow && 'WallClockWindow' in input.EvaluationWindow) {
    throw notBuilt('EvaluationWindow.WallClockWindow of an alarm')
  }
  if (input.ThresholdMetricId !== undefined) throw notBuilt('ThresholdMetricId (anomaly detection)')
  const { EvaluationPeriods, Threshold, ComparisonOperator } = input
  if (ComparisonOperator === undefined) throw missing('The parameter ComparisonOperator is required.')
  if (/Upper|Lower/.test(ComparisonOperator)) throw notBuilt(`${ComparisonOperator} (anomaly detection)`)
  if (EvaluationPeriods === undefined) throw missing('The parameter EvaluationPeriods is required.')
  if (Threshold === undefined)
    throw validationError('Threshold must be specified for alarms that are not based on anomaly detection.')
  if (input.DatapointsToAlarm !== undefined && input.DatapointsToAlarm > EvaluationPeriods) {
    throw validationError('DatapointsToAlarm cannot be greater than EvaluationPeriods.')
  }
  oneOf('TreatMissingData', input.TreatMissingData, ['breaching', 'notBreaching', 'ignore', 'missing'])
  oneOf('EvaluateLowSampleCountPercentile', input.EvaluateLowSampleCountPercentile, ['evaluate', 'ignore'])
  const period = input.Metrics ? mathPeriod(input) : metricPeriod(input)
  const longest = period >= 3600 ? 7 * DAY : DAY
  if (period * EvaluationPeriods > longest) {
    throw validationError(
      `Metrics cannot be checked across more than ${longest === DAY ? 'a day' : 'seven days'} (EvaluationPeriods * Period must be <= ${longest}).`,
    )
  }
  return watched(input, { EvaluationPeriods, Threshold, ComparisonOperator })
}

const kept = [
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'DatapointsToAlarm',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
] as const

type Needed = Pick<Watched, 'EvaluationPeriods' | 'Threshold' | 'ComparisonOperator'>

function watched(input: MetricAlarmInput, needed: Needed): Watched {
  const given = kept.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]] as const]))
  // Of a metric alarm AWS answers with the dimensions even where there are none.
  return { ...(input.Metrics ? {} : { Dimensions: [] }), ...(Object.fromEntries(given) as Partial<Watched>), ...needed }
}

function oneOf(name: string, value: string | undefined, values: readonly string[]): void {
  if (value === undefined || values.includes(value)) return
  throw validationError(
    `The value ${value} for parameter ${name} is not supported. Supported values are ${values.join(', ')}.`,
  )
}

function metricPeriod({ MetricName, Namespace, Period, Statistic, ExtendedStatistic }: MetricAlarmInput): number {
  if (MetricName === undefined) throw missing('The parameter MetricName is required.')
  if (Namespace === undefined) throw missing('The parameter Namespace is required.')
  if (Period === undefined) throw missing('The parameter Period is required.')
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw validationError('Exactly one of Statistic and ExtendedStatistic must be specified.')
  }
  if (ExtendedStatistic !== undefined && (!isExtended(ExtendedStatistic) || !statisticNamed(ExtendedStatistic))) {
    throw validationError(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`)
  }
  checkPeriod(Period)
  return Period
}

function checkPeriod(period: number): void {
  if (period === 10 || period === 20 || period === 30 || period % 60 === 0) return
  throw validationError('Period must be 10, 20, 30 or a multiple of 60.')
}

function mathPeriod(input: MetricAlarmInput): number {
  const queries = input.Metrics!
  for (const name of ['MetricName', 'Namespace', 'Period', 'Statistic', 'ExtendedStatistic', 'Unit'] as const) {
    if (input[name] !== undefined) {
      throw invalidCombination(`The parameters Metrics and ${name} are mutually exclusive and you have specified both.`)
    }
  }
  checkQueries(queries, METRICS_MAX)
  const watchedQueries = queries.filter(isWatchedQuery)
  if (watchedQueries.length !== 1) {
    throw validationError('Exactly one element of the metrics list should return data.')
  }
  const periods = new Set(queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []))
  if (periods.size > 1) throw validationError('All metrics of an alarm must have the same period.')
  const [period] = periods
  if (period === undefined) throw validationError('Period must not be null')
  checkPeriod(period)
  return period
}

/** Forms of ARN that an alarm may act on (API Reference, PutMetricAlarm `AlarmActions`). */
const actionForms = [
  /^arn:[^:]+:sns:(?<region>[^:]+):\d{12}:[\w.-]+$/,
  /^arn:[^:]+:lambda:(?<region>[^:]+):\d{12}:function:[\w:$-]+$/,
  /^arn:[^:]+:autoscaling:(?<region>[^:]+):\d{12}:scalingPolicy:.+$/,
  /^arn:[^:]+:automate:(?<region>[^:]+):ec2:(stop|terminate|reboot|recover)$/,
  /^arn:[^:]+:swf:(?<region>[^:]+):\d{12}:action\/.+$/,
  /^arn:[^:]+:ssm:(?<region>[^:]+):\d{12}:opsitem:[1-4](#CATEGORY=.+)?$/,
  /^arn:[^:]+:ssm-incidents::\d{12}:response-plan[/:].+$/,
  /^arn:[^:]+:aiops:(?<region>[^:]+):\d{12}:investigation-group[/:].+$/,
]

export interface Actions {
  AlarmActions?: string[]
  OKActions?: string[]
  InsufficientDataActions?: string[]
}

interface CommonInput {
  AlarmName: string
  AlarmDescription?: string
  ActionsEnabled?: boolean
  Tags?: Shape<Tag>[]
}

/** What both types take from a call; an alarm that is there keeps its state and its tags. */
export function commonOf(
  input: CommonInput,
  actions: Common['actions'],
  { account, region, time }: Call,
  before: Alarm | undefined,
): Common {
  const now = time / 1000
  return {
    name: input.AlarmName,
    account,
    region,
    ...(input.AlarmDescription !== undefined && { description: input.AlarmDescription }),
    actionsEnabled: input.ActionsEnabled ?? true,
    actions,
    configuredAt: now,
    state: before?.state ?? {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updatedAt: now,
      transitionedAt: now,
    },
    tags: before?.tags ?? tagsOf(input.Tags),
  }
}

export function checkActions(
  { AlarmActions = [], OKActions = [], InsufficientDataActions = [] }: Actions,
  region: string,
) {
  for (const arn of [...AlarmActions, ...OKActions, ...InsufficientDataActions]) {
    const match = actionForms.map((form) => form.exec(arn)).find((found) => found !== null)
    if (!match) throw validationError(`Invalid arn syntax: ${arn}`)
    const found = match.groups?.['region']
    if (found !== undefined && found !== region) {
      throw validationError(`Invalid region ${found} specified. Only ${region} is supported.`)
    }
  }
  const actions: { [state in StateValue]: string[] } = {
    OK: OKActions,
    ALARM: AlarmActions,
    INSUFFICIENT_DATA: InsufficientDataActions,
  }
  return actions
}

/** Key cloudwatch:AlarmActions: every ARN that the alarm would act on. */
export function actionKeys(actions: Actions): Record<string, string[]> {
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = actions
  const all = [...AlarmActions, ...OKActions, ...InsufficientDataActions]
  return all.length > 0 ? { 'cloudwatch:AlarmActions': all } : {}
}
