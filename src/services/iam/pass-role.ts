import { type Call, need, type Need } from '../../door/call.ts'

/**
 * The caller's right to hand a role to a service (IAM User Guide, "Grant a user permissions to pass a role to a
 * service"): not a call of its own but a need of the one that takes the role. A role of another account cannot be
 * passed: roles have no resource policy that could allow it. `service` is the principal, e.g. `sagemaker.amazonaws.com`.
 */
export function passRole(_call: Call, roleArn: string, service: string, associatedResourceArn?: string): Need {
  return need('iam:PassRole', roleArn, {
    context: {
      'iam:PassedToService': service,
      ...(associatedResourceArn !== undefined && { 'iam:AssociatedResourceArn': associatedResourceArn }),
    },
  })
}
