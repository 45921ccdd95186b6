/**
 * Principal and NotPrincipal. Names are exact; what matters beyond yes and no is *how* a principal is named, because in
 * its own account that decides what else still limits it.
 * IAM User Guide: "AWS JSON policy elements: Principal", "NotPrincipal"; "Policy evaluation logic" (the table of
 * resource-based policies and implicit denies).
 */
import type { PrincipalDocument } from './document.ts'
import type { Context, Principal } from './types.ts'

/** How a statement names the principal, as bits; the greater the stronger. */
export const NOT_NAMED = 0
/** Its account: a delegation; the account's own policies decide. */
export const ACCOUNT = 1
/** The role behind the session, the user behind the federated one: boundary and session policy still limit. */
export const ENTITY = 2
/** The very principal, or everyone: no implicit deny of its other policies counts. */
export const DIRECT = 4
export type Naming = number

/** Returns the strongest naming. `bounded`: the principal has a permissions boundary. */
export type PrincipalMatcher = (principal: Principal, context: Context, bounded: boolean) => Naming

interface Names {
  readonly everyone: boolean
  readonly accounts: ReadonlySet<string>
  /** ARNs and unique ids. */
  readonly entities: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  readonly federated: ReadonlySet<string>
}

const ACCOUNT_ID = /^\d{12}$/
const ROOT_ARN = /^arn:[^:]+:iam::(\d{12}):root$/

function readNames(element: PrincipalDocument): Names {
  const aws = element === '*' ? ['*'] : (element.AWS ?? [])
  const accounts = new Set<string>()
  const entities = new Set<string>()
  for (const name of aws) {
    const account = ACCOUNT_ID.test(name) ? name : ROOT_ARN.exec(name)?.[1]
    if (account) accounts.add(account)
    else entities.add(name)
  }
  return {
    everyone: aws.includes('*'),
    accounts,
    entities,
    services: new Set(element === '*' ? [] : element.Service),
    federated: new Set(element === '*' ? [] : element.Federated),
  }
}

export function compilePrincipal(element: PrincipalDocument): PrincipalMatcher {
  const names = readNames(element)
  if (names.everyone) return () => DIRECT
  return (principal, context) => {
    const found = namings(names, principal, context)
    if (found & DIRECT) return DIRECT
    return found & ENTITY ? ENTITY : found
  }
}

/** All the namings that a principal of a kind can have at once. */
const COMPLETE: Readonly<Record<Principal['kind'], Naming>> = {
  root: DIRECT,
  user: ACCOUNT | DIRECT,
  'role-session': ACCOUNT | ENTITY | DIRECT,
  'federated-user': ACCOUNT | ENTITY | DIRECT,
  service: DIRECT,
  anonymous: DIRECT,
}

/**
 * Deny spares only who is listed with all of its parents: account, role and session ("otherwise the policy might deny
 * access to the entire account"), and nobody who has a permissions boundary. Allow leaves out whom it lists by any of
 * them. Both are the narrower reading of the documentation (inferred).
 */
export function compileNotPrincipal(element: PrincipalDocument, effect: 'Allow' | 'Deny'): PrincipalMatcher {
  const names = readNames(element)
  if (names.everyone) return () => NOT_NAMED
  return (principal, context, bounded) => {
    const found = namings(names, principal, context)
    const spared = effect === 'Allow' ? found !== NOT_NAMED : !bounded && found === COMPLETE[principal.kind]
    return spared ? NOT_NAMED : DIRECT
  }
}

/** By which of its names a principal is listed. */
function namings({ accounts, entities, services, federated }: Names, principal: Principal, context: Context): Naming {
  const { kind, account, arn, principalArn, parentArn, entityId, service } = principal
  if (kind === 'service') return listsService(services, service, context) ? DIRECT : NOT_NAMED
  if (kind === 'anonymous') {
    // AssumeRoleWithWebIdentity and …WithSAML are called by nobody yet; the identity provider vouches (inferred).
    const provider = federated.size > 0 ? context('aws:federatedprovider') : undefined
    return typeof provider === 'string' && federated.has(provider) ? DIRECT : NOT_NAMED
  }
  const byAccount = accounts.has(account)
  if (kind === 'root') return byAccount ? DIRECT : NOT_NAMED
  const byId = entityId !== undefined && entities.has(entityId)
  const found = (byAccount ? ACCOUNT : NOT_NAMED) | (entities.has(arn) ? DIRECT : NOT_NAMED)
  if (kind === 'user') return found | (byId ? DIRECT : NOT_NAMED)
  const parent = kind === 'role-session' ? principalArn : parentArn
  return found | (byId || (parent !== undefined && entities.has(parent)) ? ENTITY : NOT_NAMED)
}

/** `logs.amazonaws.com` goes by `logs.us-east-1.amazonaws.com`, too, in that Region. */
function listsService(services: ReadonlySet<string>, service: string | undefined, context: Context): boolean {
  if (service === undefined || services.size === 0) return false
  if (services.has(service)) return true
  const region = context('aws:requestedregion')
  const dot = service.indexOf('.')
  return typeof region === 'string' && services.has(`${service.slice(0, dot)}.${region}${service.slice(dot)}`)
}
