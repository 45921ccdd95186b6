import { AwsError } from '../../../wire/aws-error.ts'
import type { Resource } from '../resources.ts'

/** Only what has come to rest is changed or deleted. inferred: code and sentence */
export function mustBeStill(noun: string, { arn, description: { Status } }: Resource<{ Status?: string }>): void {
  if (Status === 'InService' || Status === 'Failed') return
  throw new AwsError('ResourceInUse', `${noun} [${arn}] is in the ${Status} state.`)
}
