import { type Cache, recentlyUsed } from '../../store/cache.ts'
import type { Store } from '../../store/store.ts'
import { ACCOUNTS, findAccount, findOrganization, lineage, ORGANIZATIONS, UNITS } from './documents.ts'

/** Where an account stands in its organization. */
export interface Membership {
  /** `o-…` */
  readonly organizationId: string
  readonly managementAccount: string
  /** aws:PrincipalOrgPaths: `o-…/r-…/ou-…/`, from the root down to the account's own unit. */
  readonly path: string
  /** Ids of the root, the units below it and the account itself, outermost first: what policies hang on. */
  readonly targets: readonly string[]
}

interface Standing {
  readonly place?: Membership
  readonly suspended: boolean
}

interface Known {
  readonly epoch: number
  readonly accounts: Cache<Standing>
}

/** Callers name accounts as they like, so only so many are kept. */
const KEPT = 10_000

const known = new WeakMap<Store, Known>()

/** Asked several times on every call: what was found out is kept until an organization, a unit or an account changes. */
function standing(store: Store, account: string): Standing {
  const epoch = store.epoch(ACCOUNTS) + store.epoch(UNITS) + store.epoch(ORGANIZATIONS)
  let found = known.get(store)
  if (!found || found.epoch !== epoch) known.set(store, (found = { epoch, accounts: recentlyUsed(KEPT) }))
  let kept = found.accounts.get(account)
  if (!kept) found.accounts.set(account, (kept = lookUp(store, account)))
  return kept
}

/**
 * The organization that an account belongs to; undefined when it is in none. Throws when the tree is broken: better no
 * answer than one with a level left out.
 */
export function membership(store: Store, account: string | undefined): Membership | undefined {
  return account === undefined ? undefined : standing(store, account).place
}

/** Whether an account was closed (organizations:CloseAccount): then nobody of it may do anything. */
export function isSuspended(store: Store, account: string): boolean {
  return standing(store, account).suspended
}

function lookUp(store: Store, account: string): Standing {
  const { member, status } = findAccount(store, account) ?? {}
  const suspended = status === 'SUSPENDED'
  if (!member) return { suspended }
  const organization = findOrganization(store, member.organization)
  if (!organization)
    throw new Error(`account ${account} is in an organization that is not there: ${member.organization}`)
  const targets = lineage(store, organization, member.parent, account)
  const place = Object.freeze({
    organizationId: organization.id,
    managementAccount: organization.managementAccount,
    path: `${[organization.id, ...targets.slice(0, -1)].join('/')}/`,
    targets,
  })
  return { place, suspended }
}

/** Whether two accounts are the same, or in the same organization: then AWS tells more of a refusal. */
export function sameOrganization(store: Store, one: string, other: string): boolean {
  if (one === other) return true
  const place = membership(store, one)
  return place !== undefined && place.organizationId === membership(store, other)?.organizationId
}
