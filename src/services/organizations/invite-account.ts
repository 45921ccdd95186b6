import type {
  InviteAccountToOrganizationCommandInput,
  InviteAccountToOrganizationCommandOutput,
} from '@aws-sdk/client-organizations'
import type { World } from '../../world.ts'
import { accountByEmail, knownAccount } from './accounts-of-server.ts'
import { ACCOUNTS_MAX } from './create-account.ts'
import { type Account, accountsOf } from './documents.ts'
import { constraint, duplicateHandshake, handshakeConstraint, invalidInput } from './errors.ts'
import { handshakes, handshakeView, isPending, openHandshake } from './handshake.ts'
import { organizationOperation } from './organization-operation.ts'
import { accountArn } from './ids.ts'
import { withTags } from './tags.ts'

/** Only accounts of this server can be invited: no other would ever answer. */
export const inviteAccountToOrganization = organizationOperation<
  InviteAccountToOrganizationCommandInput,
  InviteAccountToOrganizationCommandOutput
>('InviteAccountToOrganization', {
  audience: 'management',
  resources: ({ Target: { Id, Type } }, { organization }) => [
    { arn: Type === 'ACCOUNT' ? accountArn(organization, Id) : '*' },
  ],
  perform: ({ Target: { Id, Type }, Notes: notes, Tags }, { store, world, organization, call }) => {
    const tags = withTags([], Tags)
    const { id: recipient, member } = requireInvitable(world, Id, Type)
    // inferred: the sentences.
    if (member?.organization === organization.id) {
      throw handshakeConstraint(
        'ALREADY_IN_AN_ORGANIZATION',
        'The handshake request is invalid because the invited account is already a member of an organization.',
      )
    }
    const pending = handshakes(store, call.time).filter((one) => one.organization === organization.id && isPending(one))
    if (pending.some(({ action }) => action !== 'INVITE')) {
      throw handshakeConstraint(
        'INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES',
        'You cannot issue new invitations to join an organization while it is in the process of enabling all features.',
      )
    }
    if (pending.some((one) => one.recipient === recipient)) throw duplicateHandshake()
    if (accountsOf(store, organization).length + pending.length >= ACCOUNTS_MAX) {
      throw constraint(
        'ACCOUNT_NUMBER_LIMIT_EXCEEDED',
        'You have exceeded the allowed number of AWS accounts in your organization.',
      )
    }
    const handshake = openHandshake(world, organization, {
      action: 'INVITE',
      recipient,
      party: { Id, Type: Type as 'ACCOUNT' | 'EMAIL' },
      tags,
      ...(notes !== undefined && { notes }),
    })
    return { Handshake: handshakeView(store, handshake) }
  },
})

function requireInvitable(world: World, id: string, type: string): Account {
  if (type === 'ORGANIZATION') {
    // inferred: the sentence.
    throw invalidInput(
      'INVALID_PARTY_TYPE_TARGET',
      'You specified the wrong type of entity (account, organization, or email) as a party.',
    )
  }
  const account = type === 'EMAIL' ? accountByEmail(world, id) : knownAccount(world, id)
  if (account?.status === 'ACTIVE') return account
  // inferred: AWS's own answer for accounts that are not there is not known.
  const reason = type === 'EMAIL' ? 'INVALID_EMAIL_ADDRESS_TARGET' : 'INVALID_PARTY_TYPE_TARGET'
  throw invalidInput(reason, `There is no active account ${id} on this server to invite.`)
}
