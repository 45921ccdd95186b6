import type { Service } from '../../../network/services.ts'
import { parsePolicy, PolicySyntaxError } from '../../../policy/parse.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { invalidParameter } from '../errors.ts'

export type EndpointType = 'Gateway' | 'Interface'

/** Full access, as EC2 prints it for each type (facts: network.md "Interface endpoints"). */
const defaults: Readonly<Record<EndpointType, string>> = {
  Gateway: '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  Interface: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
}

/** VPC User Guide, "Endpoint policies": white space counts. */
const MAX_LENGTH = 20_480

export const defaultPolicy = (type: EndpointType): string => defaults[type]

/**
 * The policy that a caller gave, once it was held against the grammar of endpoint policies.
 * inferred: all three sentences; the codes are from EC2's table of error codes.
 */
export function givenPolicy(text: string, service: Service): string {
  if (!service.policySupported) {
    throw invalidParameter(`The VPC endpoint service ${service.serviceName} does not support endpoint policies.`)
  }
  if (text.length > MAX_LENGTH) {
    throw new AwsError('InvalidPolicyDocument', `The policy document exceeds ${MAX_LENGTH} characters.`)
  }
  try {
    parsePolicy(text, 'endpoint')
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    throw new AwsError(
      'InvalidPolicyDocument',
      `The policy document is not a valid JSON policy document: ${error.reason}`,
    )
  }
  return text
}
