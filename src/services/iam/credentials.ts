import type { Caller } from '../../door/call.ts'
import type { Credential } from '../../door/credential.ts'
import type { Store } from '../../store/store.ts'
import { isSuspended } from '../organizations/membership.ts'
import { sessionCredential } from '../sts/session-credential.ts'
import { ACCESS_KEYS, type AccessKey, findEntity, type User } from './entities.ts'
import { tagRecord } from './tags.ts'

/**
 * Whose access key that is: a user's, a root user's, or a session's. Undefined when there is no such key,
 * when the user or role behind it is gone — by unique id, so a re-created name does not revive old keys —, or when the
 * account was closed.
 * An expired session is still found (its `expiresAt` has passed) so that it can be told from an unknown one.
 */
export function findCredential(store: Store, accessKeyId: string, nowMs: number): Credential | undefined {
  const key = store.get<AccessKey>(ACCESS_KEYS, accessKeyId)
  const found = key ? keyCredential(store, key) : sessionCredential(store, accessKeyId, nowMs)
  return found && !isSuspended(store, found.caller.account) ? found : undefined
}

function keyCredential(store: Store, key: AccessKey): Credential | undefined {
  return key.userName === undefined ? rootCredential(key) : userCredential(store, key, key.userName)
}

/** What was made of a key's frozen document, and of which user's. */
const made = new WeakMap<AccessKey, { user?: User; credential: Credential }>()

function userCredential(store: Store, key: AccessKey, userName: string): Credential | undefined {
  const user = findEntity(store, 'user', key.account, userName)
  if (!user || user.id !== key.userId) return undefined
  const kept = made.get(key)
  if (kept?.user === user) return kept.credential
  const credential = credentialOf(key, userCaller(user, key.id))
  made.set(key, { user, credential })
  return credential
}

function userCaller(user: User, accessKeyId: string): Caller {
  return Object.freeze({
    kind: 'user',
    account: user.account,
    arn: user.arn,
    principalArn: user.arn,
    userId: user.id,
    entityId: user.id,
    name: user.name,
    accessKeyId,
    tags: tagRecord(user.tags),
  })
}

function rootCredential(key: AccessKey): Credential {
  const kept = made.get(key)
  if (kept) return kept.credential
  const arn = `arn:aws:iam::${key.account}:root`
  const credential = credentialOf(
    key,
    Object.freeze({
      kind: 'root',
      account: key.account,
      arn,
      principalArn: arn,
      userId: key.account,
      accessKeyId: key.id,
      tags: {},
    }),
  )
  made.set(key, { credential })
  return credential
}

function credentialOf(key: AccessKey, caller: Caller): Credential {
  return Object.freeze({
    accessKeyId: key.id,
    secretAccessKey: key.secret,
    caller,
    active: key.status === 'Active',
  })
}
