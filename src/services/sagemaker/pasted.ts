import type { AwsError } from '../../wire/aws-error.ts'

/**
 * The tail by which SageMaker shows whose refusal a reason of its own goes back to (facts: errors.md A9, notebooks). The
 * request id in it is what `explain` takes.
 */
export function pasted(service: string, { status, code, requestId }: AwsError): string {
  return ` (Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId ?? ''}; Proxy: null)`
}
