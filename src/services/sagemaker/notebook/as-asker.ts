import { sagemakerNetwork } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { findCredential } from '../../iam/credentials.ts'
import type { Place } from '../resources.ts'

/** Whose permissions SageMaker goes on with after the call has been answered: its access key, and that call. */
export interface AskedBy {
  accessKeyId: string
  requestId: string
}

/**
 * Forward access after the answer, also by another server than the one that answered: what the caller may do is looked up
 * anew, and nothing is left of it once its key or session has ended. Rejects with that service's AwsError.
 */
export function callAsAsker<O>(
  world: World,
  { askedBy, region }: Place & { askedBy: AskedBy },
  service: string,
  operation: string,
  input: Record<string, unknown>,
): Promise<O> {
  const credential = findCredential(world.store, askedBy.accessKeyId, world.now())
  if (!credential?.active || (credential.expiresAt ?? Infinity) <= world.now()) {
    const sentence = 'AWS was not able to validate the provided access credentials'
    return Promise.reject(new AwsError('AuthFailure', sentence, 401))
  }
  return world.door.call<O>({
    service,
    operation,
    input,
    as: { caller: credential.caller, via: 'sagemaker.amazonaws.com' },
    origin: sagemakerNetwork,
    region,
    onBehalfOf: askedBy.requestId,
  })
}
