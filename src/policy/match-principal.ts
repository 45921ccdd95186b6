/**
 * Principal and NotPrincipal. Names are exact; what matters beyond yes and no is *how* a principal is named, because in
 * its own account that decides what else still limits it.
 * IAM User Guide: "AWS JSON policy elements: Principal", "NotPrincipal"; "Policy evaluation logic" (the table of
 * resource-based policies and implicit denies).
 */
import type { PrincipalDocument } from './document.ts'
import { begins } from './glob.ts'
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
  /** S3's other names of accounts. */
  readonly canonicalIds: ReadonlySet<string>
  /** Accounts by their root's ARN, which says the partition, too. */
  readonly roots: readonly Root[]
  /** ARNs and unique ids. */
  readonly entities: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  readonly federated: ReadonlySet<string>
}

interface Root {
  readonly account: string
  /** `arn:aws:` */
  readonly partition: string
  /** The last one that began so: who calls once calls again. */
  begun?: string
}

const ACCOUNT_ID = /^\d{12}$/
const ROOT_ARN = /^(arn:[^:]+:)iam::(\d{12}):root$/

function readNames(element: PrincipalDocument): Names {
  const aws = element === '*' ? ['*'] : (element.AWS ?? [])
  const accounts = new Set<string>()
  const roots: Root[] = []
  const entities = new Set<string>()
  for (const name of aws) {
    const [, partition, account] = ROOT_ARN.exec(name) ?? []
    if (partition && account) roots.push({ account, partition })
    else if (ACCOUNT_ID.test(name)) accounts.add(name)
    else entities.add(name)
  }
  return {
    everyone: aws.includes('*'),
    accounts,
    canonicalIds: new Set(element === '*' ? [] : element.CanonicalUser),
    roots,
    entities,
    services: new Set(element === '*' ? [] : element.Service),
    federated: new Set(element === '*' ? [] : element.Federated),
  }
}

export function compilePrincipal(element: PrincipalDocument): PrincipalMatcher {
  const names = readNames(element)
  if (names.everyone) return (principal, context) => namingOfEveryone(names, principal, context)
  if (isRootsOnly(names)) return (principal) => namingOfRoots(names.roots, principal)
  return (principal, context) => {
    const found = namings(names, principal, context)
    if (found & DIRECT) return DIRECT
    return found & ENTITY ? ENTITY : found
  }
}

/** What most policies of resources say. */
function isRootsOnly({ accounts, canonicalIds, entities, services, federated }: Names): boolean {
  return accounts.size + canonicalIds.size + entities.size + services.size + federated.size === 0
}

/** The same as `namings` says, in short. */
function namingOfRoots(roots: readonly Root[], { kind, account, arn, parentArn }: Principal): Naming {
  if (kind === 'service' || kind === 'anonymous' || !listsRoot(roots, account, arn)) return NOT_NAMED
  if (kind === 'root') return DIRECT
  return kind === 'federated-user' && parentArn?.endsWith(':root') ? ENTITY : ACCOUNT
}

/**
 * Whom an identity provider vouches for is somebody only where that provider is named: `*` holds them off by a Deny, but
 * lets them in by no Allow. inferred; else a role that trusts everyone of AWS would trust everyone who has a provider.
 */
function namingOfEveryone({ federated }: Names, { kind }: Principal, context: Context): Naming {
  if (kind !== 'anonymous' || context('aws:federatedprovider') === undefined) return DIRECT
  return listsProvider(federated, context) ? DIRECT : ACCOUNT
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
function namings(names: Names, principal: Principal, context: Context): Naming {
  const { entities, federated } = names
  const { kind, arn, principalArn, parentArn, entityId, service } = principal
  if (kind === 'service') return listsService(names.services, service, context) ? DIRECT : NOT_NAMED
  // AssumeRoleWithWebIdentity and …WithSAML are called by nobody yet; the identity provider vouches (inferred).
  if (kind === 'anonymous') return listsProvider(federated, context) ? DIRECT : NOT_NAMED
  const byAccount = listsAccount(names, principal)
  if (kind === 'root') return byAccount ? DIRECT : NOT_NAMED
  // Behind the federated session of a root stands the account itself.
  const ofRoot = kind === 'federated-user' && parentArn?.endsWith(':root')
  const found = !byAccount ? NOT_NAMED : ofRoot ? ACCOUNT | ENTITY : ACCOUNT
  if (entities.size === 0 && federated.size === 0) return found
  const byId = entityId !== undefined && entities.has(entityId)
  const byArn = entities.has(arn)
  if (kind === 'user') return found | (byArn || byId ? DIRECT : NOT_NAMED)
  const parent = kind === 'role-session' ? principalArn : parentArn
  const byParent = byId || (parent !== undefined && entities.has(parent)) || listsProvider(federated, context)
  return found | (byArn ? DIRECT : NOT_NAMED) | (byParent ? ENTITY : NOT_NAMED)
}

/**
 * By its id, its root's ARN (of the same partition), or S3's canonical user id. "A canonical user ID … is an obfuscated form
 * of the AWS account ID": so it is the account that it names.
 */
function listsAccount({ accounts, roots, canonicalIds }: Names, { account, arn, canonicalId }: Principal): boolean {
  if ((accounts.size > 0 && accounts.has(account)) || (canonicalId !== undefined && canonicalIds.has(canonicalId)))
    return true
  return listsRoot(roots, account, arn)
}

function listsRoot(roots: readonly Root[], account: string, arn: string): boolean {
  for (let at = 0; at < roots.length; at++) {
    const root = roots[at]!
    if (root.account !== account) continue
    if (arn === root.begun) return true
    if (begins(arn, root.partition)) {
      root.begun = arn
      return true
    }
  }
  return false
}

/**
 * Sessions that an identity provider vouched for keep its name. "Web identity session principals", "SAML session
 * principals"; inferred: as by their role, boundary and session policy still limit them.
 */
function listsProvider(federated: ReadonlySet<string>, context: Context): boolean {
  const provider = federated.size > 0 ? context('aws:federatedprovider') : undefined
  return typeof provider === 'string' && federated.has(provider)
}

/** `logs.amazonaws.com` goes by `logs.us-east-1.amazonaws.com`, too, in that Region. */
function listsService(services: ReadonlySet<string>, service: string | undefined, context: Context): boolean {
  if (service === undefined || services.size === 0) return false
  if (services.has(service)) return true
  const region = context('aws:requestedregion')
  const dot = service.indexOf('.')
  return typeof region === 'string' && services.has(`${service.slice(0, dot)}.${region}${service.slice(dot)}`)
}
