import type { PolicyType } from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import type { BoundPolicy } from '../iam/bound-principals.ts'
import type { Tag } from '../iam/entities.ts'

/**
 * The documents that Organizations keeps. Times are epoch seconds.
 *
 *     organizations/organization   o-…               Organization
 *     organizations/account        123456789012      Account: every account that ever was in an organization of this server
 *     organizations/unit           o-…/ou-…          Unit
 *     organizations/policy         o-…/p-…           Policy
 *     organizations/attachments    o-…/TARGET        Attachments of a root, unit or account
 *     organizations/creation       o-…/car-…         Creation: a request to make an account
 *     organizations/delegate       o-…/ACCOUNT       Delegate: an account that administers services
 *     organizations/handshake      h-…               Handshake
 */
export const ORGANIZATIONS = 'organizations/organization'
export const ACCOUNTS = 'organizations/account'
export const UNITS = 'organizations/unit'
export const POLICIES = 'organizations/policy'
export const ATTACHMENTS = 'organizations/attachments'
export const CREATIONS = 'organizations/creation'
export const DELEGATES = 'organizations/delegate'
export const HANDSHAKES = 'organizations/handshake'

export interface Organization {
  readonly id: string
  readonly managementAccount: string
  readonly featureSet: 'ALL' | 'CONSOLIDATED_BILLING'
  readonly root: {
    readonly id: string
    readonly tags: readonly Tag[]
    readonly policyTypes: readonly PolicyType[]
  }
  /** Services that may look into the organization, by principal, and since when. */
  readonly services: Readonly<Record<string, number>>
  readonly resourcePolicy?: ResourcePolicy
}

/** The one policy by which an organization lets member accounts manage its policies. */
export interface ResourcePolicy {
  readonly id: string
  readonly content: string
  /** Who was meant by it: principal as written -> unique id. */
  readonly principals?: BoundPolicy['principals']
  readonly tags: readonly Tag[]
}

export interface Account {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly status: 'ACTIVE' | 'SUSPENDED'
  readonly closedAt?: number
  /** Whether users of the account may see its bills; kept, nothing here bills. */
  readonly iamUserAccessToBilling?: 'ALLOW' | 'DENY'
  /** Absent: it stands alone. */
  readonly member?: Member
}

export interface Member {
  readonly organization: string
  /** Id of its root or unit. */
  readonly parent: string
  readonly method: 'INVITED' | 'CREATED'
  readonly joinedAt: number
  readonly tags: readonly Tag[]
}

/** An account that is in an organization. */
export type MemberAccount = Account & { readonly member: Member }

export interface Unit {
  readonly id: string
  readonly organization: string
  readonly parent: string
  readonly name: string
  readonly tags: readonly Tag[]
}

export interface Policy {
  readonly id: string
  readonly organization: string
  readonly type: PolicyType
  readonly name: string
  readonly description: string
  /** As its author wrote it. */
  readonly content: string
  readonly tags: readonly Tag[]
  readonly updatedAt: number
}

/** In the order in which they were attached. */
export interface Attachments {
  readonly policies: readonly Attachment[]
}

export interface Attachment {
  readonly id: string
  readonly type: PolicyType
}

export interface Creation {
  readonly id: string
  readonly organization: string
  readonly accountName: string
  readonly state: 'SUCCEEDED' | 'FAILED'
  readonly requestedAt: number
  readonly accountId?: string
  readonly failureReason?: 'EMAIL_ALREADY_EXISTS' | 'ACCOUNT_LIMIT_EXCEEDED' | 'INVALID_EMAIL'
}

export interface Delegate {
  readonly account: string
  /** By service principal, and since when. */
  readonly services: Readonly<Record<string, number>>
}

/** What stands for an account of this server of which Organizations has not heard yet. */
export function findAccount(store: Store, id: string): Account | undefined {
  return store.get<Account>(ACCOUNTS, id)
}

export function saveAccount(store: Store, account: Account): void {
  store.put<Account>(ACCOUNTS, account.id, account)
}

export function findOrganization(store: Store, id: string): Organization | undefined {
  return store.get<Organization>(ORGANIZATIONS, id)
}

/** The organization that an account is in; undefined when it is in none. */
export function organizationOf(store: Store, account: string): Organization | undefined {
  const member = findAccount(store, account)?.member
  return member && findOrganization(store, member.organization)
}

export function saveOrganization(store: Store, organization: Organization): void {
  store.put<Organization>(ORGANIZATIONS, organization.id, organization)
}

/** Its accounts, in order of their ids. */
export function accountsOf(store: Store, { id }: Pick<Organization, 'id'>): MemberAccount[] {
  return store
    .list<Account>(ACCOUNTS)
    .map(({ value }) => value)
    .filter((account): account is MemberAccount => account.member?.organization === id)
}

export function findMember(store: Store, { id }: Pick<Organization, 'id'>, account: string): MemberAccount | undefined {
  const found = findAccount(store, account)
  return found?.member?.organization === id ? (found as MemberAccount) : undefined
}

export function unitsOf(store: Store, { id }: Pick<Organization, 'id'>): Unit[] {
  return store.list<Unit>(UNITS, { prefix: `${id}/` }).map(({ value }) => value)
}

export function findUnit(store: Store, { id }: Pick<Organization, 'id'>, unit: string): Unit | undefined {
  return store.get<Unit>(UNITS, `${id}/${unit}`)
}

export function saveUnit(store: Store, unit: Unit): void {
  store.put<Unit>(UNITS, `${unit.organization}/${unit.id}`, unit)
}

export function attachmentsOf(store: Store, organization: string, target: string): readonly Attachment[] {
  return store.get<Attachments>(ATTACHMENTS, `${organization}/${target}`)?.policies ?? []
}

export function saveAttachments(
  store: Store,
  organization: string,
  target: string,
  policies: readonly Attachment[],
): void {
  const key = `${organization}/${target}`
  if (policies.length > 0) store.put<Attachments>(ATTACHMENTS, key, { policies })
  else store.delete(ATTACHMENTS, key)
}

/** Ids from the root down to the thing itself; an unknown parent ends the walk, so that nothing is placed where it is not. */
export function lineage(store: Store, organization: Organization, parent: string, self?: string): string[] {
  const above: string[] = self === undefined ? [] : [self]
  let at = parent
  while (at !== organization.root.id) {
    above.unshift(at)
    const unit = findUnit(store, organization, at)
    if (!unit) throw new Error(`\`${at}\` of organization \`${organization.id}\` is not there`)
    at = unit.parent
  }
  return [organization.root.id, ...above]
}
