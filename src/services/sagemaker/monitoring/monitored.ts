import type { BatchTransformInput, EndpointInput } from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { sagemakerArn } from '../arns.ts'

/** What a monitoring job looks at: captured requests of an endpoint, or what a batch transform job captured. */
export interface MonitoringInputs {
  EndpointInput?: Shape<EndpointInput>
  BatchTransformInput?: Shape<BatchTransformInput>
}

/** Exactly one of them, and an endpoint that is there: no endpoint can be made yet, so none is found. */
export function checkMonitored(inputs: MonitoringInputs, call: Call): void {
  if (!inputs.EndpointInput === !inputs.BatchTransformInput) {
    // inferred: sentence
    throw new AwsError('ValidationException', 'Exactly one of EndpointInput and BatchTransformInput must be given.')
  }
  if (!inputs.EndpointInput) return
  const arn = sagemakerArn(call, 'endpoint', inputs.EndpointInput.EndpointName)
  // The live service's sentence of endpoints (facts: errors.md A8).
  throw new AwsError('ValidationException', `Could not find endpoint "${arn}".`)
}
