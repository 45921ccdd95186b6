import type { AssumeRoleWithWebIdentityCommandInput, AssumeRoleWithWebIdentityCommandOutput } from '@aws-sdk/client-sts'
import { AwsError } from '../../wire/aws-error.ts'
import { operationOnEvidence } from '../operation.ts'
import {
  accountOf,
  checkRoleArn,
  needsOnRole,
  openRoleSession,
  requireRole,
  sessionDuration,
  sessionKeys,
} from './role-session.ts'
import { sessionTags } from './session-tags.ts'
import { verifyWebIdentity, type WebIdentity } from './web-identity.ts'

/**
 * A role's session for whoever holds a token of an OpenID Connect provider of the role's account. Nobody signs the call:
 * the token is the proof, and the role's trust policy alone decides, by `Principal.Federated` and the token's claims
 * (STS API reference; IAM User Guide, "Available keys for AWS OIDC federation").
 */
export const assumeRoleWithWebIdentity = operationOnEvidence<
  AssumeRoleWithWebIdentityCommandInput,
  AssumeRoleWithWebIdentityCommandOutput,
  WebIdentity
>('sts', 'AssumeRoleWithWebIdentity', {
  evidence: (input, { world }) => {
    checkRoleArn(input.RoleArn)
    if (input.ProviderId !== undefined) {
      throw new AwsError('NotImplemented', 'AssumeRoleWithWebIdentity with ProviderId (OAuth 2.0) is not built.', 501)
    }
    return verifyWebIdentity(world, accountOf(input.RoleArn), input.WebIdentityToken)
  },
  needs: (input, call, { context, tags, transitiveTagKeys, sourceIdentity }) =>
    needsOnRole(call, 'AssumeRoleWithWebIdentity', input.RoleArn, {
      context: {
        ...context,
        ...sessionKeys({ sessionName: input.RoleSessionName, sourceIdentity, tags, transitiveTagKeys }),
      },
      tagged: tags.length > 0,
      identified: sourceIdentity !== undefined,
    }),
  perform: (input, permit, identity) => {
    const role = requireRole(permit.world.store, input.RoleArn)
    const { sourceIdentity, context, provider, subject, audience } = identity
    const facts = {
      ...sessionTags({ Tags: identity.tags, TransitiveTagKeys: identity.transitiveTagKeys }, undefined),
      sessionName: input.RoleSessionName,
      sourceIdentity,
      context,
    }
    return {
      ...openRoleSession(permit, role, input, facts, sessionDuration(role, input)),
      SubjectFromWebIdentityToken: subject,
      Provider: provider.arn,
      Audience: audience,
    }
  },
})
