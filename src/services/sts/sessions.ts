import type { ContextValues } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { Tag } from '../iam/entities.ts'

/** What STS keeps of a session, under its access key id. */
export type Session = RoleSession | UserSession | FederatedSession

/** What all sessions have. Times are epoch milliseconds. */
interface AnySession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly account: string
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Of AssumeRole and its kin. */
export interface RoleSession extends AnySession {
  readonly kind?: 'role'
  readonly roleName: string
  /** AROA…: the session dies with the very role that issued it. */
  readonly roleId: string
  readonly sessionName: string
  /** Session tags, those that were inherited included. */
  readonly tags: readonly Tag[]
  /** Lower-cased keys of the tags that go on through role chains. */
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity?: string
  /** Session policies as they read when the session was made. */
  readonly policies?: readonly SessionPolicy[]
  /** What the identity provider vouched for: aws:FederatedProvider, `ISSUER:sub`, `saml:aud`. */
  readonly context?: ContextValues
}

/** Of GetSessionToken: the user, or root, by another key. */
export interface UserSession extends AnySession {
  readonly kind: 'user'
  readonly maker: Maker
  /** Epoch seconds. */
  readonly mfaAt?: number
}

/** Of GetFederationToken: somebody without a user, within the rights of the user who made it. */
export interface FederatedSession extends AnySession {
  readonly kind: 'federated-user'
  readonly maker: Maker
  readonly name: string
  readonly tags: readonly Tag[]
  readonly policies?: readonly SessionPolicy[]
}

/** The long-term key that a session was made with. A user is known by the id: a name may change. Neither: the root user. */
export interface Maker {
  readonly accessKeyId: string
  readonly userName?: string
  readonly userId?: string
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
export const REMEMBERED_MS = 3_600_000

export function findSession(store: Store, accessKeyId: string | undefined): Session | undefined {
  return accessKeyId === undefined ? undefined : store.get<Session>(SESSIONS, accessKeyId)
}

export function isRoleSession(session: Session | undefined): session is RoleSession {
  return session !== undefined && 'roleId' in session
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
