import type { GetSessionTokenCommandInput, GetSessionTokenCommandOutput } from '@aws-sdk/client-sts'
import { operation } from '../operation.ts'
import { credentialsOf, issue } from './issue.ts'
import { makerOf, userSessionDuration } from './makers.ts'
import { checkMfa, takeMfa } from './mfa.ts'
import { saveSession, type UserSession } from './sessions.ts'

/**
 * Temporary credentials of the calling user, or root: the way to prove an MFA device. "No permissions are required
 * for users to perform this operation" and policies do not govern it (STS API reference; IAM User Guide, "Permissions
 * for GetSessionToken"). Sessions cannot call it: session-limits.ts.
 */
export const getSessionToken = operation<GetSessionTokenCommandInput, GetSessionTokenCommandOutput>(
  'sts',
  'GetSessionToken',
  {
    needs: (input, call) => {
      makerOf(call)
      checkMfa(call, input)
      return []
    },
    perform: (input, { call, world }) => {
      const { keys, sizes } = issue(world, { ...input, now: call.time, duration: userSessionDuration(input, call) })
      return world.store.transaction(() => {
        const withMfa = takeMfa(call, input)
        const session: UserSession = {
          kind: 'user',
          ...keys,
          account: call.account,
          maker: makerOf(call),
          ...(withMfa && { mfaAt: Math.floor(call.time / 1000) }),
        }
        saveSession(world.store, session, call.time)
        return { Credentials: credentialsOf(session), ...sizes }
      })
    },
  },
)
