// error TS2741: Property '[permitBrand]' is missing in type '{ [permitBrand]: true; call: Call; world: World; }' but required in type 'Permit'.
import type { Call } from '../../../src/door/call.ts'
import { getUser } from '../../../src/services/iam/get-user.ts'

declare const permitBrand: unique symbol

export function branded(call: Call): unknown {
  const permit = { [permitBrand]: true as const, call, world: call.world }
  return getUser.perform({}, permit)
}
