import type { CreateOrganizationCommandInput, CreateOrganizationCommandOutput } from '@aws-sdk/client-organizations'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { knownAccount } from './accounts-of-server.ts'
import { findAccount, type Organization, saveAccount, saveOrganization } from './documents.ts'
import { alreadyInOrganization } from './errors.ts'
import { newId } from './ids.ts'
import { organizationView } from './views.ts'

/**
 * The caller's account becomes the management account. No policy type is enabled yet: AWS's reference says that SCPs are,
 * but its users call EnablePolicyType next, and that succeeds (Terraform's aws_organizations_organization does so).
 */
export const createOrganization = operation<CreateOrganizationCommandInput, CreateOrganizationCommandOutput>(
  'organizations',
  'CreateOrganization',
  {
    needs: () => [need('organizations:CreateOrganization', '*')],
    perform: ({ FeatureSet = 'ALL' }, { call, world }) => {
      const { store } = world
      return store.transaction(() => {
        const { account } = call
        if (findAccount(store, account)?.member) throw alreadyInOrganization()
        const organization: Organization = {
          id: newId.organization(world),
          managementAccount: account,
          featureSet: FeatureSet,
          root: { id: newId.root(world), tags: [], policyTypes: [] },
          services: {},
        }
        saveOrganization(store, organization)
        const { id, root } = organization
        saveAccount(store, {
          ...knownAccount(world, account)!,
          member: {
            organization: id,
            parent: root.id,
            method: 'INVITED',
            joinedAt: Math.floor(call.time / 1000),
            tags: [],
          },
        })
        return { Organization: organizationView(store, organization) }
      })
    },
  },
)
