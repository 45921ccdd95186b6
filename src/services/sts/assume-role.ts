import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts'
import { type Call, need, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { type Role, validationError } from '../iam/entities.ts'
import { accessKeyId, secretAccessKey, sessionToken } from '../iam/ids.ts'
import { requestTagKeys, resourceTagKeys } from '../iam/tags.ts'
import { trustPolicy } from '../iam/trust.ts'
import { operation } from '../operation.ts'
import { packedPolicySize, sessionPolicies } from './session-policies.ts'
import { inheritedTags, sessionTags } from './session-tags.ts'
import { findSession, saveSession, type Session, sessionArn } from './sessions.ts'

type Input = Shape<AssumeRoleCommandInput>

/** Seconds. A session that was itself got by a role gives sessions of an hour at most. */
const CHAINED_SESSION = 3600
const DEFAULT_SESSION = 3600

/**
 * A role's session for a user, another session or an AWS service. The role's trust policy must allow each need;
 * within one account it alone suffices when it names the caller itself (facts: iam.md §3.5).
 * A role that is not there is refused in the same words as one that does not trust (facts: errors.md A4).
 */
export const assumeRole = operation<AssumeRoleCommandInput, AssumeRoleCommandOutput>('sts', 'AssumeRole', {
  needs: (input, call) => {
    checkRequest(input, call)
    const context = requestKeys(input, call)
    const needs = [onRole(call, 'AssumeRole', input.RoleArn, context)]
    if (input.Tags?.length || inheritedTags(callingSession(call)).length) {
      needs.push(onRole(call, 'TagSession', input.RoleArn, context))
    }
    if (input.SourceIdentity !== undefined || call.caller.sourceIdentity !== undefined) {
      needs.push(onRole(call, 'SetSourceIdentity', input.RoleArn, context))
    }
    return needs
  },
  perform: (input, { call, world }) => {
    const { store } = world
    const role = requireRole(store, input.RoleArn)
    const duration = checkedDuration(input, role, call)
    const from = callingSession(call)
    const { tags, transitiveTagKeys } = sessionTags(input, from)
    const policies = sessionPolicies(store, role.account, input)
    const sourceIdentity = checkedSourceIdentity(input, call)
    const packed = packedPolicySize(policies, tags)
    const session: Session = {
      accessKeyId: accessKeyId(world, 'ASIA'),
      secretAccessKey: secretAccessKey(world),
      sessionToken: sessionToken(world),
      account: role.account,
      roleName: role.name,
      roleId: role.id,
      sessionName: input.RoleSessionName,
      issuedAt: call.time,
      // AWS's expirations are whole seconds.
      expiresAt: Math.floor(call.time / 1000 + duration) * 1000,
      tags,
      transitiveTagKeys,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      ...(policies.length > 0 && { policies }),
    }
    saveSession(store, session, call.time)
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: session.expiresAt / 1000,
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${session.sessionName}`,
        Arn: sessionArn(role, session.sessionName),
      },
      ...(packed !== undefined && { PackedPolicySize: packed }),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    }
  },
})

/** What AWS refuses before it looks at any policy. */
function checkRequest(input: Input, { caller }: Call): void {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(input.RoleArn)) throw validationError(`${input.RoleArn} is invalid`)
  if (caller.kind === 'root') throw new AwsError('AccessDenied', 'Roles may not be assumed by root accounts.', 403)
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
    // There are no MFA devices here, so no code is a right one.
    throw new AwsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code. ', 403)
  }
  if (input.ProvidedContexts?.length) {
    throw new AwsError('NotImplemented', 'AssumeRole with ProvidedContexts is not built.', 501)
  }
}

function onRole(call: Call, action: string, roleArn: string, context: ContextValues): Need {
  const trusted = trustPolicy(call.world.store, roleArn)
  return need(`sts:${action}`, roleArn, {
    context: { ...context, ...(trusted && resourceTagKeys(trusted.role.tags)) },
    shownAs: roleArn,
    resourcePolicyRequired: true,
    ...(trusted && { resourcePolicy: trusted.policy }),
  })
}

function requestKeys(input: Input, { caller }: Call): ContextValues {
  const sourceIdentity = input.SourceIdentity ?? caller.sourceIdentity
  return {
    'sts:RoleSessionName': input.RoleSessionName,
    ...(input.ExternalId !== undefined && { 'sts:ExternalId': input.ExternalId }),
    ...(sourceIdentity !== undefined && { 'sts:SourceIdentity': sourceIdentity }),
    ...(input.TransitiveTagKeys?.length && { 'sts:TransitiveTagKeys': input.TransitiveTagKeys }),
    ...requestTagKeys(input.Tags),
  }
}

/** The session that calls, when it is one: its transitive tags and its source identity go on. */
function callingSession({ caller, world }: Call): Session | undefined {
  return caller.kind === 'role-session' ? findSession(world.store, caller.accessKeyId) : undefined
}

function requireRole(store: Store, roleArn: string): Role {
  const trusted = trustPolicy(store, roleArn)
  if (!trusted) throw new Error(`role \`${roleArn}\` was allowed but is not there`)
  return trusted.role
}

function checkedDuration({ DurationSeconds = DEFAULT_SESSION }: Input, role: Role, { caller }: Call): number {
  if (DurationSeconds > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  }
  if (caller.kind === 'role-session' && DurationSeconds > CHAINED_SESSION) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    )
  }
  return DurationSeconds
}

function checkedSourceIdentity({ SourceIdentity }: Input, { caller }: Call): string | undefined {
  if (SourceIdentity !== undefined && caller.sourceIdentity !== undefined && SourceIdentity !== caller.sourceIdentity) {
    throw validationError('The source identity is already set for this assume role session')
  }
  return caller.sourceIdentity ?? SourceIdentity
}
