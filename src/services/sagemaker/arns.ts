import type { Call } from '../../door/call.ts'

/** SageMaker's ARN of a resource of the caller's account in the call's Region. */
export function sagemakerArn(call: Pick<Call, 'region' | 'account'>, type: string, name: string): string {
  return `arn:aws:sagemaker:${call.region}:${call.account}:${type}/${name}`
}

/** Account in an ARN; empty when it has none. */
export function accountOf(arn: string): string {
  return arn.split(':', 5)[4] ?? ''
}
