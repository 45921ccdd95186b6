import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch'
import type { World } from '../../world.ts'
import type { Shape } from '../../wire/shape.ts'
import { partition } from '../partition.ts'
import { uuid } from './activity.ts'
import { invalid, notBuilt } from './errors.ts'
import { callAsLinkedRole } from './linked-role.ts'
import type { Policy, TargetTracking } from './policy.ts'
import { targetArn, type Target } from './target.ts'

type AlarmMetric = Partial<Shape<PutMetricAlarmCommandInput>>

interface Predefined {
  dimension: string
  metric: string
  statistic: 'Sum' | 'Maximum' | 'Average'
  period: number
}

/** What AWS's predefined metrics of SageMaker stand for (SageMaker Developer Guide, "Auto scaling policy overview"). */
const predefined: Readonly<Record<string, Predefined>> = {
  SageMakerVariantInvocationsPerInstance: {
    dimension: 'sagemaker:variant:DesiredInstanceCount',
    metric: 'InvocationsPerInstance',
    statistic: 'Sum',
    period: 60,
  },
  SageMakerVariantProvisionedConcurrencyUtilization: {
    dimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
    metric: 'ServerlessProvisionedConcurrencyUtilization',
    statistic: 'Maximum',
    period: 60,
  },
  SageMakerInferenceComponentInvocationsPerCopy: {
    dimension: 'sagemaker:inference-component:DesiredCopyCount',
    metric: 'InvocationsPerCopy',
    statistic: 'Sum',
    period: 60,
  },
  SageMakerVariantConcurrentRequestsPerModelHighResolution: {
    dimension: 'sagemaker:variant:DesiredInstanceCount',
    metric: 'ConcurrentRequestsPerModel',
    statistic: 'Maximum',
    period: 10,
  },
  SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution: {
    dimension: 'sagemaker:inference-component:DesiredCopyCount',
    metric: 'ConcurrentRequestsPerCopy',
    statistic: 'Maximum',
    period: 10,
  },
}

/** The metric that a configuration tracks, as an alarm's input has it. inferred: sentences. */
export function trackedMetric(target: Pick<Target, 'resourceId' | 'dimension'>, tracking: TargetTracking): AlarmMetric {
  const { PredefinedMetricSpecification: ready, CustomizedMetricSpecification: custom } = tracking
  if ((ready === undefined) === (custom === undefined)) {
    throw invalid('Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified.')
  }
  return ready ? readyMetric(target, ready.PredefinedMetricType) : customMetric(custom!)
}

function readyMetric({ resourceId, dimension }: Pick<Target, 'resourceId' | 'dimension'>, type: string): AlarmMetric {
  const known = predefined[type]
  if (!known && type.startsWith('SageMaker')) throw notBuilt(`The predefined metric ${type}`)
  if (known?.dimension !== dimension) {
    throw invalid(`The predefined metric type ${type} is not supported for the scalable dimension ${dimension}`)
  }
  const [, name = '', , variant = ''] = resourceId.split('/')
  return {
    Namespace: 'AWS/SageMaker',
    MetricName: known.metric,
    Dimensions: dimension.includes('inference-component')
      ? [{ Name: 'InferenceComponentName', Value: name }]
      : [
          { Name: 'EndpointName', Value: name },
          { Name: 'VariantName', Value: variant },
        ],
    Statistic: known.statistic,
    Period: known.period,
  }
}

type Custom = NonNullable<TargetTracking['CustomizedMetricSpecification']>

function customMetric({ MetricName, Namespace, Dimensions, Statistic, Unit, Metrics }: Custom): AlarmMetric {
  if (Metrics) return { Metrics: Metrics.map((query) => withPeriod(query as Shape<MetricDataQuery>)) }
  if (MetricName === undefined || Namespace === undefined || Statistic === undefined) {
    throw invalid('CustomizedMetricSpecification needs MetricName, Namespace and Statistic, or Metrics.')
  }
  return {
    MetricName,
    Namespace,
    Statistic,
    Period: 60,
    ...(Dimensions && { Dimensions }),
    ...(Unit !== undefined && { Unit: Unit as NonNullable<AlarmMetric['Unit']> }),
  }
}

/** Target tracking looks at minutes; its queries name no period. */
function withPeriod({ MetricStat, ...query }: Shape<MetricDataQuery>): Shape<MetricDataQuery> {
  return MetricStat ? { ...query, MetricStat: { ...MetricStat, Period: 60 } } : query
}

/** Scale in begins at nine tenths of the target, and after a quarter of an hour. */
const sides = [
  { name: 'AlarmHigh', comparison: 'GreaterThanThreshold', part: 1, periods: 3 },
  { name: 'AlarmLow', comparison: 'LessThanThreshold', part: 0.9, periods: 15 },
] as const

/** Makes the alarms of a policy, as the service-linked role; rejects with CloudWatch's error. */
export async function putAlarms(world: World, policy: Policy, metric: AlarmMetric): Promise<Policy['alarms']> {
  const tracking = policy.tracking!
  const made: Policy['alarms'] = []
  const action = `${policy.arn}:createdBy/${uuid(world)}`
  for (const { name, comparison, part, periods } of sides) {
    if (name === 'AlarmLow' && tracking.DisableScaleIn) continue
    const AlarmName = `TargetTracking-${policy.resourceId}-${name}-${uuid(world)}`
    await asRole(world, policy, 'PutMetricAlarm', {
      ...metric,
      AlarmName,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${action}.`,
      AlarmActions: [action],
      ComparisonOperator: comparison,
      Threshold: tracking.TargetValue * part,
      EvaluationPeriods: periods,
    })
    made.push({ name: AlarmName, arn: alarmArn(policy, AlarmName) })
  }
  return made
}

/** Those that somebody deleted before are passed over. */
export async function deleteAlarms(world: World, policy: Policy, alarms: Policy['alarms']): Promise<void> {
  if (alarms.length === 0) return
  const AlarmNames = alarms.map(({ name }) => name)
  const { MetricAlarms } = await asRole<{ MetricAlarms: { AlarmName: string }[] }>(world, policy, 'DescribeAlarms', {
    AlarmNames,
  })
  const there = MetricAlarms.map(({ AlarmName }) => AlarmName)
  if (there.length > 0) await asRole(world, policy, 'DeleteAlarms', { AlarmNames: there })
}

/** Alarms whose actions are a policy: those of step scaling, which customers make. Asked as the service-linked role. */
export async function alarmsInvoking(world: World, policy: Policy): Promise<Policy['alarms']> {
  const { MetricAlarms } = await asRole<{ MetricAlarms: { AlarmName: string; AlarmArn: string }[] }>(
    world,
    policy,
    'DescribeAlarms',
    { ActionPrefix: policy.arn, MaxRecords: 100 },
  )
  return MetricAlarms.map(({ AlarmName, AlarmArn }) => ({ name: AlarmName, arn: AlarmArn }))
}

function asRole<O>(world: World, policy: Policy, operation: string, input: object): Promise<O> {
  const onBehalfOf = targetArn(policy, policy.name)
  return callAsLinkedRole<O>(world, policy, { service: 'cloudwatch', operation, input, onBehalfOf })
}

function alarmArn({ account, region }: Policy, name: string): string {
  return `arn:${partition(region)}:cloudwatch:${region}:${account}:alarm:${name}`
}
