/**
 * Request context by path (IAM user guide, "AWS global condition context keys", "Properties of the network"). Through a
 * VPC endpoint a request carries the endpoint, the endpoint's VPC and the caller's own private address, whichever VPC or
 * network it comes from, and no aws:SourceIp; by every other way it carries aws:SourceIp alone. Absence matters: it is
 * what StringNotEquals and IpAddress are asked about.
 */
import { perKey, perObject } from './memo.ts'
import type { Model } from './model.ts'
import type { Arrival } from './path.ts'
import { dnsSuffix } from './services.ts'

/** `arn:aws:ec2:…:vpc/vpc-…`; undefined while nobody tells whose VPC it is. */
const vpcArn = perObject((model: Model) => perKey((id: string) => spellArn(model, id)))

function spellArn({ region, vpc }: Model, id: string): string | undefined {
  const owner = vpc(id)?.document.OwnerId
  if (owner === undefined) return undefined
  const partition = dnsSuffix(region).endsWith('.cn') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return `arn:${partition}:ec2:${region}:${owner}:vpc/${id}`
}

/** Lower-cased keys. An interface that is nobody's endpoint is no AWS service: no request, no keys. */
export function contextOf(model: Model, { via, vpcEndpointId, vpcId = '', sourceIp }: Arrival): Record<string, string> {
  if (via === 'local') return {}
  if (vpcEndpointId === undefined) return { 'aws:sourceip': sourceIp }
  const arn = vpcArn(model)(vpcId)
  return {
    'aws:sourcevpc': vpcId,
    ...(arn !== undefined && { 'aws:sourcevpcarn': arn }),
    'aws:sourcevpce': vpcEndpointId,
    'aws:vpcsourceip': sourceIp,
  }
}
