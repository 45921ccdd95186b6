/** The smallest statement that would let a request pass a layer that lacks an allow. */
import { escapePattern } from './pattern.ts'
import type { AuthorizationRequest, Decision, PolicyType } from './types.ts'

/** A statement as it would be written into a policy of version 2012-10-17. */
export interface SuggestedStatement {
  Effect: 'Allow'
  Principal?: '*' | { AWS: string } | { Service: string } | { Federated: string }
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
  const conditions = {
    ...passedTo(request),
    ...(layer === 'endpoint' && onlyCaller(request)),
    ...(layer === 'trust' && onlySubject(request)),
  }
  return {
    Effect: 'Allow',
    ...principalFor(layer, request),
    Action: action,
    ...(layer !== 'trust' && { Resource: resource === '*' ? resource : escapePattern(resource) }),
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
  }
}

function principalFor(layer: PolicyType, request: AuthorizationRequest): Pick<SuggestedStatement, 'Principal'> {
  const { principal } = request
  if (layer === 'endpoint' || layer === 'rcp') return { Principal: '*' }
  if (layer !== 'resource' && layer !== 'trust') return {}
  if (principal.kind === 'anonymous') {
    const provider = providerOf(request)
    return { Principal: provider === undefined ? '*' : { Federated: provider } }
  }
  if (principal.kind === 'service') return { Principal: { Service: principal.service ?? '' } }
  return { Principal: { AWS: principal.kind === 'federated-user' ? principal.arn : principal.principalArn } }
}

/** A role should be passed to the one service that it is meant for. */
function passedTo({ action, context }: AuthorizationRequest): SuggestedStatement['Condition'] {
  const service = context('iam:passedtoservice')
  if (action.toLowerCase() !== 'iam:passrole' || typeof service !== 'string') return {}
  return { StringEquals: { 'iam:PassedToService': service } }
}

/** The identity provider that vouches for a caller who has no name yet. */
function providerOf({ principal, context }: AuthorizationRequest): string | undefined {
  const provider = principal.kind === 'anonymous' ? context('aws:federatedprovider') : undefined
  return typeof provider === 'string' ? provider : undefined
}

/** A provider sends many: the one whom it sent, for whom it was meant (IAM User Guide, "OIDC federation": always test both). */
function onlySubject(request: AuthorizationRequest): SuggestedStatement['Condition'] {
  const provider = providerOf(request)
  if (provider === undefined) return {}
  const name = provider.includes(':saml-provider/') ? 'saml' : provider.slice(provider.indexOf('/') + 1)
  const tested = ['aud', 'sub'].flatMap((claim) => {
    const value = request.context(`${name}:${claim}`.toLowerCase())
    return typeof value === 'string' ? [[`${name}:${claim}`, escapePattern(value)] as const] : []
  })
  return tested.length > 0 ? { StringEquals: Object.fromEntries(tested) } : {}
}

/** An endpoint policy names its callers by aws:PrincipalArn: gateway endpoints take other principals for root. */
function onlyCaller({ principal, context }: AuthorizationRequest): SuggestedStatement['Condition'] {
  const arn = context('aws:principalarn')
  if (principal.principalArn === '' || arn !== principal.principalArn) return {}
  return { ArnEquals: { 'aws:PrincipalArn': escapePattern(arn) } }
}
