import type { Call, Need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { passRole } from '../iam/pass-role.ts'
import { accountOf } from './arns.ts'

/** The need to pass a role to SageMaker; a role of another account is refused in words of its own (refuseForeignRole). */
export function passesRole(call: Call, roleArn: string | undefined): Need[] {
  return roleArn !== undefined && accountOf(roleArn) === call.account
    ? [passRole(call, roleArn, 'sagemaker.amazonaws.com')]
    : []
}

/** A role cannot be passed across accounts, whatever the caller may do (facts: errors.md A8, B2). */
export function refuseForeignRole(call: Call, roleArn: string | undefined): void {
  if (roleArn !== undefined && accountOf(roleArn) !== call.account) {
    throw new AwsError('ValidationException', 'RoleArn: Cross-account pass role is not allowed.')
  }
}
