import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { managedPolicy } from '../../src/services/iam/managed-policies.ts'
import { linkedRoles } from '../../src/services/iam/service-linked-roles.ts'
import { type TrainingJob, trainingJobs } from '../../src/services/sagemaker/training/training-job.ts'
import { account, newAccount, refused } from './account.ts'

const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`

describe('service-linked roles', () => {
  it('have policies that AWS has, and names of their own', () => {
    const names = new Set<string>()
    for (const [service, { name, policy }] of linkedRoles) {
      assert.ok(managedPolicy(policy), `${service}: ${policy}`)
      assert.match(name, /^AWSServiceRoleFor[\w-]{1,47}$/)
      names.add(name)
    }
    assert.equal(names.size, linkedRoles.size)
  })

  it('are made for services that are known, some of them several', () => {
    const { act } = newAccount()
    const create = (AWSServiceName: string, CustomSuffix?: string) => () =>
      act('admin', 'CreateServiceLinkedRole', { AWSServiceName, CustomSuffix }).Role
    const role = create('autoscaling.amazonaws.com')()
    assert.equal(role.Arn, arn('role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling'))
    assert.deepEqual(JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument)).Statement[0].Principal, {
      Service: 'autoscaling.amazonaws.com',
    })
    assert.equal(
      act('admin', 'ListAttachedRolePolicies', { RoleName: role.RoleName }).AttachedPolicies[0].PolicyName,
      'AutoScalingServiceRolePolicy',
    )
    assert.equal(create('autoscaling.amazonaws.com', 'blue')().RoleName, 'AWSServiceRoleForAutoScaling_blue')
    refused(
      create('autoscaling.amazonaws.com', 'blue'),
      'InvalidInput',
      'Service role name AWSServiceRoleForAutoScaling_blue has been taken in this account, please try a different suffix.',
      400,
    )
    refused(create('es.amazonaws.com', 'x'), 'InvalidInput', 'Custom suffix is not allowed for es.amazonaws.com', 400)
    refused(create('not-known.amazonaws.com'), 'NotImplemented', /not-known/, 501)
    refused(create('nonsense'), 'InvalidInput', /nonsense/, 400)
  })

  it('can be allowed by service', () => {
    const { act, user } = newAccount()
    const key = user('ann', {
      Effect: 'Allow',
      Action: 'iam:CreateServiceLinkedRole',
      Resource: arn('role/aws-service-role/*'),
      Condition: { StringLike: { 'iam:AWSServiceName': '*.sagemaker.amazonaws.com' } },
    })
    act(key, 'CreateServiceLinkedRole', { AWSServiceName: 'inference.sagemaker.amazonaws.com' })
    refused(
      () => act(key, 'CreateServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com' }),
      'AccessDenied',
      /role\/aws-service-role\/ecs\.amazonaws\.com\/AWSServiceRoleForECS because/,
      403,
    )
  })

  it('are deleted by tasks, which tell who still needs them', () => {
    const { act, role, store } = newAccount()
    const RoleName = act('admin', 'CreateServiceLinkedRole', { AWSServiceName: 'sagemaker.amazonaws.com' }).Role
      .RoleName
    refused(() => act('admin', 'DeleteRole', { RoleName }), 'UnmodifiableEntity', /only modifiable by AWS/, 400)
    const job = (TrainingJobStatus: 'InProgress' | 'Completed') =>
      trainingJobs.save(store, {
        type: 'training-job',
        account,
        region: 'eu-west-1',
        name: 'j',
        arn: trainingJobs.arn({ account, region: 'eu-west-1' }, 'j'),
        description: { TrainingJobStatus, CreationTime: 1 },
        steps: [],
        ...(TrainingJobStatus === 'Completed' && { over: true }),
      } as unknown as TrainingJob)
    const attempt = () => {
      const { DeletionTaskId } = act('admin', 'DeleteServiceLinkedRole', { RoleName })
      assert.match(
        DeletionTaskId,
        new RegExp(
          `^task/aws-service-role/sagemaker\\.amazonaws\\.com/${RoleName}/[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}$`,
        ),
      )
      return act('admin', 'GetServiceLinkedRoleDeletionStatus', { DeletionTaskId })
    }
    job('InProgress')
    const { Status, Reason } = attempt()
    assert.equal(Status, 'FAILED')
    assert.deepEqual(Reason.RoleUsageList, [
      { Region: 'eu-west-1', Resources: [`arn:aws:sagemaker:eu-west-1:${account}:training-job/j`] },
    ])
    act('admin', 'GetRole', { RoleName })
    job('Completed')
    assert.deepEqual(attempt(), { Status: 'SUCCEEDED' })
    refused(() => act('admin', 'GetRole', { RoleName }), 'NoSuchEntity', /cannot be found/, 404)
    refused(
      () => act('admin', 'GetServiceLinkedRoleDeletionStatus', { DeletionTaskId: 'task/none' }),
      'NoSuchEntity',
      /task\/none/,
      404,
    )
    role('own', { Service: 'ec2.amazonaws.com' })
    refused(() => act('admin', 'DeleteServiceLinkedRole', { RoleName: 'own' }), 'InvalidInput', /own/, 400)
  })
})
