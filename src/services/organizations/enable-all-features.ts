import type { EnableAllFeaturesCommandInput, EnableAllFeaturesCommandOutput } from '@aws-sdk/client-organizations'
import { accountsOf } from './documents.ts'
import { handshakeConstraint } from './errors.ts'
import { handshakes, handshakeView, isPending, openHandshake } from './handshake.ts'
import { requestApproval } from './handshakes.ts'
import { organizationOperation } from './organization-operation.ts'

/**
 * Asks every invited account to agree that the organization may bind it; accounts that it made are not asked. When all
 * have accepted, the management account gets the last handshake (APPROVE_ALL_FEATURES), and with it all is enabled.
 */
export const enableAllFeatures = organizationOperation<EnableAllFeaturesCommandInput, EnableAllFeaturesCommandOutput>(
  'EnableAllFeatures',
  {
    audience: 'management',
    perform: (_input, { store, world, organization, call }) => {
      // inferred: the sentences.
      if (organization.featureSet === 'ALL') {
        throw handshakeConstraint(
          'ORGANIZATION_ALREADY_HAS_ALL_FEATURES',
          'The handshake request is invalid because the organization has already enabled all features.',
        )
      }
      const pending = handshakes(store, call.time).some(
        (one) => one.organization === organization.id && one.action !== 'INVITE' && isPending(one),
      )
      if (pending) {
        throw handshakeConstraint(
          'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION',
          'The handshake request is invalid because the organization has already started the process to enable all features.',
        )
      }
      const request = openHandshake(world, organization, { action: 'ENABLE_ALL_FEATURES' })
      const invited = accountsOf(store, organization).filter(
        ({ id, member, status }) =>
          member.method === 'INVITED' && id !== organization.managementAccount && status === 'ACTIVE',
      )
      for (const { id: recipient } of invited) {
        const party = { Id: recipient, Type: 'ACCOUNT' as const }
        openHandshake(world, organization, { action: 'ENABLE_ALL_FEATURES', recipient, party, parent: request.id })
      }
      if (invited.length === 0) requestApproval(world, organization, request.id)
      return { Handshake: handshakeView(store, request) }
    },
  },
)
