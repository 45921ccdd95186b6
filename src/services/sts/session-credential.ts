import type { Caller } from '../../door/call.ts'
import type { Credential } from '../../door/credential.ts'
import { compile } from '../../policy/compile.ts'
import type { Store } from '../../store/store.ts'
import { ACCESS_KEYS, type AccessKey, findEntity, type Role, type User } from '../iam/entities.ts'
import { tagRecord } from '../iam/tags.ts'
import {
  type FederatedSession,
  findSession,
  isRoleSession,
  type Maker,
  REMEMBERED_MS,
  type RoleSession,
  type Session,
  type SessionPolicy,
  type UserSession,
} from './sessions.ts'

/** What a session's rights come from; it lives as long as that does. */
type Source = Role | User | 'root'

const made = new WeakMap<Session, { source: Source; credential: Credential }>()

/** The session's credential, while the role or user behind it is there. An expired one is returned too, see `expiresAt`. */
export function sessionCredential(store: Store, accessKeyId: string, nowMs: number): Credential | undefined {
  const session = findSession(store, accessKeyId)
  if (!session || session.expiresAt + REMEMBERED_MS <= nowMs) return undefined
  const source = sourceOf(store, session)
  if (!source) return undefined
  const kept = made.get(session)
  if (kept?.source === source) return kept.credential
  const credential: Credential = Object.freeze({
    accessKeyId: session.accessKeyId,
    secretAccessKey: session.secretAccessKey,
    sessionToken: session.sessionToken,
    expiresAt: session.expiresAt,
    caller: Object.freeze(callerOf(session, source)),
    active: true,
  })
  made.set(session, { source, credential })
  return credential
}

function sourceOf(store: Store, session: Session): Source | undefined {
  if (!isRoleSession(session)) return session.maker.userId === undefined ? 'root' : makerOf(store, session)
  const role = findEntity(store, 'role', session.account, session.roleName)
  return role?.id === session.roleId ? role : undefined
}

/** By the name that the user had then, or has now, as the key with which the session was made tells it. */
function makerOf(store: Store, { account, maker }: { account: string; maker: Maker }): User | undefined {
  for (const name of [maker.userName, store.get<AccessKey>(ACCESS_KEYS, maker.accessKeyId)?.userName]) {
    const user = name === undefined ? undefined : findEntity(store, 'user', account, name)
    if (user?.id === maker.userId) return user
  }
  return undefined
}

function callerOf(session: Session, source: Source): Caller {
  if (isRoleSession(session)) return roleCaller(session, source as Role)
  const user = source as User | 'root'
  return session.kind === 'user' ? userCaller(session, user) : federatedCaller(session, user)
}

/** ARN of a role session: the role's path is not in it. */
export function sessionArn(role: Pick<Role, 'account' | 'name'>, sessionName: string): string {
  return `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`
}

export function federatedUserArn(account: string, name: string): string {
  return `arn:aws:sts::${account}:federated-user/${name}`
}

function roleCaller(session: RoleSession, role: Role): Caller {
  const { sessionName, sourceIdentity, context } = session
  return {
    kind: 'role-session',
    account: role.account,
    arn: sessionArn(role, sessionName),
    principalArn: role.arn,
    userId: `${role.id}:${sessionName}`,
    entityId: role.id,
    name: role.name,
    sessionName,
    // Session tags lie over the role's own (IAM User Guide, "Pass session tags in AWS STS").
    tags: tagRecord([...role.tags, ...session.tags]),
    ...temporary(session),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(context && { sessionContext: context }),
    ...narrowed(session.policies),
  }
}

/** GetSessionToken: to every policy still the user, or root. */
function userCaller(session: UserSession, user: User | 'root'): Caller {
  return {
    kind: user === 'root' ? 'root' : 'user',
    ...identityOf(session.account, user),
    ...temporary(session),
    ...(session.mfaAt !== undefined && { mfaAt: session.mfaAt }),
  }
}

/** GetFederationToken: `name` and `entityId` are those of the user behind it, as they are of the role in a role session. */
function federatedCaller(session: FederatedSession, user: User | 'root'): Caller {
  const arn = federatedUserArn(session.account, session.name)
  const { arn: parentArn, tags: _, ...parent } = identityOf(session.account, user)
  return {
    kind: 'federated-user',
    ...parent,
    arn,
    principalArn: arn,
    userId: `${session.account}:${session.name}`,
    sessionName: session.name,
    parentArn,
    tags: tagRecord([...(user === 'root' ? [] : user.tags), ...session.tags]),
    ...temporary(session),
    ...narrowed(session.policies),
  }
}

function identityOf(account: string, user: User | 'root') {
  if (user === 'root') {
    const arn = `arn:aws:iam::${account}:root`
    return { account, arn, principalArn: arn, userId: account, tags: {} }
  }
  const { arn, id, name, tags } = user
  return { account, arn, principalArn: arn, userId: id, entityId: id, name, tags: tagRecord(tags) }
}

function temporary({ accessKeyId, issuedAt }: Session) {
  return { accessKeyId, tokenIssuedAt: Math.floor(issuedAt / 1000) }
}

function narrowed(policies: readonly SessionPolicy[] | undefined): Pick<Caller, 'sessionPolicies'> {
  if (!policies) return {}
  return {
    sessionPolicies: policies.map(({ text, id, managed }) => compile(text, { id, managed, grammar: 'identity' })),
  }
}
