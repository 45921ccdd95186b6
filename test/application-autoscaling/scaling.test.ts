/**
 * From a metric to a changed capacity. SageMaker's endpoints are stood in for at the door: what would be a call to them ends
 * there; every other call, and every decision about it, is real.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { InnerCall } from '../../src/door/door.ts'
import { runScheduledActions } from '../../src/services/application-autoscaling/watch.ts'
import { followActivities } from '../../src/services/application-autoscaling/scale.ts'
import { evaluateAlarms } from '../../src/services/cloudwatch/watch.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import { openLab, type Lab } from '../cloudwatch/lab.ts'
import { refused } from './refused.ts'

let lab: Lab
/** The endpoint's one variant. */
let variant: { desired: number; current: number }
/** Calls to SageMaker, and the credentials that they were made with. */
let asked: InnerCall[]
let refuses: AwsError | undefined
const role = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint'

before(() => {
  lab = openLab()
  const { door } = lab.world
  const call = door.call.bind(door)
  const standIn = async <O>(inner: InnerCall): Promise<O> => {
    if (inner.service !== 'sagemaker') return call<O>(inner)
    asked.push(inner)
    if (inner.input['EndpointName'] !== 'ep')
      throw new AwsError('ValidationException', 'Could not find endpoint "other".')
    if (inner.operation === 'DescribeEndpoint') {
      const one = { VariantName: 'v', DesiredInstanceCount: variant.desired, CurrentInstanceCount: variant.current }
      return { ProductionVariants: [one] } as O
    }
    assert.equal(inner.operation, 'UpdateEndpointWeightsAndCapacities')
    if (refuses) throw refuses
    const [change] = inner.input['DesiredWeightsAndCapacities'] as { DesiredInstanceCount: number }[]
    variant.desired = change!.DesiredInstanceCount
    return {} as O
  }
  Object.assign(door, { call: standIn })
})
after(() => lab.close())

const target = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/ep/variant/v',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
}
const scaling = (operation: string, input: object = {}) =>
  lab.call('application-autoscaling', operation, { ...(operation.includes('Tag') ? {} : target), ...input })
const described = (operation: string, input: object = {}) =>
  lab.call('application-autoscaling', operation, { ServiceNamespace: 'sagemaker', ...input })
const cloudwatch = (operation: string, input: object = {}) => lab.call('cloudwatch', operation, { ...input })
const evaluate = () => evaluateAlarms(lab.world)
const activities = async (input: object = {}) =>
  (await described('DescribeScalingActivities', input)).ScalingActivities as Record<string, any>[]

beforeEach(() => {
  variant = { desired: 2, current: 2 }
  asked = []
  refuses = undefined
})

