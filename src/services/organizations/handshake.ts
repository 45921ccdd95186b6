import type { Handshake as HandshakeView, HandshakeResource } from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import type { Tag } from '../iam/entities.ts'
import { findAccount, findOrganization, HANDSHAKES, type Organization } from './documents.ts'
import { handshakeNotFound } from './errors.ts'
import { handshakeArn, newId } from './ids.ts'

/** What an organization asks of an account; it is the account's to accept. Times are epoch seconds. */
export interface Handshake {
  readonly id: string
  readonly action: 'INVITE' | 'ENABLE_ALL_FEATURES' | 'APPROVE_ALL_FEATURES'
  readonly organization: string
  /** Of the organization: the sender. */
  readonly managementAccount: string
  /** Who is to answer; absent: it waits for its children. */
  readonly recipient?: string
  /** As the recipient was named. */
  readonly party?: { readonly Id: string; readonly Type: 'ACCOUNT' | 'EMAIL' }
  readonly state: State
  readonly requestedAt: number
  readonly expiresAt: number
  readonly answeredAt?: number
  /** The EnableAllFeatures that it is part of. */
  readonly parent?: string
  readonly notes?: string
  /** That the account is to bear in the organization. */
  readonly tags?: readonly Tag[]
}

export type State = 'REQUESTED' | 'OPEN' | 'CANCELED' | 'ACCEPTED' | 'DECLINED' | 'EXPIRED'

const DAY = 86_400
/** AWS Organizations API reference, InviteAccountToOrganization and EnableAllFeatures. */
const VALID: Readonly<Record<Handshake['action'], number>> = {
  INVITE: 15 * DAY,
  ENABLE_ALL_FEATURES: 90 * DAY,
  APPROVE_ALL_FEATURES: 90 * DAY,
}

/** Answered ones are shown for 30 days. */
const SHOWN = 30 * DAY

export type New = Pick<Handshake, 'action' | 'recipient' | 'party' | 'parent' | 'notes' | 'tags'>

export function openHandshake(world: World, { id, managementAccount }: Organization, given: New): Handshake {
  const requestedAt = Math.floor(world.now() / 1000)
  const handshake: Handshake = {
    id: newId.handshake(world),
    organization: id,
    managementAccount,
    // All have answered; only the last word is awaited.
    state: given.action === 'APPROVE_ALL_FEATURES' ? 'OPEN' : 'REQUESTED',
    requestedAt,
    expiresAt: requestedAt + VALID[given.action],
    ...given,
  }
  world.store.put<Handshake>(HANDSHAKES, handshake.id, handshake)
  return handshake
}

/** As it is now: one that nobody answered in time has expired. */
export function current(handshake: Handshake, nowMs: number): Handshake {
  const { state, expiresAt } = handshake
  const waits = state === 'REQUESTED' || state === 'OPEN'
  return waits && expiresAt * 1000 <= nowMs ? { ...handshake, state: 'EXPIRED', answeredAt: expiresAt } : handshake
}

export function isPending({ state }: Handshake): boolean {
  return state === 'REQUESTED' || state === 'OPEN'
}

/** All that are still shown, in order of their ids. */
export function handshakes(store: Store, nowMs: number): Handshake[] {
  return store
    .list<Handshake>(HANDSHAKES)
    .map(({ value }) => current(value, nowMs))
    .filter(({ answeredAt }) => answeredAt === undefined || (answeredAt + SHOWN) * 1000 > nowMs)
}

/** Throws HandshakeNotFoundException; also for those that are none of the account's business. */
export function requireHandshake(store: Store, id: string, account: string, nowMs: number): Handshake {
  const handshake = handshakes(store, nowMs).find((one) => one.id === id)
  if (!handshake || (handshake.recipient !== account && handshake.managementAccount !== account)) {
    throw handshakeNotFound()
  }
  return handshake
}

export function settle(store: Store, handshake: Handshake, state: State, nowMs: number): Handshake {
  const settled: Handshake = { ...handshake, state, answeredAt: Math.floor(nowMs / 1000) }
  store.put<Handshake>(HANDSHAKES, settled.id, settled)
  return settled
}

export function handshakeView(store: Store, handshake: Handshake): Shape<HandshakeView> {
  const { id, organization, managementAccount, party, state, action, requestedAt, expiresAt } = handshake
  return {
    Id: id,
    Arn: handshakeArn({ id: organization, managementAccount }, handshake),
    Parties: [{ Id: organization, Type: 'ORGANIZATION' }, ...(party ? [party] : [])],
    State: state,
    RequestedTimestamp: requestedAt,
    ExpirationTimestamp: expiresAt,
    Action: action,
    Resources: resourcesOf(store, handshake),
  }
}

function resourcesOf(store: Store, handshake: Handshake): Shape<HandshakeResource>[] {
  const { organization, managementAccount, action, party, parent, notes } = handshake
  const sender = findAccount(store, managementAccount)
  const features = findOrganization(store, organization)?.featureSet
  const about: Shape<HandshakeResource>[] =
    action === 'INVITE' && sender && features
      ? [
          { Type: 'MASTER_EMAIL', Value: sender.email },
          { Type: 'MASTER_NAME', Value: sender.name },
          { Type: 'ORGANIZATION_FEATURE_SET', Value: features },
        ]
      : []
  return [
    { Type: 'ORGANIZATION', Value: organization, ...(about.length > 0 && { Resources: about }) },
    ...(party ? [{ Type: party.Type, Value: party.Id }] : []),
    ...(notes !== undefined ? [{ Type: 'NOTES' as const, Value: notes }] : []),
    ...(parent !== undefined ? [{ Type: 'PARENT_HANDSHAKE' as const, Value: parent }] : []),
  ]
}
