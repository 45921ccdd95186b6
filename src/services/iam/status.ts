import { validationError } from './entities.ts'

/** Of keys and certificates. inferred: newer models know a third status, `Expired`, that nobody can set. */
export function requireStatus(status: string): 'Active' | 'Inactive' {
  if (status !== 'Active' && status !== 'Inactive') throw validationError(`Invalid status: ${status}`)
  return status
}
