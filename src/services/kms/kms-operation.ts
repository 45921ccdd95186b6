import type { Call, Need, Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation, type Operation } from '../operation.ts'
import { settle } from './due.ts'

interface Parts<I, O> {
  needs: (input: I, call: Call) => Need[]
  perform: (input: I, permit: Permit) => O | Promise<O>
}

/** An operation of KMS: what fell due since the last one (deletions, rotations, expiries) is done first. */
export function kmsOperation<I, O>(
  name: string,
  { needs, perform }: Parts<Shape<I>, Shape<O>>,
): Operation<Shape<I>, Shape<O>> {
  return operation<I, O>('kms', name, {
    needs: (input, call) => {
      // Forward access of one who never signed: "AWS KMS […] require AWS Signature Version 4" (S3 User Guide, SSE-KMS).
      if (call.caller.kind === 'anonymous')
        throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token')
      return needs(input, call)
    },
    perform: (input, permit) => {
      settle(permit.world)
      return perform(input, permit)
    },
  })
}
