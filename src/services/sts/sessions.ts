import type { Caller } from '../../door/call.ts'
import type { Credential } from '../../door/credential.ts'
import { compile } from '../../policy/compile.ts'
import type { Store } from '../../store/store.ts'
import { findEntity, type Role, type Tag } from '../iam/entities.ts'
import { tagRecord } from '../iam/tags.ts'

/** What STS keeps of a role session, under its access key id. */
export interface Session {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly account: string
  readonly roleName: string
  /** AROA…: the session dies with the very role that issued it. */
  readonly roleId: string
  readonly sessionName: string
  /** Epoch milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** Session tags, those that were inherited included. */
  readonly tags: readonly Tag[]
  /** Lower-cased keys of the tags that go on through role chains. */
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity?: string
  /** Session policies as they read when the session was made. */
  readonly policies?: readonly SessionPolicy[]
}

export interface SessionPolicy {
  readonly id: string
  readonly managed: boolean
  readonly text: string
}

const SESSIONS = 'sts/session'
/** `${expiry, 15 digits}/${access key id}`: finds the expired without reading the rest. */
const EXPIRIES = 'sts/session-expiry'
/** An expired session is known for a while yet, so that its holder hears "expired" and not "unknown". */
const REMEMBERED_MS = 3_600_000

export function findSession(store: Store, accessKeyId: string | undefined): Session | undefined {
  return accessKeyId === undefined ? undefined : store.get<Session>(SESSIONS, accessKeyId)
}

/** Keeps a new session and forgets some that expired long ago: more than come in, so that they cannot pile up. */
export function saveSession(store: Store, session: Session, nowMs: number): void {
  store.transaction(() => {
    for (const { key } of store.list<object>(EXPIRIES, { limit: 10 })) {
      const [expiry = '', accessKeyId = ''] = key.split('/')
      if (Number(expiry) + REMEMBERED_MS > nowMs) break
      store.delete(SESSIONS, accessKeyId)
      store.delete(EXPIRIES, key)
    }
    store.put(SESSIONS, session.accessKeyId, session)
    store.put(EXPIRIES, `${String(session.expiresAt).padStart(15, '0')}/${session.accessKeyId}`, {})
  })
}

const made = new WeakMap<Session, { role: Role; credential: Credential }>()

/** The session's credential, while the role that issued it is there. An expired one is returned too, see `expiresAt`. */
export function sessionCredential(store: Store, accessKeyId: string, nowMs: number): Credential | undefined {
  const session = findSession(store, accessKeyId)
  if (!session || session.expiresAt + REMEMBERED_MS <= nowMs) return undefined
  const role = findEntity(store, 'role', session.account, session.roleName)
  if (role?.id !== session.roleId) return undefined
  const kept = made.get(session)
  if (kept?.role === role) return kept.credential
  const credential: Credential = Object.freeze({
    accessKeyId: session.accessKeyId,
    secretAccessKey: session.secretAccessKey,
    sessionToken: session.sessionToken,
    expiresAt: session.expiresAt,
    caller: sessionCaller(session, role),
    active: true,
  })
  made.set(session, { role, credential })
  return credential
}

/** ARN of a role session: the role's path is not in it. */
export function sessionArn(role: Pick<Role, 'account' | 'name'>, sessionName: string): string {
  return `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`
}

function sessionCaller(session: Session, role: Role): Caller {
  const { sessionName, sourceIdentity, policies } = session
  return Object.freeze({
    kind: 'role-session',
    account: role.account,
    arn: sessionArn(role, sessionName),
    principalArn: role.arn,
    userId: `${role.id}:${sessionName}`,
    entityId: role.id,
    name: role.name,
    sessionName,
    accessKeyId: session.accessKeyId,
    // Session tags lie over the role's own (IAM User Guide, "Pass session tags in AWS STS").
    tags: tagRecord([...role.tags, ...session.tags]),
    tokenIssuedAt: Math.floor(session.issuedAt / 1000),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(policies && {
      sessionPolicies: policies.map(({ text, id, managed }) => compile(text, { id, managed, grammar: 'identity' })),
    }),
  })
}
