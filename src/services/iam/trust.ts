import { compile } from '../../policy/compile.ts'
import { invalidPrincipal } from '../../policy/parse.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { isSuspended } from '../organizations/membership.ts'
import { entityByArn, kindOf, parseArn, type Entity, type Role, type TrustDocument } from './entities.ts'
import { checkPolicy } from './policy-text.ts'

/**
 * Trust policies name users and roles by ARN, and mean the very ones that bore it when the policy was saved:
 * IAM turns each ARN into a unique id (IAM User Guide, "AWS JSON policy elements: Principal"). One that is deleted and
 * made anew is somebody else, and the old trust does not reach it; the policy then shows the raw id.
 */

/** A role and its compiled trust policy, or undefined when no role has exactly this ARN, or its account was closed. */
export function trustPolicy(store: Store, roleArn: string): { role: Role; policy: CompiledPolicy } | undefined {
  const role = entityByArn(store, roleArn)
  if (role?.type !== 'role' || isSuspended(store, role.account)) return undefined
  return { role: role as Role, policy: compiledTrust(role as Role) }
}

const compiled = new WeakMap<Role, CompiledPolicy>()

function compiledTrust(role: Role): CompiledPolicy {
  let policy = compiled.get(role)
  if (!policy) {
    const ids = new Map(Object.entries(role.trust.principals))
    policy = compile(
      withPrincipals(role.trust.text, (arn) => ids.get(arn) ?? arn),
      {
        id: `trust-policy:${role.name}`,
        managed: false,
        grammar: 'trust',
      },
    )
    compiled.set(role, policy)
  }
  return policy
}

/** Checks a trust policy and binds it to those it names. Throws AWS's MalformedPolicyDocument. */
export function bindTrust(store: Store, text: string): TrustDocument {
  checkPolicy(text, 'trust')
  const principals: [string, string][] = []
  withPrincipals(text, (principal) => {
    const entity = namedEntity(store, principal)
    if (entity === 'nobody') {
      throw new AwsError('MalformedPolicyDocument', invalidPrincipal('AWS', principal))
    }
    if (entity) principals.push([principal, entity.id])
    return principal
  })
  return { text, principals: Object.fromEntries(principals) }
}

/** The policy as it reads today: each principal by the ARN that it has now, or by its raw id when it is gone. */
export function shownTrust(store: Store, { text, principals }: TrustDocument): string {
  const now = new Map(Object.entries(principals).map(([named, id]) => [named, currentName(store, named, id)]))
  return withPrincipals(text, (principal) => now.get(principal) ?? principal)
}

function currentName(store: Store, named: string, id: string): string {
  if (entityByArn(store, named)?.id === id) return named
  return entityById(store, id)?.arn ?? id
}

/** Who a principal string means: undefined for accounts, sessions and `*`, which stay words. */
function namedEntity(store: Store, principal: string): Entity | 'nobody' | undefined {
  const type = parseArn(principal)?.type
  if (type === 'user' || type === 'role') return entityByArn(store, principal) ?? 'nobody'
  if (/^(AIDA|AROA)[A-Z2-7]{17}$/.test(principal)) return entityById(store, principal) ?? 'nobody'
  // inferred: groups and other things of IAM are no principals, and neither is what has no meaning at all.
  return WORD.test(principal) ? undefined : 'nobody'
}

/** `*`, an account, its root, a session. */
const WORD =
  /^(?:\*|\d{12}|arn:[\w-]+:iam::\d{12}:root|arn:[\w-]+:sts::\d{12}:(?:assumed-role|federated-user)\/[^*?]+)$/

function entityById(store: Store, id: string): Entity | undefined {
  const type = id.startsWith('AIDA') ? 'user' : 'role'
  return store.list<Entity>(kindOf(type)).find(({ value }) => value.id === id)?.value
}

interface Trust {
  Statement: Statement | Statement[]
}
interface Statement {
  Principal?: string | Record<string, string | string[]>
}

/** The document with every `AWS` principal put through `change`; its own text where nothing changed. */
function withPrincipals(text: string, change: (principal: string) => string): string {
  const trust = JSON.parse(text) as Trust
  let changed = false
  const put = (principal: string) => {
    const now = change(principal)
    changed ||= now !== principal
    return now
  }
  for (const { Principal: principal } of [trust.Statement].flat()) {
    if (typeof principal !== 'object' || principal['AWS'] === undefined) continue
    const aws = principal['AWS']
    principal['AWS'] = Array.isArray(aws) ? aws.map(put) : put(aws)
  }
  return changed ? JSON.stringify(trust, null, 2) : text
}
