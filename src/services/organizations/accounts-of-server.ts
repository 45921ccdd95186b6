import type { World } from '../../world.ts'
import { type Account, ACCOUNTS, findAccount } from './documents.ts'

/**
 * An account of this server: its first one, or one that CreateAccount made. inferred: name and address of the first,
 * which nobody was asked for.
 */
export function knownAccount({ store, config }: World, id: string): Account | undefined {
  const account = findAccount(store, id)
  if (account || id !== config.account) return account
  return { id, name: 'management', email: `root@${id}.example.com`, status: 'ACTIVE' }
}

/** By the address of its root user, which is one account's only, on AWS and here; upper and lower case are the same. */
export function accountByEmail(world: World, email: string): Account | undefined {
  const wanted = email.toLowerCase()
  const first = knownAccount(world, world.config.account)
  const others = world.store.list<Account>(ACCOUNTS).map(({ value }) => value)
  return [...(first ? [first] : []), ...others].find((account) => account.email.toLowerCase() === wanted)
}
