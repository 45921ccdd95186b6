import type { Context, ContextValues } from '../policy/types.ts'
import { membership } from '../services/organizations/membership.ts'
import { partition } from '../services/partition.ts'
import type { Call, Caller, Need } from './call.ts'
import { places } from './hosts.ts'

/**
 * The request context of one need: global condition keys from the call, service keys from the need.
 * Lazily, key by key, because most policies ask for none (facts: iam.md §0.2 and §3.10).
 */
export function requestContext(call: Call, need: Need): Context {
  let own: ContextValues | undefined
  return (key) => {
    if (need.context) {
      own ??= lowerKeys(need.context)
      const value = own[key]
      if (value === TWO_SPELLINGS) throw new TwoSpellings(key)
      if (value !== undefined) return value
    }
    const value = key.startsWith('aws:') ? globalKey(call, need, key) : undefined
    return value ?? ofSession(call.caller, key)
  }
}

const sessionContexts = new WeakMap<Caller, ContextValues>()

/** What the session carries on from the identity provider that vouched for it. */
function ofSession(caller: Caller, key: string): string | readonly string[] | undefined {
  if (!caller.sessionContext) return undefined
  let values = sessionContexts.get(caller)
  if (!values) sessionContexts.set(caller, (values = lowerKeys(caller.sessionContext)))
  return values[key]
}

/** Where a key came in two spellings with two values. */
const TWO_SPELLINGS: readonly string[] = Object.freeze([])

/**
 * Some services tell `Team` from `team` where condition keys cannot: of a thing with both tags, or a request that brings
 * both, "the condition matches […] either, but not both" (IAM User Guide, "aws:RequestTag"). Whoever asks gets no answer,
 * and so no allow: else one tag would hide the other from the policy that forbids it.
 */
class TwoSpellings extends Error {
  constructor(key: string) {
    super(`${key} has two spellings`)
  }
}

/** Lower-cases the keys of a context. */
function lowerKeys(values: ContextValues): ContextValues {
  const lower: Record<string, string | readonly string[]> = Object.create(null)
  for (const [key, value] of Object.entries(values)) {
    const name = key.toLowerCase()
    const before = lower[name]
    lower[name] = before === undefined || before === value ? value : TWO_SPELLINGS
  }
  return lower
}

const principalTypes: Record<Call['caller']['kind'], string | undefined> = {
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
  anonymous: 'Anonymous',
  service: undefined,
}

/** Every global key whose value we know (IAM User Guide, "AWS global condition context keys"). */
function globalKey(call: Call, need: Need, key: string): string | readonly string[] | undefined {
  const { caller } = call
  if (key.startsWith('aws:principaltag/')) return tagValue(caller.tags, key.slice('aws:principaltag/'.length))
  switch (key) {
    case 'aws:principalarn':
      return caller.principalArn || undefined
    case 'aws:principalaccount':
      return caller.kind === 'service' ? undefined : caller.account
    case 'aws:principaltype':
      return principalTypes[caller.kind]
    case 'aws:userid':
      return caller.userId || undefined
    case 'aws:username':
      return caller.kind === 'user' ? caller.name : undefined
    case 'aws:principalisawsservice':
      return caller.kind === 'anonymous' ? undefined : String(caller.kind === 'service')
    case 'aws:principalservicename':
      return caller.service
    case 'aws:principalservicenameslist':
      return caller.service ? [caller.service] : undefined
    case 'aws:sourcearn':
      return caller.sourceArn
    case 'aws:sourceaccount':
      return caller.sourceAccount
    case 'aws:sourceidentity':
      return caller.sourceIdentity
    case 'aws:tokenissuetime':
      return caller.tokenIssuedAt === undefined ? undefined : new Date(caller.tokenIssuedAt * 1000).toISOString()
    case 'aws:multifactorauthpresent':
      // Present with temporary credentials only.
      return caller.tokenIssuedAt === undefined ? undefined : String(caller.mfaAt !== undefined)
    case 'aws:multifactorauthage':
      return caller.mfaAt === undefined ? undefined : String(Math.floor(call.time / 1000) - caller.mfaAt)
    case 'aws:principalorgid':
      return membership(call.world.store, caller.account)?.organizationId
    case 'aws:principalorgpaths':
      return paths(membership(call.world.store, caller.account)?.path)
    case 'aws:principalorgmasteraccountid':
      return membership(call.world.store, caller.account)?.managementAccount
    case 'aws:resourceorgid':
      return membership(call.world.store, resourceAccount(call, need))?.organizationId
    case 'aws:resourceorgpaths':
      return paths(membership(call.world.store, resourceAccount(call, need))?.path)
    case 'aws:sourceorgid':
      return membership(call.world.store, caller.sourceAccount)?.organizationId
    case 'aws:sourceorgpaths':
      return paths(membership(call.world.store, caller.sourceAccount)?.path)
    case 'aws:currenttime':
      return new Date(call.time).toISOString()
    case 'aws:epochtime':
      return String(Math.floor(call.time / 1000))
    case 'aws:securetransport':
      return String(call.secure)
    case 'aws:useragent':
      return call.userAgent
    case 'aws:referer':
      return call.header('referer')
    case 'aws:requestedregion':
      // Global services live in us-east-1, whatever Region their callers do (IAM User Guide).
      return places[call.service]?.global ? 'us-east-1' : call.region
    case 'aws:resourceaccount':
      return resourceAccount(call, need)
    case 'aws:viaawsservice':
      return String(Boolean(call.calledVia?.length))
    case 'aws:calledvia':
      return call.calledVia
    case 'aws:calledviafirst':
      return call.calledVia?.[0]
    case 'aws:calledvialast':
      return call.calledVia?.at(-1)
    case 'aws:vpceaccount':
      return endpointAccount(call)
    case 'aws:vpceorgid':
      return membership(call.world.store, endpointAccount(call))?.organizationId
    case 'aws:vpceorgpaths':
      return paths(membership(call.world.store, endpointAccount(call))?.path)
    case 'aws:sourcevpcarn':
      return sourceVpcArn(call)
    default:
      // aws:SourceIp, or aws:SourceVpc / aws:SourceVpce / aws:VpcSourceIp, as the way in has them.
      return call.way.context[key]
  }
}

/** Who owns the VPC endpoint that the call came through; undefined for every other way. */
function endpointAccount({ way, account }: Call): string | undefined {
  return way.vpcEndpointId === undefined ? undefined : (way.vpcEndpointAccount ?? account)
}

function sourceVpcArn(call: Call): string | undefined {
  const { way, region } = call
  const account = endpointAccount(call)
  if (account === undefined || way.vpcId === undefined) return undefined
  return `arn:${partition(region)}:ec2:${region}:${account}:vpc/${way.vpcId}`
}

/** Multi-valued keys of one value. */
function paths(path: string | undefined): readonly string[] | undefined {
  return path === undefined ? undefined : [path]
}

/** Tag keys in condition keys are matched without case (facts: iam.md §3.8). */
function tagValue(tags: Readonly<Record<string, string>>, lowerKey: string): string | undefined {
  for (const [key, value] of Object.entries(tags)) if (key.toLowerCase() === lowerKey) return value
  return undefined
}

/** The account that owns the resource: stated, in its ARN, or the caller's own. */
export function resourceAccount(call: Call, need: Need): string {
  if (need.resourceAccount) return need.resourceAccount
  const fromArn = need.resource.startsWith('arn:') ? need.resource.split(':', 5)[4] : undefined
  return fromArn && /^\d{12}$/.test(fromArn) ? fromArn : call.account
}
