import type { Need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation, type Operation } from '../operation.ts'
import { dryRun } from './errors.ts'
import { estateOf, type Estate } from './estate.ts'

/**
 * An operation of EC2: `DryRun` answers 412 once the call was authorized, and the deed is one transaction over the caller's estate.
 * Nothing here waits, so no two calls ever interleave.
 */
export function ec2Operation<I, O>(
  name: string,
  parts: {
    needs(input: Shape<I>, estate: Estate): Need[]
    perform(input: Shape<I>, estate: Estate): Shape<O>
  },
): Operation<Shape<I>, Shape<O>> {
  return operation<I, O>('ec2', name, {
    needs: (input, call) => parts.needs(input, estateOf(call)),
    perform(input, { call, world }) {
      if ((input as { DryRun?: boolean }).DryRun) throw dryRun()
      return world.store.transaction(() => parts.perform(input, estateOf(call)))
    },
  })
}
