// error TS2739: Type 'Call' is missing the following properties from type 'Permit': [permitBrand], call
import type { Call } from '../../../src/door/call.ts'
import { getUser } from '../../../src/services/iam/get-user.ts'

export function withoutAsking(call: Call): unknown {
  return getUser.perform({}, call)
}
