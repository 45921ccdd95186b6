import type { PolicyType } from '@aws-sdk/client-organizations'

/** A policy that AWS hangs on every root, unit and account where its type is enabled: it allows all. */
export interface AwsManagedPolicy {
  readonly id: string
  readonly arn: string
  readonly type: PolicyType
  readonly name: string
  readonly description: string
  readonly content: string
  /** RCPFullAWSAccess cannot be taken away. */
  readonly detachable: boolean
}

const policies: readonly AwsManagedPolicy[] = [
  {
    id: 'p-FullAWSAccess',
    arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
    type: 'SERVICE_CONTROL_POLICY',
    name: 'FullAWSAccess',
    description: 'Allows access to every operation',
    content: JSON.stringify(
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      null,
      2,
    ),
    detachable: true,
  },
  {
    id: 'p-RCPFullAWSAccess',
    arn: 'arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess',
    type: 'RESOURCE_CONTROL_POLICY',
    name: 'RCPFullAWSAccess',
    description: 'Allows access to every resource',
    content: JSON.stringify(
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] },
      null,
      2,
    ),
    detachable: false,
  },
]

export function awsManagedPolicy(id: string): AwsManagedPolicy | undefined {
  return policies.find((policy) => policy.id === id)
}

export function awsManagedPolicyOf(type: PolicyType): AwsManagedPolicy | undefined {
  return policies.find((policy) => policy.type === type)
}
