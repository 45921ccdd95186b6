import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts'
import type { Call } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { validationError } from '../iam/entities.ts'
import { operation } from '../operation.ts'
import { checkMfa, mfaKeys, takeMfa } from './mfa.ts'
import {
  checkRoleArn,
  needsOnRole,
  openRoleSession,
  requireRole,
  sessionDuration,
  sessionKeys,
} from './role-session.ts'
import { inheritedTags, sessionTags } from './session-tags.ts'
import { findSession, isRoleSession, type RoleSession } from './sessions.ts'

type Input = Shape<AssumeRoleCommandInput>

/** Seconds. A session that was itself got by a role gives sessions of an hour at most. */
const CHAINED_SESSION = 3600

/**
 * A role's session for a user, another session or an AWS service. The role's trust policy must allow each need;
 * within one account it alone suffices when it names the caller itself (facts: iam.md §3.5).
 * A role that is not there is refused in the same words as one that does not trust (facts: errors.md A4).
 */
export const assumeRole = operation<AssumeRoleCommandInput, AssumeRoleCommandOutput>('sts', 'AssumeRole', {
  needs: (input, call) => {
    checkRequest(input, call)
    return needsOnRole(call, 'AssumeRole', input.RoleArn, {
      context: requestKeys(input, call),
      tagged: Boolean(input.Tags?.length) || inheritedTags(callingSession(call)).length > 0,
      identified: sourceIdentityOf(input, call) !== undefined,
    })
  },
  perform: (input, permit) => {
    const { call, world } = permit
    const role = requireRole(world.store, input.RoleArn)
    // "This setting does not limit sessions assumed by AWS services" (IAM User Guide, "Maximum session duration").
    const ofService = call.caller.kind === 'service'
    const duration = sessionDuration(ofService ? { maxSessionDuration: Infinity } : role, input)
    checkChain(duration, call)
    checkSourceIdentity(input, call)
    const facts = {
      ...sessionTags(input, callingSession(call)),
      sessionName: input.RoleSessionName,
      sourceIdentity: sourceIdentityOf(input, call),
      ...(call.caller.vouchesFor && { context: call.caller.vouchesFor }),
    }
    return world.store.transaction(() => {
      takeMfa(call, input)
      return openRoleSession(permit, role, input, facts, duration)
    })
  },
})

/** What AWS refuses before it looks at any policy. */
function checkRequest(input: Input, { caller }: Call): void {
  checkRoleArn(input.RoleArn)
  if (caller.kind === 'root') throw new AwsError('AccessDenied', 'Roles may not be assumed by root accounts.', 403)
  if (input.ProvidedContexts?.length) {
    throw new AwsError('NotImplemented', 'AssumeRole with ProvidedContexts is not built.', 501)
  }
}

function requestKeys(input: Input, call: Call): ContextValues {
  return {
    ...sessionKeys({
      sessionName: input.RoleSessionName,
      sourceIdentity: sourceIdentityOf(input, call),
      tags: input.Tags,
      transitiveTagKeys: input.TransitiveTagKeys,
    }),
    ...(input.ExternalId !== undefined && { 'sts:ExternalId': input.ExternalId }),
    ...mfaKeys(checkMfa(call, input)),
  }
}

/** The session that calls, when it is a role's: its transitive tags and its source identity go on. */
function callingSession({ caller, world }: Call): RoleSession | undefined {
  const session = findSession(world.store, caller.accessKeyId)
  return isRoleSession(session) ? session : undefined
}

function checkChain(duration: number, { caller }: Call): void {
  if (caller.kind === 'role-session' && duration > CHAINED_SESSION) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    )
  }
}

function sourceIdentityOf({ SourceIdentity }: Input, { caller }: Call): string | undefined {
  return caller.sourceIdentity ?? SourceIdentity
}

function checkSourceIdentity({ SourceIdentity }: Input, { caller }: Call): void {
  if (SourceIdentity !== undefined && caller.sourceIdentity !== undefined && SourceIdentity !== caller.sourceIdentity) {
    throw validationError('The source identity is already set for this assume role session')
  }
}
