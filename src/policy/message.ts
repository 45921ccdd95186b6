/**
 * AWS's access-denied sentence, to the letter.
 * IAM User Guide: "Troubleshoot access denied error messages" (facts: errors.md A2).
 */
import type { AuthorizationRequest, Decision, PolicyType } from './types.ts'

export interface SentenceOptions {
  /** How AWS prints the resource where that is not the ARN (S3 quotes it); `null` leaves it out. */
  shownAs?: string | null
  /** Without the reason: the form that STS answers to AssumeRole. */
  bare?: boolean
  /** Without the ARN of the denying policy: for callers of another organization. */
  nameless?: boolean
}

/** After `because no`, and after `with an explicit deny in`. */
const names: Readonly<Record<PolicyType, readonly [implicit: string, explicit: string]>> = {
  identity: ['identity-based policy', 'an identity-based policy'],
  resource: ['resource-based policy', 'a resource-based policy'],
  trust: ['role trust policy', 'the role trust policy'],
  boundary: ['permissions boundary', 'a permissions boundary'],
  session: ['session policy', 'a session policy'],
  endpoint: ['VPC endpoint policy', 'a VPC endpoint policy'],
  scp: ['service control policy', 'a service control policy'],
  // inferred: an implicit deny by RCPs is not documented, as RCPFullAWSAccess cannot be detached.
  rcp: ['resource control policy', 'a resource control policy'],
}

/** Layers of which AWS prints the policy's ARN after an explicit deny (since 2026); the others' policies have none. */
const withArn: ReadonlySet<string> = new Set<PolicyType>(['identity', 'boundary', 'session', 'scp', 'rcp'])

/** `User: … is not authorized to perform: … on resource: … because no identity-based policy allows the … action`. */
export function denialSentence(
  request: AuthorizationRequest,
  decision: Decision,
  { shownAs, bare = false, nameless = false }: SentenceOptions = {},
): string {
  const { action } = request
  const shown = shownAs === undefined ? request.resource : shownAs
  const resource = shown === null ? '' : ` on resource: ${shown}`
  const base = `User: ${nameOf(request)} is not authorized to perform: ${action}${resource}`
  const { decidedBy, effect } = decision
  if (bare || decidedBy === 'none' || decidedBy === 'root') return base
  const [implicit, explicit] = names[decidedBy]
  if (effect === 'explicit-deny')
    return `${base} with an explicit deny in ${explicit}${nameless ? '' : policyArn(decision)}`
  return `${base} because no ${implicit} allows the ${action} action`
}

/** inferred: AWS shows no sentence for calls without a name; services say `Access Denied` there. */
function nameOf({ principal }: AuthorizationRequest): string {
  return principal.arn || principal.service || 'anonymous'
}

/** Inline policies and those of resources have no ARN, and so no suffix. */
function policyArn({ decidedBy, layers }: Decision): string {
  if (!withArn.has(decidedBy)) return ''
  const layer = layers.find(({ type }) => type === decidedBy)
  const denier = layer?.matched.find(({ effect }) => effect === 'Deny')
  return denier?.policy.startsWith('arn:') ? `: ${denier.policy}` : ''
}
