import { createHash } from 'node:crypto'
import type { Call } from '../../door/call.ts'
import type { World } from '../../world.ts'
import { type Account, ACCOUNTS } from '../organizations/documents.ts'

/** The id that AWS gives to whoever does not sign ("the anonymous user"). */
export const ANONYMOUS_ID = '65a011a29cdf8ec533ec3d1ccaae921c'

const ids = new Map<string, { ID: string }>()

/** An account as S3 names it: its canonical user id. AWS gives no display name any more (November 2025). */
export function owner(account: string): { ID: string } {
  let found = ids.get(account)
  if (!found) {
    const ID = createHash('sha256').update(`canonical user of account ${account}`).digest('hex')
    found = { ID: account === 'anonymous' ? ANONYMOUS_ID : ID }
    ids.set(account, found)
  }
  return found
}

/** True for the canonical id of an account of this server, or of the anonymous user. */
export function isCanonicalId({ config, store }: World, id: string): boolean {
  if (id === ANONYMOUS_ID || id === owner(config.account).ID) return true
  return store.list<Account>(ACCOUNTS).some(({ value }) => owner(value.id).ID === id)
}

/** Who began a multipart upload: its ARN, or the canonical id for an account's root. */
export function initiator({ caller }: Call): { ID: string } {
  return caller.kind === 'root' || caller.arn === '' ? owner(caller.account) : { ID: caller.arn }
}
