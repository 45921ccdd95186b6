// error TS2741: Property '[permitBrand]' is missing in type '{ call: Call; world: World; }' but required in type 'Permit'.
import type { Call, Permit } from '../../../src/door/call.ts'

export function declared(call: Call): Permit {
  const permit: Permit = { call, world: call.world }
  return permit
}
