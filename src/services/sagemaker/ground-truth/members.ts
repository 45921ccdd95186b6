import type { CognitoMemberDefinition, MemberDefinition } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { Workforce } from './workforce.ts'

type Member = Shape<MemberDefinition>

export function isCognito(
  member: Member | undefined,
): member is Member & { CognitoMemberDefinition: Shape<CognitoMemberDefinition> } {
  return member?.CognitoMemberDefinition !== undefined
}

/** API_MemberDefinition: groups of the workforce's own provider, "do not provide input for both". Sentences inferred. */
export function checkMembers(members: readonly Member[], { description }: Workforce): void {
  for (const member of members) {
    const cognito = member.CognitoMemberDefinition
    if (!cognito === !member.OidcMemberDefinition) {
      throw new AwsError(
        'ValidationException',
        'Each member definition must have exactly one of CognitoMemberDefinition and OidcMemberDefinition.',
      )
    }
    const isOwn = cognito
      ? description.CognitoConfig?.UserPool === cognito.UserPool &&
        description.CognitoConfig.ClientId === cognito.ClientId
      : description.OidcConfig !== undefined
    if (!isOwn) {
      throw new AwsError(
        'ValidationException',
        `Member definitions must be of the identity provider of workforce ${description.WorkforceName}.`,
      )
    }
  }
}
