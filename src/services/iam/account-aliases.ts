import type {
  CreateAccountAliasCommandInput,
  CreateAccountAliasCommandOutput,
  DeleteAccountAliasCommandInput,
  DeleteAccountAliasCommandOutput,
  ListAccountAliasesCommandInput,
  ListAccountAliasesCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { alreadyExists, noSuchEntity } from './entities.ts'
import { page } from './page.ts'

/** An account's other name. Kept under the alias itself, because no two accounts can have the same one. */
interface AccountAlias {
  readonly alias: string
  readonly account: string
}

const ALIASES = 'iam/account-alias'

export function aliasOf(store: Store, account: string): string | undefined {
  return store.list<AccountAlias>(ALIASES).find(({ value }) => value.account === account)?.value.alias
}

/** An account has one alias; a new one takes the place of the old (seen live: floci-io/floci#2103). */
export const createAccountAlias = operation<CreateAccountAliasCommandInput, CreateAccountAliasCommandOutput>(
  'iam',
  'CreateAccountAlias',
  {
    needs: () => [need('iam:CreateAccountAlias', '*')],
    perform: ({ AccountAlias: alias }, { call: { account }, world: { store } }) => {
      if (store.get(ALIASES, alias)) throw alreadyExists(`The account alias ${alias} already exists.`)
      store.transaction(() => {
        const before = aliasOf(store, account)
        if (before !== undefined) store.delete(ALIASES, before)
        store.put<AccountAlias>(ALIASES, alias, { alias, account })
      })
      return {}
    },
  },
)

export const listAccountAliases = operation<ListAccountAliasesCommandInput, ListAccountAliasesCommandOutput>(
  'iam',
  'ListAccountAliases',
  {
    needs: () => [need('iam:ListAccountAliases', '*')],
    perform: (paging, { call: { account }, world: { store } }) => {
      const alias = aliasOf(store, account)
      const { items, ...rest } = page(alias === undefined ? [] : [alias], (one) => one, paging)
      return { AccountAliases: items, ...rest }
    },
  },
)

export const deleteAccountAlias = operation<DeleteAccountAliasCommandInput, DeleteAccountAliasCommandOutput>(
  'iam',
  'DeleteAccountAlias',
  {
    needs: () => [need('iam:DeleteAccountAlias', '*')],
    perform: ({ AccountAlias: alias }, { call: { account }, world: { store } }) => {
      // inferred: the sentence.
      if (aliasOf(store, account) !== alias) throw noSuchEntity(`The account alias ${alias} cannot be found.`)
      store.delete(ALIASES, alias)
      return {}
    },
  },
)
