import type { CreateAccountCommandInput, CreateAccountCommandOutput } from '@aws-sdk/client-organizations'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { iamArn, type Role, saveEntity } from '../iam/entities.ts'
import { uniqueId } from '../iam/ids.ts'
import { bindTrust } from '../iam/trust.ts'
import { accountByEmail, knownAccount } from './accounts-of-server.ts'
import { accountsOf, type Creation, CREATIONS, saveAccount } from './documents.ts'
import { newId } from './ids.ts'
import { organizationOperation, type Scene } from './organization-operation.ts'
import { attachDefaults } from './roots.ts'
import { withTags } from './tags.ts'

/** Quotas of AWS Organizations: 10 at first, more on request; nobody is here to ask. */
export const ACCOUNTS_MAX = 10_000

const DEFAULT_ROLE = 'OrganizationAccountAccessRole'

/**
 * A new account in the root of the organization, with a role by which the management account's administrators get in.
 * As on AWS the answer says that the work is under way, and whether it succeeded is asked by DescribeCreateAccountStatus;
 * here it is done when the answer leaves.
 */
export const createAccount = organizationOperation<CreateAccountCommandInput, CreateAccountCommandOutput>(
  'CreateAccount',
  {
    audience: 'management',
    perform: (input, scene) => {
      const { store, world, organization, call } = scene
      const tags = withTags([], input.Tags)
      const requestedAt = Math.floor(call.time / 1000)
      const failureReason = obstacle(input, scene)
      const creation: Creation = {
        id: newId.creation(world),
        organization: organization.id,
        accountName: input.AccountName,
        state: failureReason ? 'FAILED' : 'SUCCEEDED',
        requestedAt,
        ...(failureReason ? { failureReason } : { accountId: makeAccount(input, scene, tags) }),
      }
      store.put<Creation>(CREATIONS, `${organization.id}/${creation.id}`, creation)
      const { id: Id, accountName: AccountName } = creation
      return { CreateAccountStatus: { Id, AccountName, State: 'IN_PROGRESS', RequestedTimestamp: requestedAt } }
    },
  },
)

/** What AWS finds out only when it is at work: the request fails, the call does not. */
function obstacle({ Email }: Shape<CreateAccountCommandInput>, { world, store, organization }: Scene) {
  if (!ascii.test(Email) || !address.test(Email)) return 'INVALID_EMAIL'
  if (accountByEmail(world, Email)) return 'EMAIL_ALREADY_EXISTS'
  if (accountsOf(store, organization).length >= ACCOUNTS_MAX) return 'ACCOUNT_LIMIT_EXCEEDED'
  return undefined
}

/** The rules of the API reference, CreateAccount. */
const ascii = /^(?!\.)[\x21-\x7e]+$/
const address = /^[^"'()[\]:;,\\|%&@]+@(?!-)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?<!-)$/

function makeAccount(input: Shape<CreateAccountCommandInput>, scene: Scene, tags: ReturnType<typeof withTags>): string {
  const { world, store, organization, call } = scene
  const { Email: email, AccountName: name, RoleName = DEFAULT_ROLE, IamUserAccessToBilling = 'ALLOW' } = input
  let id = newId.account(world)
  while (knownAccount(world, id)) id = newId.account(world)
  const joinedAt = Math.floor(call.time / 1000)
  saveAccount(store, {
    id,
    name,
    email,
    status: 'ACTIVE',
    iamUserAccessToBilling: IamUserAccessToBilling,
    member: { organization: organization.id, parent: organization.root.id, method: 'CREATED', joinedAt, tags },
  })
  attachDefaults(store, organization, id)
  saveEntity(store, accessRole(world, id, RoleName, organization.managementAccount, joinedAt))
  return id
}

/** Trusts the management account, and may do everything (AWS Organizations User Guide, "Accessing member accounts"). */
function accessRole(world: World, account: string, name: string, trusted: string, createDate: number): Role {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${trusted}:root` }, Action: 'sts:AssumeRole' }],
  }
  return {
    type: 'role',
    account,
    name,
    path: '/',
    id: uniqueId(world, 'AROA'),
    arn: iamArn(account, 'role', '/', name),
    createDate,
    tags: [],
    inline: [],
    attached: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    maxSessionDuration: 3600,
    trust: bindTrust(world.store, JSON.stringify(trust)),
  }
}
