// error TS2554: Expected 2-3 arguments, but got 1.
import { getUser } from '../../../src/services/iam/get-user.ts'

export function withoutPermit(): unknown {
  return getUser.perform({})
}
