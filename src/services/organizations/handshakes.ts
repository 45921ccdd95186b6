import type {
  AcceptHandshakeCommandInput,
  AcceptHandshakeCommandOutput,
  CancelHandshakeCommandInput,
  CancelHandshakeCommandOutput,
  DeclineHandshakeCommandInput,
  DeclineHandshakeCommandOutput,
  DescribeHandshakeCommandInput,
  DescribeHandshakeCommandOutput,
  ListHandshakesForAccountCommandInput,
  ListHandshakesForAccountCommandOutput,
  ListHandshakesForOrganizationCommandInput,
  ListHandshakesForOrganizationCommandOutput,
} from '@aws-sdk/client-organizations'
import { type Call, need, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { knownAccount } from './accounts-of-server.ts'
import {
  findOrganization,
  HANDSHAKES,
  type Organization,
  organizationOf,
  saveAccount,
  saveOrganization,
} from './documents.ts'
import { handshakeAlreadyInState, handshakeConstraint, handshakeTransition, notForThisAccount } from './errors.ts'
import {
  type Handshake,
  handshakes,
  handshakeView,
  isPending,
  openHandshake,
  requireHandshake,
  settle,
  type State,
} from './handshake.ts'
import { handshakeArn } from './ids.ts'
import { depart } from './leave-organization.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { attachDefaults } from './roots.ts'

/** A handshake has two sides, and only one of them is in the organization: its own account decides by its own policies. */
function onHandshake(call: Call, action: string, id: string): Need[] {
  const handshake = call.world.store.get<Handshake>(HANDSHAKES, id)
  const arn = handshake
    ? handshakeArn({ id: handshake.organization, managementAccount: handshake.managementAccount }, handshake)
    : '*'
  return [need(`organizations:${action}`, arn, { resourceAccount: call.account })]
}

/**
 * Who goes over to another organization leaves the one it is in. inferred: that it needs the right to; an SCP that forbids
 * to leave would else hold nobody who is invited elsewhere.
 */
function toLeaveFor({ world: { store }, account }: Call, id: string): Need[] {
  const handshake = store.get<Handshake>(HANDSHAKES, id)
  const organization = organizationOf(store, account)
  const goes =
    handshake?.action === 'INVITE' && organization !== undefined && organization.id !== handshake.organization
  return goes ? [need('organizations:LeaveOrganization', '*', { resourceAccount: account })] : []
}

export const describeHandshake = operation<DescribeHandshakeCommandInput, DescribeHandshakeCommandOutput>(
  'organizations',
  'DescribeHandshake',
  {
    needs: ({ HandshakeId }, call) => onHandshake(call, 'DescribeHandshake', HandshakeId),
    perform: ({ HandshakeId }, { call, world: { store } }) => ({
      Handshake: handshakeView(store, requireHandshake(store, HandshakeId, call.account, call.time)),
    }),
  },
)

/** By whom it was asked for, the account does what it agreed to: it joins, or all features are enabled. */
export const acceptHandshake = operation<AcceptHandshakeCommandInput, AcceptHandshakeCommandOutput>(
  'organizations',
  'AcceptHandshake',
  {
    needs: ({ HandshakeId }, call) => [
      ...onHandshake(call, 'AcceptHandshake', HandshakeId),
      ...toLeaveFor(call, HandshakeId),
    ],
    perform: ({ HandshakeId }, { call, world }) =>
      world.store.transaction(() => {
        const handshake = answerable(call, HandshakeId, 'ACCEPTED')
        if (handshake.recipient !== call.account) throw notForThisAccount()
        const accepted = settle(world.store, handshake, 'ACCEPTED', call.time)
        if (handshake.action === 'INVITE') join(world, accepted, call)
        else if (handshake.action === 'ENABLE_ALL_FEATURES') askForLastWord(world, accepted)
        else enableAllFeatures(world.store, accepted, call.time)
        return { Handshake: handshakeView(world.store, accepted) }
      }),
  },
)

export const declineHandshake = operation<DeclineHandshakeCommandInput, DeclineHandshakeCommandOutput>(
  'organizations',
  'DeclineHandshake',
  {
    needs: ({ HandshakeId }, call) => onHandshake(call, 'DeclineHandshake', HandshakeId),
    perform: ({ HandshakeId }, { call, world: { store } }) =>
      store.transaction(() => {
        const handshake = answerable(call, HandshakeId, 'DECLINED')
        if (handshake.recipient !== call.account) throw notForThisAccount()
        return { Handshake: handshakeView(store, settle(store, handshake, 'DECLINED', call.time)) }
      }),
  },
)

export const cancelHandshake = operation<CancelHandshakeCommandInput, CancelHandshakeCommandOutput>(
  'organizations',
  'CancelHandshake',
  {
    needs: ({ HandshakeId }, call) => onHandshake(call, 'CancelHandshake', HandshakeId),
    perform: ({ HandshakeId }, { call, world: { store } }) =>
      store.transaction(() => {
        const handshake = answerable(call, HandshakeId, 'CANCELED')
        if (handshake.managementAccount !== call.account) throw notForThisAccount()
        for (const child of handshakes(store, call.time)) {
          if (child.parent === handshake.id && isPending(child)) settle(store, child, 'CANCELED', call.time)
        }
        return { Handshake: handshakeView(store, settle(store, handshake, 'CANCELED', call.time)) }
      }),
  },
)

type Filter = Shape<NonNullable<ListHandshakesForAccountCommandInput['Filter']>>

export const listHandshakesForAccount = operation<
  ListHandshakesForAccountCommandInput,
  ListHandshakesForAccountCommandOutput
>('organizations', 'ListHandshakesForAccount', {
  needs: (_input, call) => [need('organizations:ListHandshakesForAccount', '*', { resourceAccount: call.account })],
  perform: ({ Filter, ...paging }, { call, world: { store } }) => {
    const received = handshakes(store, call.time).filter(({ recipient }) => recipient === call.account)
    return listed(store, received, Filter, paging)
  },
})

export const listHandshakesForOrganization = organizationOperation<
  ListHandshakesForOrganizationCommandInput,
  ListHandshakesForOrganizationCommandOutput
>('ListHandshakesForOrganization', {
  audience: 'delegates',
  perform: ({ Filter, ...paging }, { store, organization, call }) => {
    const sent = handshakes(store, call.time).filter((one) => one.organization === organization.id)
    return listed(store, sent, Filter, paging)
  },
})

function listed(
  store: Store,
  all: readonly Handshake[],
  { ActionType, ParentHandshakeId }: Filter = {},
  paging: { NextToken?: string; MaxResults?: number },
) {
  const chosen = all.filter(
    ({ action, parent }) =>
      (ActionType === undefined || action === ActionType) &&
      (ParentHandshakeId === undefined || parent === ParentHandshakeId),
  )
  const { items, ...rest } = page(chosen, ({ id }) => id, paging)
  return { Handshakes: items.map((handshake) => handshakeView(store, handshake)), ...rest }
}

/** Throws unless it still waits for an answer. */
function answerable({ world, account, time }: Call, id: string, wanted: State): Handshake {
  const handshake = requireHandshake(world.store, id, account, time)
  if (handshake.state === wanted) throw handshakeAlreadyInState()
  if (!isPending(handshake)) throw handshakeTransition()
  return handshake
}

/** From another organization it moves over at once (AWS Organizations User Guide, "Migrate an account to another organization"). */
function join(world: World, handshake: Handshake, { account: id, time }: Call): void {
  const { store } = world
  const organization = requireSender(store, handshake)
  const { member } = knownAccount(world, id)!
  if (member?.organization === organization.id) throw alreadyIn()
  const before = member && findOrganization(store, member.organization)
  if (before) depart(store, before, id)
  saveAccount(store, {
    ...knownAccount(world, id)!,
    member: {
      organization: organization.id,
      parent: organization.root.id,
      method: 'INVITED',
      joinedAt: Math.floor(time / 1000),
      tags: handshake.tags ?? [],
    },
  })
  attachDefaults(store, organization, id)
}

// inferred: the sentence.
const alreadyIn = () =>
  handshakeConstraint('ALREADY_IN_AN_ORGANIZATION', 'The account is already a member of an organization.')

/** An organization that was deleted in the meantime waits for nobody. */
function requireSender(store: Store, handshake: Handshake): Organization {
  const organization = findOrganization(store, handshake.organization)
  if (!organization) throw handshakeTransition()
  return organization
}

/** When every invited account has agreed, the management account is asked to finish. */
function askForLastWord(world: World, { organization: id, parent }: Handshake): void {
  const { store } = world
  const waiting = handshakes(store, world.now()).some((one) => one.parent === parent && isPending(one))
  const organization = findOrganization(store, id)
  if (!waiting && organization && parent !== undefined) requestApproval(world, organization, parent)
}

/** The last of the handshakes of EnableAllFeatures: the management account's own. */
export function requestApproval(world: World, organization: Organization, parent: string): void {
  const { managementAccount: recipient } = organization
  const party = { Id: recipient, Type: 'ACCOUNT' as const }
  openHandshake(world, organization, { action: 'APPROVE_ALL_FEATURES', recipient, party, parent })
}

function enableAllFeatures(store: Store, handshake: Handshake, nowMs: number): void {
  saveOrganization(store, { ...requireSender(store, handshake), featureSet: 'ALL' })
  const request = handshake.parent === undefined ? undefined : store.get<Handshake>(HANDSHAKES, handshake.parent)
  if (request) settle(store, request, 'ACCEPTED', nowMs)
}
