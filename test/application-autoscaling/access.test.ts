import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ACCOUNT, openLab, REGION, type Lab } from '../cloudwatch/lab.ts'
import type { Keys } from '../support/sign.ts'
import { standIn } from './endpoints.ts'

const service = 'application-autoscaling'
const variant = (endpoint: string) => ({
  ServiceNamespace: 'sagemaker',
  ResourceId: `endpoint/${endpoint}/variant/v`,
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
})
const limits = { MinCapacity: 1, MaxCapacity: 4 }
const roleName = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint'
const roleArn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/${roleName}`
const allow = (Action: string | string[], Resource = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})
const mayScale = allow('application-autoscaling:*')
const refusal = (action: string, resource: string) => ({
  code: 'AccessDeniedException',
  message: new RegExp(
    `is not authorized to perform: ${action} on resource: ${resource.replaceAll('*', '\\*')} because`,
  ),
})
const targetArn = `arn:aws:application-autoscaling:${REGION}:${ACCOUNT}:scalable-target/`

void describe('an endpoint that SageMaker does not know', () => {
  void it('is not registered, and the refusal says why: today, that endpoints are not built', async () => {
    const lab = openLab()
    try {
      await assert.rejects(lab.call(service, 'RegisterScalableTarget', { ...variant('ep'), ...limits }), {
        code: 'ValidationException',
        status: 400,
        message:
          /^(Could not find endpoint|sagemaker:DescribeEndpoint is not built in Sallyport yet; nothing was done\.$)/,
      })
      const { ScalableTargets } = await lab.call(service, 'DescribeScalableTargets', { ServiceNamespace: 'sagemaker' })
      assert.deepEqual(ScalableTargets, [])
      await assert.rejects(
        lab.call(service, 'PutScalingPolicy', { ...variant('ep'), PolicyName: 'p', PolicyType: 'StepScaling' }),
        { code: 'ObjectNotFoundException', message: /^No scalable target registered for service namespace: sagemaker/ },
      )
    } finally {
      lab.close()
    }
  })
})

void describe('who may scale what', () => {
  let lab: Lab
  let scaled: ReturnType<typeof standIn>
  before(() => {
    lab = openLab()
    scaled = standIn()
    for (const name of ['ep', 'mine', 'theirs']) scaled.endpoints.set(name, { desired: 2, current: 2 })
    scaled.serverless.set('less', { desired: 1, current: 1 })
    scaled.components.set('part', { desired: 1, current: 1 })
  })
  after(() => {
    scaled.undo()
    lab.close()
  })
  const call = (operation: string, input: object, by?: Keys) => lab.call(service, operation, { ...input }, by)

  async function arnOf(endpoint: string): Promise<string> {
    const { ScalableTargets } = await call('DescribeScalableTargets', {
      ServiceNamespace: 'sagemaker',
      ResourceIds: [`endpoint/${endpoint}/variant/v`],
    })
    return ScalableTargets[0].ScalableTargetARN
  }

  void it('the first to register must be allowed to create the service-linked role', async () => {
    const without = await lab.user('without', mayScale)
    const asked = { ...variant('ep'), ...limits }
    await assert.rejects(
      call('RegisterScalableTarget', asked, without),
      refusal('iam:CreateServiceLinkedRole', roleArn),
    )
    await assert.rejects(lab.call('iam', 'GetRole', { RoleName: roleName }), { code: 'NoSuchEntity' })
    assert.equal(lab.world.store.count('application-autoscaling/target'), 0)

    const other = await lab.user(
      'other',
      mayScale,
      allow('iam:CreateServiceLinkedRole', '*', { StringEquals: { 'iam:AWSServiceName': 'ecs.amazonaws.com' } }),
    )
    await assert.rejects(call('RegisterScalableTarget', asked, other), refusal('iam:CreateServiceLinkedRole', roleArn))

    const first = await lab.user(
      'first',
      mayScale,
      allow('iam:CreateServiceLinkedRole', '*', {
        StringEquals: { 'iam:AWSServiceName': 'sagemaker.application-autoscaling.amazonaws.com' },
      }),
    )
    await call('RegisterScalableTarget', asked, first)
    assert.equal((await lab.call('iam', 'GetRole', { RoleName: roleName })).Role.Arn, roleArn)
    // The role is there: nobody else needs to create it.
    await call('RegisterScalableTarget', { ...variant('mine'), ...limits, Tags: { team: 'red' } }, without)
  })

  void it('what is asked of SageMaker is asked as that role, and decided by its policy', async () => {
    await call('RegisterScalableTarget', { ...variant('theirs'), MinCapacity: 3, MaxCapacity: 4 })
    assert.equal(scaled.endpoints.get('theirs')!.desired, 3)
    const made = lab.world.decisions
      .recent(20)
      .filter((one) => one.service === 'sagemaker')
      .slice(0, 3)
      .toReversed()
    assert.deepEqual(
      made.map(({ operation, decision, caller }) => [operation, decision, caller?.principalArn]),
      [
        ['DescribeEndpoint', 'allowed', roleArn],
        ['DescribeEndpoint', 'allowed', roleArn],
        ['UpdateEndpointWeightsAndCapacities', 'allowed', roleArn],
      ],
    )
  })

  void it('provisioned concurrency and copies of inference components are scaled in the same way', async () => {
    const concurrency = { ...variant('less'), ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency' }
    const copies = {
      ServiceNamespace: 'sagemaker',
      ResourceId: 'inference-component/part',
      ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
    }
    for (const target of [concurrency, copies])
      await call('RegisterScalableTarget', { ...target, MinCapacity: 5, MaxCapacity: 9 })
    assert.equal(scaled.serverless.get('less')!.desired, 5)
    assert.equal(scaled.components.get('part')!.desired, 5)
    const told = async ({ ResourceId }: { ResourceId: string }) => {
      const { ScalingActivities } = await call('DescribeScalingActivities', {
        ServiceNamespace: 'sagemaker',
        ResourceId,
      })
      return ScalingActivities.map(({ Description }: { Description: string }) => Description)
    }
    assert.deepEqual(await told(concurrency), ['Setting desired provisioned concurrency to 5.'])
    assert.deepEqual(await told(copies), ['Setting desired copy count to 5.'])
    for (const target of [concurrency, copies]) await call('DeregisterScalableTarget', target)
  })

  void it('targets are told apart by namespace, dimension, ARN and tag', async () => {
    const conditioned = await lab.user(
      'conditioned',
      allow('application-autoscaling:RegisterScalableTarget', '*', {
        StringEquals: {
          'application-autoscaling:service-namespace': 'sagemaker',
          'application-autoscaling:scalable-dimension': 'sagemaker:variant:DesiredInstanceCount',
        },
      }),
      allow('application-autoscaling:PutScheduledAction', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } }),
      allow('application-autoscaling:TagResource', '*', { StringEquals: { 'aws:RequestTag/team': 'red' } }),
    )
    await call('RegisterScalableTarget', { ...variant('mine'), MaxCapacity: 5 }, conditioned)
    await assert.rejects(
      call(
        'RegisterScalableTarget',
        { ...variant('less'), ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency', ...limits },
        conditioned,
      ),
      refusal('application-autoscaling:RegisterScalableTarget', `${targetArn}*`),
    )
    const action = { ScheduledActionName: 'a', Schedule: 'rate(1 hour)', ScalableTargetAction: { MinCapacity: 1 } }
    await call('PutScheduledAction', { ...variant('mine'), ...action }, conditioned)
    const theirs = await arnOf('theirs')
    await assert.rejects(
      call('PutScheduledAction', { ...variant('theirs'), ...action }, conditioned),
      refusal('application-autoscaling:PutScheduledAction', theirs),
    )
    await call('TagResource', { ResourceARN: theirs, Tags: { team: 'red' } }, conditioned)
    await call('PutScheduledAction', { ...variant('theirs'), ...action }, conditioned)
    await assert.rejects(
      call('TagResource', { ResourceARN: theirs, Tags: { team: 'blue' } }, conditioned),
      refusal('application-autoscaling:TagResource', theirs),
    )
    const named = await lab.user('named', allow('application-autoscaling:Deregister*', theirs))
    await assert.rejects(
      call('DeregisterScalableTarget', variant('mine'), named),
      refusal('application-autoscaling:DeregisterScalableTarget', await arnOf('mine')),
    )
    await call('DeregisterScalableTarget', variant('theirs'), named)
  })

  void it('a role that is given must be one that the caller may pass', async () => {
    const caller = await lab.user('passing', mayScale)
    const RoleARN = `arn:aws:iam::${ACCOUNT}:role/own`
    await assert.rejects(
      call('RegisterScalableTarget', { ...variant('mine'), RoleARN }, caller),
      refusal('iam:PassRole', RoleARN),
    )
    await call('RegisterScalableTarget', { ...variant('mine'), RoleARN: roleArn }, caller)
  })

  void it("the customer's own alarm invokes a policy without any right of its own", async () => {
    const { PolicyARN } = await call('PutScalingPolicy', {
      ...variant('mine'),
      PolicyName: 'step',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    })
    await lab.cloudwatch('PutMetricAlarm', {
      AlarmName: 'busy',
      Namespace: 'Own',
      MetricName: 'load',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [PolicyARN],
    })
    await lab.cloudwatch('PutMetricData', { Namespace: 'Own', MetricData: [{ MetricName: 'load', Value: 9 }] })
    lab.wait(60)
    await lab.evaluate()
    assert.equal(scaled.endpoints.get('mine')!.desired, 3)
    const { AlarmHistoryItems } = await lab.cloudwatch('DescribeAlarmHistory', {
      AlarmName: 'busy',
      HistoryItemType: 'Action',
    })
    const { actionState, notificationResource, error } = JSON.parse(AlarmHistoryItems[0].HistoryData)
    assert.deepEqual([actionState, notificationResource, error], ['Succeeded', PolicyARN, null])

    await call('DeleteScalingPolicy', { ...variant('mine'), PolicyName: 'step' })
    await lab.cloudwatch('SetAlarmState', { AlarmName: 'busy', StateValue: 'OK', StateReason: 'test' })
    await lab.cloudwatch('SetAlarmState', { AlarmName: 'busy', StateValue: 'ALARM', StateReason: 'test' })
    const later = await lab.cloudwatch('DescribeAlarmHistory', { AlarmName: 'busy', HistoryItemType: 'Action' })
    assert.match(later.AlarmHistoryItems[0].HistorySummary, /^Failed to execute action .*No scaling policy found/)
  })
})
