// error TS2739: Type 'Call' is missing the following properties from type 'Permit': [permitBrand], call
import type { Call } from '../../../src/door/call.ts'
import { findOperation } from '../../../src/services/registry.ts'

export async function byName(call: Call): Promise<unknown> {
  const operation = await findOperation('iam', 'GetUser')
  return operation?.perform({} as never, call)
}
