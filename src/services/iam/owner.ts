import type { Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { userNameOrCaller } from './caller-name.ts'
import { requireEntity } from './entities.ts'

/**
 * Whose credentials they are, a user's or root's. They are kept under the owner's unique id, so that they follow a user
 * through every rename, and never reach another one of its old name.
 */
export interface Owner {
  readonly account: string
  /** AIDA…, or `root`. */
  readonly id: string
  /** The user's name as it is now; empty for root. */
  readonly name: string
}

export const ROOT = 'root'

/** The user that a request names, or else its caller. Throws NoSuchEntity, and for sessions that name nobody. */
export function ownerOf(store: Store, call: Call, userName: string | undefined): Owner {
  const { account } = call
  const name = userNameOrCaller(call, userName)
  if (name === undefined) return { account, id: ROOT, name: '' }
  const user = requireEntity(store, 'user', account, name)
  return { account, id: user.id, name: user.name }
}

/** A record of an owner, of which there may be several of one kind. */
export interface Owned {
  readonly account: string
  readonly ownerId: string
  readonly id: string
}

/** An owner's records of one kind, oldest first where their ids are of one second. */
export function listOwned<T extends Owned>(
  store: Store,
  kind: string,
  { account, id }: Pick<Owner, 'account' | 'id'>,
): T[] {
  return store.list<T>(kind, { prefix: `${account}/${id}/` }).map(({ value }) => value)
}

export function findOwned<T extends Owned>(store: Store, kind: string, owner: Owner, id: string): T | undefined {
  return store.get<T>(kind, `${owner.account}/${owner.id}/${id}`)
}

export function saveOwned<T extends Owned>(store: Store, kind: string, record: T): void {
  store.put<T>(kind, ownedKey(record), record)
}

export function deleteOwned(store: Store, kind: string, record: Owned): void {
  store.delete(kind, ownedKey(record))
}

function ownedKey({ account, ownerId, id }: Owned): string {
  return `${account}/${ownerId}/${id}`
}
