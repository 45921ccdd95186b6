import type { CloseAccountCommandInput, CloseAccountCommandOutput } from '@aws-sdk/client-organizations'
import { requireMember } from './accounts.ts'
import { accountsOf, saveAccount } from './documents.ts'
import { accountAlreadyClosed, constraint, needsAllFeatures } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { onTarget } from './resources.ts'

const DAYS_30 = 30 * 86_400

/**
 * The account is suspended at once: nobody of it is known any more (services/iam/credentials.ts). It stays in the
 * organization; AWS would delete it after 90 days. A tenth of the members, at least ten, may be closed in 30 days.
 */
export const closeAccount = organizationOperation<CloseAccountCommandInput, CloseAccountCommandOutput>('CloseAccount', {
  audience: 'management',
  resources: ({ AccountId }, scene) => [onTarget(scene, AccountId)],
  perform: ({ AccountId }, { store, organization, call }) => {
    if (organization.featureSet !== 'ALL') throw needsAllFeatures()
    const account = requireMember(store, organization, AccountId)
    // inferred: the sentences.
    if (AccountId === organization.managementAccount) {
      throw constraint('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'You attempted to close the management account.')
    }
    if (account.status === 'SUSPENDED') throw accountAlreadyClosed()
    const closedAt = Math.floor(call.time / 1000)
    const accounts = accountsOf(store, organization)
    const lately = accounts.filter((one) => one.closedAt !== undefined && one.closedAt > closedAt - DAYS_30)
    if (lately.length >= Math.max(10, Math.floor(accounts.length / 10))) {
      throw constraint('CLOSE_ACCOUNT_QUOTA_EXCEEDED', 'You have exceeded close account quota for the past 30 days.')
    }
    saveAccount(store, { ...account, status: 'SUSPENDED', closedAt })
    return {}
  },
})
