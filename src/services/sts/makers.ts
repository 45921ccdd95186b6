import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Maker } from './sessions.ts'

/** Seconds: twelve hours. */
const DEFAULT_SESSION = 43_200
/** Seconds. Root's sessions are cut to this, whatever was asked for. */
const ROOT_SESSION = 3600

export function userSessionDuration(
  { DurationSeconds = DEFAULT_SESSION }: { DurationSeconds?: number },
  call: Call,
): number {
  return call.caller.kind === 'root' ? Math.min(DurationSeconds, ROOT_SESSION) : DurationSeconds
}

/** The long-term key that calls. Throws for sessions and services, which have none. */
export function makerOf({ caller, operation }: Call): Maker {
  const { kind, accessKeyId, name, entityId } = caller
  if (accessKeyId === undefined || caller.tokenIssuedAt !== undefined || (kind !== 'user' && kind !== 'root')) {
    throw new AwsError('AccessDenied', `Cannot call ${operation} with session credentials`, 403)
  }
  return {
    accessKeyId,
    ...(name !== undefined && { userName: name }),
    ...(entityId !== undefined && { userId: entityId }),
  }
}
