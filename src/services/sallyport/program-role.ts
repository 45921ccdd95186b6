import type { Call, Permit } from '../../door/call.ts'
import type { OfferedCredentials } from '../../metadata/container-credentials.ts'
import { assumeRole } from '../sts/assume-role.ts'

/** How a program's role session is called. */
export const roleInput = (RoleArn: string) => ({ RoleArn, RoleSessionName: 'sallyport-exec' })

/** As the SDKs do, a session is renewed well before it ends. */
const RENEW_BEFORE_MS = 15 * 60_000

interface Given {
  Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string; Expiration?: number }
}

/**
 * The session that the caller of a permitted call gets of a role, and its successors: those are calls of the caller's own,
 * so a trust that was taken back shows.
 */
export async function roleSession(roleArn: string, permit: Permit): Promise<OfferedCredentials> {
  let session = sessionOf(await assumeRole.perform(roleInput(roleArn), permit))
  return {
    roleArn,
    async session() {
      if (session.expiresAt - RENEW_BEFORE_MS < permit.world.now())
        session = sessionOf(await assumeAgain(roleArn, permit.call))
      return session
    },
  }
}

function assumeAgain(roleArn: string, { caller, origin, region, requestId, world }: Call): Promise<Given> {
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
