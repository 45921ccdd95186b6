import type { GetFederationTokenCommandInput, GetFederationTokenCommandOutput } from '@aws-sdk/client-sts'
import { need } from '../../door/call.ts'
import { requestTagKeys } from '../iam/tags.ts'
import { operation } from '../operation.ts'
import { credentialsOf, issue } from './issue.ts'
import { makerOf, userSessionDuration } from './makers.ts'
import { federatedUserArn } from './session-credential.ts'
import { sessionPolicies } from './session-policies.ts'
import { sessionTags } from './session-tags.ts'
import { type FederatedSession, saveSession } from './sessions.ts'

/**
 * Credentials for somebody who is no user: they may do what both the calling user and the session policies allow, and
 * without a session policy nothing but what resources' policies grant to the federated user (IAM User Guide,
 * "Permissions for GetFederationToken").
 */
export const getFederationToken = operation<GetFederationTokenCommandInput, GetFederationTokenCommandOutput>(
  'sts',
  'GetFederationToken',
  {
    needs: ({ Name, Tags }, call) => {
      makerOf(call)
      const actions = ['GetFederationToken', ...(Tags?.length ? ['TagSession'] : [])]
      return actions.map((action) =>
        need(`sts:${action}`, federatedUserArn(call.account, Name), { context: requestTagKeys(Tags) }),
      )
    },
    perform: (input, { call, world }) => {
      const { Name: name } = input
      const { tags } = sessionTags(input, undefined)
      const policies = sessionPolicies(world.store, call.account, input)
      const duration = userSessionDuration(input, call)
      const { keys, sizes } = issue(world, { ...input, now: call.time, duration, policies, tags })
      const session: FederatedSession = {
        kind: 'federated-user',
        ...keys,
        account: call.account,
        maker: makerOf(call),
        name,
        tags,
        ...(policies.length > 0 && { policies }),
      }
      saveSession(world.store, session, call.time)
      return {
        Credentials: credentialsOf(session),
        FederatedUser: { FederatedUserId: `${call.account}:${name}`, Arn: federatedUserArn(call.account, name) },
        ...sizes,
      }
    },
  },
)
