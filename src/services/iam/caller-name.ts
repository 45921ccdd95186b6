import type { Call } from '../../door/call.ts'
import { validationError } from './entities.ts'

/**
 * The user that is meant where a user name may be left out: the caller. Undefined: the account's root user.
 * Throws for sessions, which are no users.
 */
export function userNameOrCaller(call: Call, given: string | undefined): string | undefined {
  if (given !== undefined) return given
  if (call.caller.kind === 'root') return undefined
  if (call.caller.kind === 'user') return call.caller.name
  throw validationError('Must specify userName when calling with non-User credentials')
}
