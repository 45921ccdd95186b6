import type { KindName } from './kinds.ts'
import { policy, running, type Pain } from './pain.ts'
import { step, type Step } from './site.ts'
import * as words from './words.ts'

const others: readonly KindName[] = [
  'CreateDomain',
  'CreateFeatureGroup',
  'CreateFlowDefinition',
  'CreateImage',
  'CreateLabelingJob',
  'CreateMonitoringSchedule',
  'CreateUserProfile',
  'RenderUiTemplate',
  'UpdateImage',
]

const trustsEc2 = policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' })

const managed = (one: Step): Step => ({ ...one, managed: true })

/** Binds one user, so that the other cases go on beside it. */
const smallInstancesOnly = policy({
  Sid: 'SmallInstances',
  Effect: 'Deny',
  Action: 'sagemaker:Create*',
  Resource: '*',
  Condition: {
    'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': ['ml.t2.*'] },
    ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::{account}:user/{name}-caller' },
  },
})

export const painsOfRoles: readonly Pain[] = [
  {
    pain: '1',
    name: 'the role trusts EC2 instead of SageMaker',
    kinds: [...running, 'automl', 'notebook', 'model', 'domain', ...others],
    steps: [step('iam', 'UpdateAssumeRolePolicy', { RoleName: '{roleName}', PolicyDocument: trustsEc2 })],
    says: words.trust,
    layer: 'trust',
    blames: '{role}',
    fixSpares: /"Principal":"\*"|"AWS"/,
  },
  {
    pain: '3',
    name: 'the caller may not pass the role',
    kinds: ['training', 'processing', 'tuning', 'automl', 'compilation', 'notebook', 'model', ...others],
    caller: ({ create, caller = [] }) => [
      { Effect: 'Allow', Action: [`sagemaker:${create}`, 'ec2:*', 'iam:CreateServiceLinkedRole', ...caller] },
    ],
    says: words.passRole,
    layer: 'pass-role',
    blames: 'iam:PassRole',
    // To this role and to SageMaker only.
    fixSpares: /"Resource":"\*"|role\/\*/,
  },
  {
    pain: '7',
    name: "an organization's guard-rail allows small instances only",
    kinds: ['training', 'processing', 'transform', 'tuning', 'notebook', 'CreateMonitoringSchedule'],
    caller: () => [{ Effect: 'Allow', Action: '*' }],
    steps: [
      managed(
        step(
          'organizations',
          'CreatePolicy',
          { Name: '{name}', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content: smallInstancesOnly },
          { scp: 'Policy.PolicySummary.Id' },
        ),
      ),
      managed(step('organizations', 'AttachPolicy', { PolicyId: '{scp}', TargetId: '{account}' })),
    ],
    says: words.guardRail,
    layer: 'scp',
    blames: '{scp}',
  },
  {
    pain: 'notebook',
    name: 'the caller may not make the network interface',
    kinds: ['notebook'],
    caller: () => [{ Effect: 'Allow', Action: ['sagemaker:*', 'iam:PassRole', 'ec2:Describe*'] }],
    says: 'Unable to create or start a notebook instance that can access resources in your VPC. Please check if you have ec2:CreateNetworkInterface permission. You are not authorized to perform this operation. …',
    layer: 'caller-policy',
    blames: 'ec2:CreateNetworkInterface',
  },
]