describe('a scalable target', () => {
  it('must be there, and be one that is served', async () => {
    const missing = await refused(
      scaling('RegisterScalableTarget', { ResourceId: 'endpoint/other/variant/v', MinCapacity: 1, MaxCapacity: 2 }),
    )
    assert.equal(missing.code, 'ValidationException')
    const ghost = await refused(
      scaling('RegisterScalableTarget', { ResourceId: 'endpoint/ep/variant/w', MinCapacity: 1, MaxCapacity: 2 }),
    )
    assert.deepEqual(ghost, {
      code: 'ValidationException',
      message: "SageMaker endpoint variant doesn't exist: endpoint/ep/variant/w",
    })
    const shape = await refused(
      scaling('RegisterScalableTarget', { ResourceId: 'endpoint/ep', MinCapacity: 1, MaxCapacity: 2 }),
    )
    assert.equal(shape.message, 'Unsupported service namespace, resource type or scalable dimension')
    const ecs = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/a/b',
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 1,
      MaxCapacity: 2,
    }
    assert.equal(
      (await refused(lab.call('application-autoscaling', 'RegisterScalableTarget', ecs))).code,
      'NotImplemented',
    )
    for (const limits of [
      {},
      { MinCapacity: 1 },
      { MinCapacity: 3, MaxCapacity: 2 },
      { MinCapacity: -1, MaxCapacity: 2 },
    ])
      assert.equal((await refused(scaling('RegisterScalableTarget', limits))).code, 'ValidationException')
    assert.deepEqual((await described('DescribeScalableTargets')).ScalableTargets, [])
  })

  it('is registered with the service-linked role, which asks SageMaker', async () => {
    const { ScalableTargetARN } = await scaling('RegisterScalableTarget', {
      MinCapacity: 1,
      MaxCapacity: 10,
      Tags: { team: 'a' },
    })
    assert.match(
      ScalableTargetARN,
      /^arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target\/[\da-f]{36}$/,
    )
    const [found] = (await described('DescribeScalableTargets')).ScalableTargets
    assert.equal(
      found.RoleARN,
      `arn:aws:iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/${role}`,
    )
    assert.deepEqual(found.SuspendedState, {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    })
    assert.equal((await lab.call('iam', 'GetRole', { RoleName: role })).Role.Arn, found.RoleARN)
    assert.ok(asked.every(({ as }) => 'credentials' in as && as.credentials.accessKeyId.startsWith('ASIA')))
    await scaling('TagResource', { ResourceARN: ScalableTargetARN, Tags: { more: 'b' } })
    await scaling('UntagResource', { ResourceARN: ScalableTargetARN, TagKeys: ['team'] })
    assert.deepEqual((await scaling('ListTagsForResource', { ResourceARN: ScalableTargetARN })).Tags, { more: 'b' })
    assert.deepEqual(await activities(), [])
  })

  it('is scaled to new limits', async () => {
    await scaling('RegisterScalableTarget', { MinCapacity: 4 })
    assert.equal(variant.desired, 4)
    const [before] = await activities()
    assert.equal(before!['StatusCode'], 'InProgress')
    assert.equal(
      before!['StatusMessage'],
      'Successfully set desired instance count to 4. Waiting for change to be fulfilled by sagemaker.',
    )
    variant.current = 4
    lab.wait(30)
    await followActivities(lab.world)
    const [{ ActivityId: _, StartTime: start, EndTime: end, ...now } = {} as Record<string, any>] = await activities()
    assert.deepEqual(now, {
      ...target,
      Description: 'Setting desired instance count to 4.',
      Cause: 'minimum capacity was set to 4',
      StatusCode: 'Successful',
      StatusMessage: 'Successfully set desired instance count to 4. Change successfully fulfilled by sagemaker.',
    })
    assert.equal(end - start, 30)
    await scaling('RegisterScalableTarget', { MinCapacity: 1 })
  })

  it('tells what SageMaker refused', async () => {
    refuses = new AwsError(
      'ResourceLimitExceeded',
      "The account-level service limit 'ml.m5.large for endpoint usage' is 4 Instances.",
    )
    await scaling('RegisterScalableTarget', { MinCapacity: 5 })
    const [failed] = await activities()
    assert.equal(failed!['StatusCode'], 'Failed')
    assert.equal(
      failed!['StatusMessage'],
      "Failed to set desired instance count to 5. Reason: The account-level service limit 'ml.m5.large for endpoint usage' is 4 Instances. " +
        '(Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceLimitExceeded)',
    )
    await scaling('RegisterScalableTarget', { MinCapacity: 1 })
  })
})

const invocations = (Value: number) =>
  lab.world.door.call({
    service: 'cloudwatch',
    operation: 'PutMetricData',
    input: {
      Namespace: 'Own',
      MetricData: [{ MetricName: 'Load', Value, Dimensions: [{ Name: 'EndpointName', Value: 'ep' }] }],
    },
    as: { credentials: lab.admin },
    origin: { kind: 'internet', ip: '203.0.113.7' },
  })

