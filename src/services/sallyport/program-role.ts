import type { Call } from '../../door/call.ts'
import type { OfferedCredentials } from '../../metadata/container-credentials.ts'

/** How a program's role session is called. */
export const roleInput = (RoleArn: string) => ({ RoleArn, RoleSessionName: 'sallyport-exec' })

/** As the SDKs do, a session is renewed well before it ends. */
const RENEW_BEFORE_MS = 15 * 60_000

interface Given {
  Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string; Expiration?: number }
}

/**
 * A role's session for a program of the caller's, and its successors. Each is a call of the caller's own that goes on from
 * the one at hand, so a trust that was taken back shows.
 */
export async function roleSession(roleArn: string, call: Call): Promise<OfferedCredentials> {
  let session = sessionOf(await assume(roleArn, call))
  return {
    roleArn,
    async session() {
      if (session.expiresAt - RENEW_BEFORE_MS < call.world.now()) session = sessionOf(await assume(roleArn, call))
      return session
    },
  }
}

function assume(roleArn: string, { caller, origin, region, requestId, world }: Call): Promise<Given> {
  return world.door.call<Given>({
    service: 'sts',
    operation: 'AssumeRole',
    input: roleInput(roleArn),
    as: { caller, via: 'sallyport.amazonaws.com' },
    origin,
    region,
    onBehalfOf: requestId,
  })
}

function sessionOf({ Credentials: given }: Given): Awaited<ReturnType<OfferedCredentials['session']>> {
  return {
    credentials: {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    },
    expiresAt: (given?.Expiration ?? 0) * 1000,
  }
}
