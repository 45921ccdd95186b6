import { type Call, need, type Need, type Permit } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { type Role, type Tag, validationError } from '../iam/entities.ts'
import { requestTagKeys, resourceTagKeys } from '../iam/tags.ts'
import { trustPolicy } from '../iam/trust.ts'
import { credentialsOf, issue } from './issue.ts'
import { sessionArn } from './session-credential.ts'
import { sessionPolicies } from './session-policies.ts'
import type { SessionTags } from './session-tags.ts'
import { type RoleSession, saveSession } from './sessions.ts'

/** Seconds. */
const DEFAULT_SESSION = 3600

/** What AssumeRole, AssumeRoleWithWebIdentity and AssumeRoleWithSAML have in common. */
interface Asked {
  RoleArn: string
  DurationSeconds?: number
  Policy?: string
  PolicyArns?: readonly { arn?: string }[]
  MinimumSessionTokenSize?: number
}

/** What the new session is to be called and to carry. */
export interface SessionFacts extends SessionTags {
  sessionName: string
  sourceIdentity?: string | undefined
  context?: ContextValues
}

/** AWS refuses these before it looks at any policy. */
export function checkRoleArn(roleArn: string): void {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) throw validationError(`${roleArn} is invalid`)
}

export function accountOf(roleArn: string): string {
  return roleArn.split(':', 5)[4]!
}

/**
 * The needs on the role: to assume it, and to tag the session and to set its source identity, where it gets them.
 * Its trust policy must allow each.
 */
export function needsOnRole(
  call: Call,
  operation: string,
  roleArn: string,
  { context, tagged, identified }: { context: ContextValues; tagged: boolean; identified: boolean },
): Need[] {
  const trusted = trustPolicy(call.world.store, roleArn)
  const actions = [operation, ...(tagged ? ['TagSession'] : []), ...(identified ? ['SetSourceIdentity'] : [])]
  return actions.map((action) =>
    need(`sts:${action}`, roleArn, {
      context: { ...context, ...(trusted && resourceTagKeys(trusted.role.tags)) },
      shownAs: roleArn,
      resourcePolicyRequired: true,
      ...(trusted && { resourcePolicy: trusted.policy }),
    }),
  )
}

/** Condition keys of the request for a session. */
export function sessionKeys(asked: {
  sessionName: string
  sourceIdentity?: string | undefined
  tags?: readonly Tag[] | undefined
  transitiveTagKeys?: readonly string[] | undefined
}): ContextValues {
  return {
    'sts:RoleSessionName': asked.sessionName,
    ...(asked.sourceIdentity !== undefined && { 'sts:SourceIdentity': asked.sourceIdentity }),
    ...(asked.transitiveTagKeys?.length && { 'sts:TransitiveTagKeys': asked.transitiveTagKeys }),
    ...requestTagKeys(asked.tags),
  }
}

export function requireRole(store: Store, roleArn: string): Role {
  const trusted = trustPolicy(store, roleArn)
  if (!trusted) throw new Error(`role \`${roleArn}\` was allowed but is not there`)
  return trusted.role
}

/** Seconds that the session may live; throws AWS's refusal where the role allows less. */
export function sessionDuration(
  role: Pick<Role, 'maxSessionDuration'>,
  { DurationSeconds = DEFAULT_SESSION }: Asked,
): number {
  if (DurationSeconds > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  }
  return DurationSeconds
}

/** Makes and keeps the session; returns what the three answers have in common. */
export function openRoleSession(
  { call, world }: Permit,
  role: Role,
  asked: Asked,
  facts: SessionFacts,
  duration: number,
) {
  const { sessionName, tags, transitiveTagKeys, sourceIdentity, context } = facts
  const policies = sessionPolicies(world.store, role.account, asked)
  const { keys, sizes } = issue(world, { ...asked, now: call.time, duration, policies, tags })
  const session: RoleSession = {
    kind: 'role',
    ...keys,
    account: role.account,
    roleName: role.name,
    roleId: role.id,
    sessionName,
    tags,
    transitiveTagKeys,
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(policies.length > 0 && { policies }),
    ...(context && { context }),
  }
  saveSession(world.store, session, call.time)
  return {
    Credentials: credentialsOf(session),
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${sessionName}`, Arn: sessionArn(role, sessionName) },
    ...sizes,
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  }
}