describe('target tracking', () => {
  const policy = {
    PolicyName: 'track',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 100,
      CustomizedMetricSpecification: {
        MetricName: 'Load',
        Namespace: 'Own',
        Dimensions: [{ Name: 'EndpointName', Value: 'ep' }],
        Statistic: 'Average',
      },
    },
  }

  it('makes and owns two alarms, named and worded as AWS names them', async () => {
    const predefined = {
      PolicyName: 'ready',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      },
    }
    const { PolicyARN, Alarms } = await scaling('PutScalingPolicy', predefined)
    assert.match(
      PolicyARN,
      /^arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:[\da-f-]{36}:resource\/sagemaker\/endpoint\/ep\/variant\/v:policyName\/ready$/,
    )
    const names = Alarms.map(({ AlarmName }: { AlarmName: string }) => AlarmName) as string[]
    assert.match(names[0]!, /^TargetTracking-endpoint\/ep\/variant\/v-AlarmHigh-[\da-f-]{36}$/)
    assert.match(names[1]!, /^TargetTracking-endpoint\/ep\/variant\/v-AlarmLow-[\da-f-]{36}$/)
    const { MetricAlarms } = await cloudwatch('DescribeAlarms', { AlarmNames: names })
    const [high, low] = MetricAlarms
    assert.deepEqual(
      [
        high.Namespace,
        high.MetricName,
        high.Statistic,
        high.Threshold,
        high.EvaluationPeriods,
        high.ComparisonOperator,
      ],
      ['AWS/SageMaker', 'InvocationsPerInstance', 'Sum', 70, 3, 'GreaterThanThreshold'],
    )
    assert.deepEqual([low.Threshold, low.EvaluationPeriods, low.ComparisonOperator], [63, 15, 'LessThanThreshold'])
    assert.equal(
      high.AlarmDescription,
      `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${high.AlarmActions[0]}.`,
    )
    assert.ok(high.AlarmActions[0].startsWith(`${PolicyARN}:createdBy/`))
    await scaling('DeleteScalingPolicy', { PolicyName: 'ready' })
    assert.deepEqual((await cloudwatch('DescribeAlarms')).MetricAlarms, [])
    const again = await refused(scaling('DeleteScalingPolicy', { PolicyName: 'ready' }))
    assert.equal(again.code, 'ObjectNotFoundException')
  })

  it('scales out by its alarm, and in when there is less to do', async () => {
    await scaling('PutScalingPolicy', policy)
    for (let minute = 0; minute < 3; minute++) {
      await invocations(250)
      lab.wait(60)
    }
    await evaluate()
    assert.equal(variant.desired, 5, '2 * 250 / 100')
    const [activity] = await activities()
    assert.match(
      activity!['Cause'],
      /^monitor alarm TargetTracking-endpoint\/ep\/variant\/v-AlarmHigh-[\da-f-]{36} in state ALARM triggered policy track$/,
    )
    await evaluate()
    assert.equal(variant.desired, 5, 'it cools down')
    variant.current = 5
    for (let minute = 0; minute < 17; minute++) {
      await invocations(30)
      lab.wait(60)
      await evaluate()
    }
    assert.equal(variant.desired, 2, '5 * 30 / 100')
  })

  it('stays when it is suspended', async () => {
    await scaling('RegisterScalableTarget', { SuspendedState: { DynamicScalingOutSuspended: true } })
    for (let minute = 0; minute < 5; minute++) {
      await invocations(900)
      lab.wait(60)
      await evaluate()
    }
    assert.equal(variant.desired, 2)
    await scaling('RegisterScalableTarget', { SuspendedState: { DynamicScalingOutSuspended: false } })
    lab.wait(60)
    await invocations(900)
    lab.wait(60)
    await evaluate()
    assert.equal(variant.desired, 10, 'the alarm goes on invoking its policy every minute; no more than the maximum')
    variant.current = 10
    lab.wait(400)
    for (let minute = 0; minute < 3; minute++) {
      await invocations(900)
      lab.wait(60)
    }
    await evaluate()
    const reasons = (await activities({ IncludeNotScaledActivities: true }))[0]!['NotScaledReasons']
    assert.deepEqual(reasons, [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10 }])
    await scaling('DeleteScalingPolicy', { PolicyName: 'track' })
  })

  const wrong: [string, object, string][] = [
    ['no metric', { CustomizedMetricSpecification: undefined }, 'ValidationException'],
    ['no target', { TargetValue: 0 }, 'ValidationException'],
    [
      "another dimension's metric",
      {
        CustomizedMetricSpecification: undefined,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy' },
      },
      'ValidationException',
    ],
    [
      'math that is none',
      { CustomizedMetricSpecification: { Metrics: [{ Id: 'e', Expression: 'm1 +' }] } },
      'ValidationException',
    ],
  ]
  for (const [what, change, code] of wrong)
    it(`is not made with ${what}`, async () => {
      const TargetTrackingScalingPolicyConfiguration = { ...policy.TargetTrackingScalingPolicyConfiguration, ...change }
      assert.equal(
        (await refused(scaling('PutScalingPolicy', { ...policy, TargetTrackingScalingPolicyConfiguration }))).code,
        code,
      )
    })

  it('is not made of predictions', async () => {
    const error = await refused(scaling('PutScalingPolicy', { PolicyName: 'p', PolicyType: 'PredictiveScaling' }))
    assert.equal(error.code, 'NotImplemented')
  })
})

