import type { Caller } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'

/**
 * What sessions cannot call, whatever their policies say (STS API reference, GetSessionToken and GetFederationToken;
 * IAM User Guide, "Compare AWS STS credentials"). Throws AWS's refusal.
 */
export function keepToSession(caller: Caller, service: string, operation: string): void {
  if (caller.tokenIssuedAt === undefined) return
  if (service === 'iam' && !reachesIam(caller)) {
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403)
  }
  if (service === 'sts' && !reachesSts(caller, operation)) {
    // inferred: for operations other than GetSessionToken and GetFederationToken.
    throw new AwsError('AccessDenied', `Cannot call ${operation} with session credentials`, 403)
  }
}

function reachesIam({ kind, mfaAt }: Caller): boolean {
  return kind === 'role-session' || (kind !== 'federated-user' && mfaAt !== undefined)
}

function reachesSts({ kind }: Caller, operation: string): boolean {
  if (operation === 'GetCallerIdentity') return true
  if (kind === 'role-session') return operation !== 'GetSessionToken' && operation !== 'GetFederationToken'
  return kind !== 'federated-user' && operation === 'AssumeRole'
}
