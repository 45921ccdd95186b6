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
 * inferred: the two sentences of InvalidPolicyDocument; the code is from EC2's table of error codes.
 */
export function givenPolicy(text: string, service: Service, type: EndpointType): string {
  if (!service.policySupported) {
    if (grantsAll(text)) return defaultPolicy(type)
    throw invalidParameter(`Service ${service.serviceName} only supports the full-access endpoint policy.`)
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

/** Full access in whatever spelling: what every service takes. */
function grantsAll(text: string): boolean {
  try {
    const { Statement } = JSON.parse(text) as { Statement?: unknown }
    const [one, ...more] = [Statement].flat() as { [member: string]: unknown }[]
    const { Effect, Principal, Action, Resource, Sid: _, ...rest } = one ?? {}
    const all = [Action, Resource].every((given) => [given].flat().join() === '*')
    return Effect === 'Allow' && Principal === '*' && all && more.length === 0 && Object.keys(rest).length === 0
  } catch {
    return false
  }
}
