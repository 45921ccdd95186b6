import type {
  DescribeAccountCommandInput,
  DescribeAccountCommandOutput,
  ListAccountsCommandInput,
  ListAccountsCommandOutput,
  ListAccountsForParentCommandInput,
  ListAccountsForParentCommandOutput,
  MoveAccountCommandInput,
  MoveAccountCommandOutput,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import { accountsOf, findMember, type MemberAccount, type Organization, saveAccount } from './documents.ts'
import { accountNotFound, destinationParentNotFound, duplicateAccount, sourceParentNotFound } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { requireParent } from './organizational-units.ts'
import { page } from './page.ts'
import { onTarget } from './resources.ts'
import { accountView } from './views.ts'

export const describeAccount = organizationOperation<DescribeAccountCommandInput, DescribeAccountCommandOutput>(
  'DescribeAccount',
  {
    audience: 'delegates',
    resources: ({ AccountId }, scene) => [onTarget(scene, AccountId)],
    perform: ({ AccountId }, { store, organization }) => ({
      Account: accountView(store, organization, requireMember(store, organization, AccountId)),
    }),
  },
)

export const listAccounts = organizationOperation<ListAccountsCommandInput, ListAccountsCommandOutput>('ListAccounts', {
  audience: 'delegates',
  perform: (input, { store, organization }) => {
    const { items, ...rest } = page(accountsOf(store, organization), ({ id }) => id, input)
    return { Accounts: items.map((account) => accountView(store, organization, account)), ...rest }
  },
})

export const listAccountsForParent = organizationOperation<
  ListAccountsForParentCommandInput,
  ListAccountsForParentCommandOutput
>('ListAccountsForParent', {
  audience: 'delegates',
  resources: ({ ParentId }, scene) => [onTarget(scene, ParentId)],
  perform: ({ ParentId, ...paging }, { store, organization }) => {
    requireParent(store, organization, ParentId)
    const accounts = accountsOf(store, organization).filter(({ member }) => member.parent === ParentId)
    const { items, ...rest } = page(accounts, ({ id }) => id, paging)
    return { Accounts: items.map((account) => accountView(store, organization, account)), ...rest }
  },
})

/** The account keeps the policies that hang on itself, and from now on has those of its new parents. */
export const moveAccount = organizationOperation<MoveAccountCommandInput, MoveAccountCommandOutput>('MoveAccount', {
  audience: 'management',
  resources: ({ AccountId, SourceParentId, DestinationParentId }, scene) =>
    [AccountId, SourceParentId, DestinationParentId].map((id) => onTarget(scene, id)),
  perform: ({ AccountId, SourceParentId, DestinationParentId }, { store, organization }) => {
    const account = requireMember(store, organization, AccountId)
    requireParent(store, organization, SourceParentId, sourceParentNotFound)
    requireParent(store, organization, DestinationParentId, destinationParentNotFound)
    const { member } = account
    if (member.parent === DestinationParentId) throw duplicateAccount()
    if (member.parent !== SourceParentId) throw sourceParentNotFound()
    saveAccount(store, { ...account, member: { ...member, parent: DestinationParentId } })
    return {}
  },
})

/** Throws AccountNotFoundException. */
export function requireMember(store: Store, organization: Organization, id: string): MemberAccount {
  const account = findMember(store, organization, id)
  if (!account) throw accountNotFound()
  return account
}
