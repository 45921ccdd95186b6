// error TS2741: Property '[permitBrand]' is missing in type '{ call: Call; world: World; }' but required in type 'Permit'.
import type { Call } from '../../../src/door/call.ts'
import { getUser } from '../../../src/services/iam/get-user.ts'

export function made(call: Call): unknown {
  return getUser.perform({}, { call, world: call.world })
}
