import type {
  LeaveOrganizationCommandInput,
  LeaveOrganizationCommandOutput,
  RemoveAccountFromOrganizationCommandInput,
  RemoveAccountFromOrganizationCommandOutput,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import { requireMember } from './accounts.ts'
import { type Delegate, DELEGATES, type Organization, saveAccount, saveAttachments } from './documents.ts'
import { constraint, masterCannotLeave } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { onTarget } from './resources.ts'

/** The account stands alone from now on; no policy of the organization binds it, and its tags there are gone. */
export const removeAccountFromOrganization = organizationOperation<
  RemoveAccountFromOrganizationCommandInput,
  RemoveAccountFromOrganizationCommandOutput
>('RemoveAccountFromOrganization', {
  audience: 'management',
  resources: ({ AccountId }, scene) => [onTarget(scene, AccountId)],
  perform: ({ AccountId }, { store, organization }) => {
    depart(store, organization, AccountId)
    return {}
  },
})

export const leaveOrganization = organizationOperation<LeaveOrganizationCommandInput, LeaveOrganizationCommandOutput>(
  'LeaveOrganization',
  {
    audience: 'members',
    perform: (_input, { store, organization, call }) => {
      depart(store, organization, call.account)
      return {}
    },
  },
)

/** AWS asks more of an account that leaves, a means of payment above all; here there is nothing to pay. */
export function depart(store: Store, organization: Organization, id: string): void {
  const { member: _, ...account } = requireMember(store, organization, id)
  if (id === organization.managementAccount) throw masterCannotLeave()
  // inferred: the sentences.
  if (store.get<Delegate>(DELEGATES, `${organization.id}/${id}`)) {
    throw constraint(
      'CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG',
      'You cannot remove an account that is a delegated administrator for an AWS service from the organization.',
    )
  }
  if (account.status === 'SUSPENDED') {
    throw constraint('ACCOUNT_CANNOT_LEAVE_ORGANIZATION', 'A suspended account cannot leave the organization.')
  }
  saveAttachments(store, organization.id, id, [])
  saveAccount(store, account)
}
