import type { AwsError } from '../../../wire/aws-error.ts'

const REASON_MAX = 1024

const intents: Readonly<Record<string, string>> = {
  // The live sentence (facts: errors.md A9); the others are inferred from it.
  ec2: 'Unable to create or start a notebook instance that can access resources in your VPC.',
  kms: 'Unable to create or start a notebook instance that is encrypted with your KMS key.',
  DeleteNetworkInterface: 'Unable to delete the network interface of the notebook instance.',
}

const names: Readonly<Record<'ec2' | 'kms', string>> = { ec2: 'AmazonEC2', kms: 'AWSKMS' }

const DENIED = ['UnauthorizedOperation', 'AccessDeniedException']

/**
 * FailureReason of what was done by the caller's permissions. Of AWS's 1024 characters the encoded message takes most: where
 * there is no room for all, who may not do what is left out, as AWS did when it gave the encoded message alone; then the
 * tail, so that what is left can still be decoded.
 */
export function failureReason(service: 'ec2' | 'kms', operation: string, error: AwsError): string {
  const intent = intents[operation] ?? intents[service]
  const check = DENIED.includes(error.code) ? ` Please check if you have ${service}:${operation} permission.` : ''
  const tail = ` (Service: ${names[service]}; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${error.requestId ?? ''}; Proxy: null)`
  const short = error.message.replace(/ User: .+?(?= Encoded authorization failure message: )/s, '')
  const forms = [error.message + tail, short + tail, short, short.replace(/ Encoded .+$/s, '') + tail]
  const reasons = forms.map((form) => `${intent}${check} ${form}`)
  return reasons.find(({ length }) => length <= REASON_MAX) ?? reasons.at(-1)!.slice(0, REASON_MAX)
}
