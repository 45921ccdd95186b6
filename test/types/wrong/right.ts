// The one way that compiles: `perform` takes what `authorize` minted. If this fails, the wrong programs prove nothing.
import { authorize } from '../../../src/door/authorize.ts'
import type { Call } from '../../../src/door/call.ts'
import { getUser } from '../../../src/services/iam/get-user.ts'

export function allowed(call: Call): unknown {
  return getUser.perform({}, authorize(call, getUser.needs({}, call), []))
}