describe('step scaling', () => {
  it("acts on an alarm of the customer's", async () => {
    const { PolicyARN } = await scaling('PutScalingPolicy', {
      PolicyName: 'step',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 60,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 50, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 50, ScalingAdjustment: 3 },
        ],
      },
    })
    await cloudwatch('PutMetricAlarm', {
      AlarmName: 'busy',
      Namespace: 'Own',
      MetricName: 'Step',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 100,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [PolicyARN],
    })
    const [found] = (await described('DescribeScalingPolicies', { PolicyNames: ['step'] })).ScalingPolicies
    assert.deepEqual(found.Alarms, [
      { AlarmName: 'busy', AlarmARN: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:busy' },
    ])
    await cloudwatch('PutMetricData', { Namespace: 'Own', MetricData: [{ MetricName: 'Step', Value: 160 }] })
    lab.wait(60)
    await evaluate()
    assert.equal(variant.desired, 5)
    const { AlarmHistoryItems } = await cloudwatch('DescribeAlarmHistory', {
      AlarmName: 'busy',
      HistoryItemType: 'Action',
    })
    assert.equal(AlarmHistoryItems[0].HistorySummary, `Successfully executed action ${PolicyARN}`)
  })

  for (const [what, StepAdjustments] of [
    ['nothing', []],
    [
      'a gap',
      [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 1, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 2, ScalingAdjustment: 2 },
      ],
    ],
    [
      'an overlap',
      [
        { MetricIntervalLowerBound: 0, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 2, ScalingAdjustment: 2 },
      ],
    ],
  ] as const)
    it(`is not made of ${what}`, async () => {
      const StepScalingPolicyConfiguration = { AdjustmentType: 'ChangeInCapacity', StepAdjustments }
      const error = await refused(
        scaling('PutScalingPolicy', { PolicyName: 'x', PolicyType: 'StepScaling', StepScalingPolicyConfiguration }),
      )
      assert.equal(error.code, 'ValidationException')
    })

  it('needs a target', async () => {
    const error = await refused(
      scaling('PutScheduledAction', {
        ResourceId: 'endpoint/ep/variant/w',
        ScheduledActionName: 'x',
        Schedule: 'rate(1 day)',
      }),
    )
    assert.deepEqual(error, {
      code: 'ObjectNotFoundException',
      message:
        'No scalable target registered for service namespace: sagemaker, resource ID: endpoint/ep/variant/w, scalable dimension: sagemaker:variant:DesiredInstanceCount',
    })
  })
})

describe('a scheduled action', () => {
  it('sets limits at its time, and again', async () => {
    await scaling('PutScheduledAction', {
      ScheduledActionName: 'morning',
      Schedule: 'rate(1 hour)',
      ScalableTargetAction: { MinCapacity: 7, MaxCapacity: 20 },
    })
    await runScheduledActions(lab.world)
    assert.equal(variant.desired, 2)
    lab.wait(3600)
    await runScheduledActions(lab.world)
    assert.equal(variant.desired, 7)
    const [scaled, set] = await activities()
    const told = [scaled, set].sort((a, b) => String(a!['Cause']).localeCompare(String(b!['Cause'])))
    assert.deepEqual(
      told.map((one) => [one!['Description'], one!['Cause']]),
      [
        ['Setting desired instance count to 7.', 'minimum capacity was set to 7'],
        ['Setting min capacity to 7 and max capacity to 20.', 'scheduled action name morning was triggered'],
      ],
    )
    const [one] = (await described('DescribeScheduledActions')).ScheduledActions
    assert.match(
      one.ScheduledActionARN,
      /:scheduledAction:[\da-f-]{36}:resource\/sagemaker\/endpoint\/ep\/variant\/v:scheduledActionName\/morning$/,
    )
    await scaling('RegisterScalableTarget', { MinCapacity: 1, SuspendedState: { ScheduledScalingSuspended: true } })
    lab.wait(3600)
    await runScheduledActions(lab.world)
    const [{ MinCapacity }] = (await described('DescribeScalableTargets')).ScalableTargets
    assert.equal(MinCapacity, 1, 'suspended')
  })

  it('goes with its target, and so do policies and alarms', async () => {
    await scaling('DeregisterScalableTarget')
    assert.deepEqual((await described('DescribeScheduledActions')).ScheduledActions, [])
    assert.deepEqual((await described('DescribeScalingPolicies')).ScalingPolicies, [])
    const names = (await cloudwatch('DescribeAlarms')).MetricAlarms.map(
      ({ AlarmName }: { AlarmName: string }) => AlarmName,
    )
    assert.deepEqual(names, ['busy'], 'that of the customer stays')
    assert.equal((await refused(scaling('DeregisterScalableTarget'))).code, 'ObjectNotFoundException')
  })
})
