import type { AssumeRoleWithSAMLCommandInput, AssumeRoleWithSAMLCommandOutput } from '@aws-sdk/client-sts'
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
import { type SamlIdentity, verifySamlResponse } from './saml-response.ts'
import { sessionTags } from './session-tags.ts'

/**
 * A role's session for whoever brings a response of a SAML 2.0 identity provider of the account. Nobody signs the call:
 * the provider's signature is the proof, and the role's trust policy alone decides, by `Principal.Federated` and the
 * assertion's attributes (STS API reference; IAM User Guide, "Configure SAML assertions for the authentication response").
 */
export const assumeRoleWithSaml = operationOnEvidence<
  AssumeRoleWithSAMLCommandInput,
  AssumeRoleWithSAMLCommandOutput,
  SamlIdentity
>('sts', 'AssumeRoleWithSAML', {
  evidence: async (input, { requestId, world }) => {
    checkRoleArn(input.RoleArn)
    const identity = await verifySamlResponse(world, requestId, input)
    // inferred: that a role for which the provider did not send its user, or of another account than the provider's, is
    // refused as one that does not trust.
    const own = identity.provider.account === accountOf(input.RoleArn)
    if (!own || !identity.roleArns.includes(input.RoleArn)) {
      throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML', 403)
    }
    return identity
  },
  needs: (input, call, { context, sessionName, tags, transitiveTagKeys, sourceIdentity }) =>
    needsOnRole(call, 'AssumeRoleWithSAML', input.RoleArn, {
      context: { ...context, ...sessionKeys({ sessionName, sourceIdentity, tags, transitiveTagKeys }) },
      tagged: tags.length > 0,
      identified: sourceIdentity !== undefined,
    }),
  perform: (input, permit, identity) => {
    const { call, world } = permit
    const role = requireRole(world.store, input.RoleArn)
    const asked = { ...input, DurationSeconds: input.DurationSeconds ?? identity.duration ?? 3600 }
    const facts = {
      ...sessionTags({ Tags: identity.tags, TransitiveTagKeys: identity.transitiveTagKeys }, undefined),
      sessionName: identity.sessionName,
      sourceIdentity: identity.sourceIdentity,
      context: identity.context,
    }
    // "…or until the time specified in SessionNotOnOrAfter, whichever is shorter."
    const left = Math.floor(((identity.notOnOrAfter ?? Infinity) - call.time) / 1000)
    return {
      ...openRoleSession(permit, role, input, facts, Math.min(sessionDuration(role, asked), left)),
      Subject: identity.subject,
      SubjectType: identity.subjectType,
      Issuer: identity.issuer,
      Audience: identity.audience,
      NameQualifier: identity.nameQualifier,
    }
  },
})
