import type { DeleteOrganizationCommandInput, DeleteOrganizationCommandOutput } from '@aws-sdk/client-organizations'
import {
  accountsOf,
  ATTACHMENTS,
  CREATIONS,
  DELEGATES,
  findAccount,
  ORGANIZATIONS,
  POLICIES,
  saveAccount,
  UNITS,
} from './documents.ts'
import { organizationNotEmpty } from './errors.ts'
import { handshakes, isPending, settle } from './handshake.ts'
import { organizationOperation } from './organization-operation.ts'

/** Only an organization without members goes; its units and policies go with it, the management account stays as it is. */
export const deleteOrganization = organizationOperation<
  DeleteOrganizationCommandInput,
  DeleteOrganizationCommandOutput
>('DeleteOrganization', {
  audience: 'management',
  perform: (_input, { store, organization, call }) => {
    if (accountsOf(store, organization).length > 1) throw organizationNotEmpty()
    const { member: _, ...account } = findAccount(store, organization.managementAccount)!
    saveAccount(store, account)
    for (const kind of [UNITS, POLICIES, ATTACHMENTS, CREATIONS, DELEGATES]) {
      for (const { key } of store.list(kind, { prefix: `${organization.id}/` })) store.delete(kind, key)
    }
    for (const handshake of handshakes(store, call.time)) {
      if (handshake.organization === organization.id && isPending(handshake)) {
        settle(store, handshake, 'CANCELED', call.time)
      }
    }
    store.delete(ORGANIZATIONS, organization.id)
    return {}
  },
})
