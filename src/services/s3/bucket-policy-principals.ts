import type { Store } from '../../store/store.ts'
import { entityByArn, parseArn } from '../iam/entities.ts'

/**
 * A bucket policy names users and roles by ARN and means those who bear it when the policy is put: S3, as IAM does, keeps
 * their unique ids (IAM User Guide, "AWS JSON policy elements: Principal").
 */

/** The document with every `AWS` principal put through `change`; its own text where nothing changed. */
export function withPrincipals(text: string, change: (principal: string) => string): string {
  let changed = false
  const put = (principal: string) => {
    const now = change(principal)
    changed ||= now !== principal
    return now
  }
  const replaced = JSON.stringify(
    JSON.parse(text, (name: string, value: unknown) => (name === 'AWS' ? each(value, put) : value)),
  )
  return changed ? replaced : text
}

function each(value: unknown, put: (text: string) => string): unknown {
  if (typeof value === 'string') return put(value)
  return Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'string' ? put(one) : one)) : value
}

/** ARN -> unique id of the users and roles named; `stranger` is the first principal that is nobody. */
export function bindPrincipals(store: Store, text: string): { principals: Record<string, string>; stranger?: string } {
  const principals = new Map<string, string>()
  let stranger: string | undefined
  withPrincipals(text, (principal) => {
    const type = parseArn(principal)?.type
    const entity = type === 'user' || type === 'role' ? entityByArn(store, principal) : undefined
    if (entity) principals.set(principal, entity.id)
    else if (type !== undefined || !wellFormed(principal)) stranger ??= principal
    return principal
  })
  return { principals: Object.fromEntries(principals), ...(stranger === undefined ? {} : { stranger }) }
}

/** `*`, an account, its root, a session, or a unique id as S3 shows it for somebody who is gone. */
function wellFormed(principal: string): boolean {
  return (
    principal === '*' ||
    /^\d{12}$/.test(principal) ||
    /^arn:aws:iam::\d{12}:root$/.test(principal) ||
    /^arn:aws:sts::\d{12}:(?:assumed-role|federated-user)\/[^*]+$/.test(principal) ||
    /^(?:AIDA|AROA)[A-Z2-7]{17}$/.test(principal)
  )
}

/** The policy as it reads today: who is gone, or was made anew, shows as the raw id. */
export function shownPolicy(store: Store, text: string, principals: Record<string, string>): string {
  const ids = new Map(Object.entries(principals))
  return withPrincipals(text, (principal) => {
    const id = ids.get(principal)
    return id === undefined || entityByArn(store, principal)?.id === id ? principal : id
  })
}
