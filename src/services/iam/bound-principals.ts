import type { Store } from '../../store/store.ts'
import { type Entity, entityByArn, kindOf, parseArn } from './entities.ts'

/**
 * Policies that hang on resources name users and roles by ARN, and mean the very ones that bore it when the policy was
 * saved: AWS turns each ARN into a unique id (IAM User Guide, "AWS JSON policy elements: Principal"). One that is deleted
 * and made anew is somebody else, and the old policy does not reach it; it then shows the raw id. All who keep such
 * policies — roles, buckets, repositories, organizations — bind them here.
 */

/** A policy as written, and who its principals were at that moment. */
export interface BoundPolicy {
  readonly text: string
  /** Principal as written -> unique id. */
  readonly principals: Readonly<Record<string, string>>
}

/** Binds a document that parsed. `stranger` is the first principal that is nobody: AWS saves no such policy. */
export function bindPrincipals(
  store: Store,
  text: string,
): { principals: BoundPolicy['principals']; stranger?: string } {
  const principals = new Map<string, string>()
  let stranger: string | undefined
  withPrincipals(text, (principal) => {
    const entity = namedEntity(store, principal)
    if (entity === 'nobody') stranger ??= principal
    else if (entity) principals.set(principal, entity.id)
    return principal
  })
  return { principals: Object.fromEntries(principals), ...(stranger !== undefined && { stranger }) }
}

/** The policy as it is enforced: unique ids in the place of ARNs. */
export function boundText({ text, principals }: BoundPolicy): string {
  const ids = new Map(Object.entries(principals))
  return ids.size === 0 ? text : withPrincipals(text, (principal) => ids.get(principal) ?? principal)
}

/** The policy as it reads today: each principal by the ARN that it has now, or by its raw id when it is gone. */
export function shownText(store: Store, { text, principals }: BoundPolicy): string {
  const now = new Map(Object.entries(principals).map(([named, id]) => [named, currentName(store, named, id)]))
  return now.size === 0 ? text : withPrincipals(text, (principal) => now.get(principal) ?? principal)
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

type Names = '*' | Record<string, string | string[]>

interface Document {
  Statement: Statement | Statement[]
}
interface Statement {
  Principal?: Names
  NotPrincipal?: Names
}

/** The document with every `AWS` principal put through `change`; its own text where nothing changed. */
function withPrincipals(text: string, change: (principal: string) => string): string {
  const document = JSON.parse(text) as Document
  let changed = false
  const put = (principal: string) => {
    const now = change(principal)
    changed ||= now !== principal
    return now
  }
  for (const { Principal, NotPrincipal } of [document.Statement].flat()) {
    for (const names of [Principal, NotPrincipal]) {
      if (typeof names !== 'object' || names['AWS'] === undefined) continue
      const aws = names['AWS']
      names['AWS'] = Array.isArray(aws) ? aws.map(put) : put(aws)
    }
  }
  return changed ? JSON.stringify(document, null, 2) : text
}
