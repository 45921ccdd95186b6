/** The smallest statement that would let a request pass a layer that lacks an allow. */
import { escapePattern } from './pattern.ts'
import type { AuthorizationRequest, Decision, PolicyType } from './types.ts'

/** A statement as it would be written into a policy of version 2012-10-17. */
export interface SuggestedStatement {
  Effect: 'Allow'
  Principal?: '*' | { AWS: string } | { Service: string }
  Action: string
  Resource?: string
  Condition?: Record<string, Record<string, string>>
}

export interface Suggestion {
  /** The layer that the statement belongs to. For an SCP or RCP: into every level that does not allow. */
  layer: PolicyType
  statement: SuggestedStatement
}

/**
 * One statement for each layer in `decision.missing`, the layer that AWS names first; all of them together allow.
 * Empty for an allow, and for an explicit deny, which no added statement lifts.
 */
export function suggest(request: AuthorizationRequest, decision: Decision): Suggestion[] {
  if (decision.effect !== 'implicit-deny') return []
  return decision.missing.map((layer) => ({ layer, statement: statementFor(layer, request) }))
}

function statementFor(layer: PolicyType, request: AuthorizationRequest): SuggestedStatement {
  const { action, resource } = request
  const conditions = { ...passedTo(request), ...(layer === 'endpoint' && onlyCaller(request)) }
  return {
    Effect: 'Allow',
    ...principalFor(layer, request),
    Action: action,
    ...(layer !== 'trust' && { Resource: resource === '*' ? resource : escapePattern(resource) }),
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
  }
}

function principalFor(layer: PolicyType, { principal }: AuthorizationRequest): Pick<SuggestedStatement, 'Principal'> {
  if (layer === 'endpoint' || layer === 'rcp') return { Principal: '*' }
  if (layer !== 'resource' && layer !== 'trust') return {}
  if (principal.kind === 'anonymous') return { Principal: '*' }
  if (principal.kind === 'service') return { Principal: { Service: principal.service ?? '' } }
  return { Principal: { AWS: principal.kind === 'federated-user' ? principal.arn : principal.principalArn } }
}

/** A role should be passed to the one service that it is meant for. */
function passedTo({ action, context }: AuthorizationRequest): SuggestedStatement['Condition'] {
  const service = context('iam:passedtoservice')
  if (action.toLowerCase() !== 'iam:passrole' || typeof service !== 'string') return {}
  return { StringEquals: { 'iam:PassedToService': service } }
}

/** An endpoint policy names its callers by aws:PrincipalArn: gateway endpoints take other principals for root. */
function onlyCaller({ principal, context }: AuthorizationRequest): SuggestedStatement['Condition'] {
  const arn = context('aws:principalarn')
  if (principal.principalArn === '' || arn !== principal.principalArn) return {}
  return { ArnEquals: { 'aws:PrincipalArn': escapePattern(arn) } }
}
