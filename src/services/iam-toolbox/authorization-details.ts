import { createHash } from 'node:crypto'
import { veiled, veiledPolicies } from '../../advise/veil.ts'
import type { AskedPolicy, Snapshot } from '../../door/snapshot.ts'
import type { DecisionTrace, NeedTrace } from '../../door/trace.ts'
import type { LayerDecision, PolicyType } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { type Membership, membership } from '../organizations/membership.ts'

/** A record of a refusal with what it was decided with. */
export interface RefusedCall {
  trace: DecisionTrace
  snapshot: Snapshot
}

type Context = Record<string, string>

interface Evaluation {
  action: string
  resource: string
  context: Context
  evaluatedEffect: 'ALLOW' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY'
  matchedPolicies: { uri: string; matchedStatements: { sid?: string; evaluatedEffect: 'ALLOW' | 'DENY' }[] }[]
}

interface PolicyInfo {
  type: string
  inline: boolean
  uri: string
  attachedTo?: { arn: string }[]
}

/** As GetRequestAuthorizationDetails answers (IAM Toolbox API reference): who was asked and what they said, never a policy's text. */
export interface AuthorizationDetails {
  requestContext: Context
  evaluations: Evaluation[]
  policies: PolicyInfo[]
}

export function authorizationDetails(store: Store, refused: RefusedCall): AuthorizationDetails {
  const { trace, snapshot } = refused
  const place = membership(store, trace.caller?.account)
  return {
    requestContext: shown(snapshot.request),
    evaluations: veiled(store, trace).needs.map((need, at) => evaluation(need, snapshot, at)),
    policies: merged(veiledPolicies(store, refused), place),
  }
}

function evaluation(need: NeedTrace, snapshot: Snapshot, at: number): Evaluation {
  const { action, resource, decision } = need
  return {
    action,
    resource,
    context: shown(snapshot.needs[at] ?? {}),
    evaluatedEffect: effects[decision.effect],
    // "An implicit denial produces no matched policies."
    matchedPolicies:
      decision.effect === 'implicit-deny'
        ? []
        : decision.layers.flatMap((layer) => matchedPolicies(layer, need, snapshot)),
  }
}

const effects = { allow: 'ALLOW', 'explicit-deny': 'EXPLICIT_DENY', 'implicit-deny': 'IMPLICIT_DENY' } as const

function matchedPolicies({ type, matched }: LayerDecision, { resource }: NeedTrace, { policies }: Snapshot) {
  const ids = [...new Set(matched.map(({ policy }) => policy))]
  return ids.map((id) => ({
    uri: uriOf(policyOf(policies, type, id, resource)),
    matchedStatements: matched
      .filter(({ policy }) => policy === id)
      .map(({ sid, effect }) => ({
        ...(sid !== undefined && { sid }),
        evaluatedEffect: effect === 'Allow' ? ('ALLOW' as const) : ('DENY' as const),
      })),
  }))
}

/** Of policies of one name, as resources' are, the one on this resource. */
function policyOf(policies: readonly AskedPolicy[], type: PolicyType, id: string, resource: string): AskedPolicy {
  const candidates = policies.filter((policy) => policy.type === type && policy.id === id)
  return candidates.find(({ attachedTo }) => attachedTo === resource) ?? candidates[0] ?? { type, id, managed: false }
}

const types: Readonly<Record<PolicyType, string>> = {
  identity: 'IDENTITY_BASED_POLICY',
  resource: 'RESOURCE_BASED_POLICY',
  trust: 'RESOURCE_BASED_POLICY',
  boundary: 'PERMISSIONS_BOUNDARY',
  session: 'SESSION_POLICY',
  scp: 'SERVICE_CONTROL_POLICY',
  rcp: 'RESOURCE_CONTROL_POLICY',
  endpoint: 'VPC_ENDPOINT_POLICY',
}

/** One entry a policy, with everything that it hangs on: control policies hang on several levels at once. */
function merged(policies: readonly AskedPolicy[], place: Membership | undefined): PolicyInfo[] {
  const found = new Map<string, PolicyInfo>()
  for (const policy of policies) {
    const uri = uriOf(policy)
    const type = types[policy.type]
    const info = found.get(`${type} ${uri}`) ?? { type, inline: !policy.managed, uri }
    const arn = arnOf(policy, place)
    if (arn !== undefined) info.attachedTo = [...(info.attachedTo ?? []), { arn }]
    found.set(`${type} ${uri}`, info)
  }
  return [...found.values()]
}

/** A managed policy's ARN. Others have no name that AWS tells: 16 hex digits stand for them. */
function uriOf({ type, id, managed, attachedTo = '' }: AskedPolicy): string {
  if (managed) return id
  return `inline:${createHash('sha256')
    .update(JSON.stringify([type, id, attachedTo]))
    .digest('hex')
    .slice(0, 16)}`
}

/** What a policy hangs on, if it is a thing with an ARN; an organization's levels are told by their ids. */
function arnOf({ type, attachedTo }: AskedPolicy, place: Membership | undefined): string | undefined {
  if (type !== 'scp' && type !== 'rcp') return attachedTo?.startsWith('arn:') ? attachedTo : undefined
  // `r-a1b2 (Root)`, `ou-a1b2-c3d4e5f6 (Research)`, `account 123456789012`
  const [target, kind = 'account'] = /(?<![\w-])(?:(r|ou)-[0-9a-z-]+|\d{12})\b/.exec(attachedTo ?? '') ?? []
  if (!place || target === undefined) return undefined
  const word = kind === 'r' ? 'root' : kind
  return `arn:aws:organizations::${place.managementAccount}:${word}/${place.organizationId}/${target}`
}

/** Values as AWS prints them: text all of them, lists in brackets, times to the second, addresses as networks. */
function shown(values: Readonly<Record<string, string | readonly string[]>>): Context {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, valueShown(key.toLowerCase(), value)]))
}

function valueShown(key: string, value: string | readonly string[]): string {
  if (typeof value !== 'string') return `[${value.join(', ')}]`
  switch (key) {
    case 'aws:currenttime':
    case 'aws:tokenissuetime':
      return toTheSecond(value)
    case 'aws:epochtime':
      return toTheSecond(new Date(Number(value) * 1000).toISOString())
    case 'aws:sourceip':
    case 'aws:vpcsourceip':
      return value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`
    default:
      return value
  }
}

function toTheSecond(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}
