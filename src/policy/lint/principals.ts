/**
 * Principal and NotPrincipal: where they belong, whether they name someone, and how far they reach.
 * IAM User Guide: "AWS JSON policy elements: Principal".
 */
import { isAccountId } from './arn-facts.ts'
import type { Desk, StatementCheck } from './report.ts'
import { demands, namesEveryone } from './view.ts'
import type { PrincipalItem, Statement } from './view.ts'

export const principalChecks: readonly StatementCheck[] = [
  unsupported,
  names,
  notPrincipal,
  everyone,
  servicePrincipals,
]

function unsupported({ principals }: Statement, { policy, report }: Desk): void {
  if (!principals) return
  const { path, element, negated } = principals
  const at = { atKey: true }
  switch (policy.type) {
    case 'identity':
    case 'boundary':
    case 'session':
      return report('UNSUPPORTED_PRINCIPAL', path, { type: 'IDENTITY_POLICY' }, at)
    case 'scp':
      return report('SCP_SYNTAX_ERROR_PRINCIPAL', path, {}, at)
    case 'rcp':
      if (negated || principals.items.length !== 1 || principals.items[0]!.text !== '*')
        report('RCP_SYNTAX_ERROR_PRINCIPAL', path, {})
      return
    case 'trust':
      if (element === 'NotPrincipal') report('ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL', path, {}, at)
      return
    default:
  }
}

function names({ principals }: Statement, desk: Desk): void {
  const { policy } = desk
  if (policy.type === 'rcp') return
  for (const item of principals?.items ?? []) checkName(item, desk)
}

const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/

function checkName({ type, text, path }: PrincipalItem, { policy, report }: Desk): void {
  if (type === '*' || (type === 'AWS' && text === '*')) return
  if (/[*?]/.test(text)) return report('UNSUPPORTED_WILDCARD_IN_PRINCIPAL', path, { key: type })
  if (text.includes('${')) return
  if (type === 'Federated') {
    if (policy.type !== 'trust') report('FEDERATED_PRINCIPAL_NOT_SUPPORTED', path, {})
  } else if (type === 'Service') {
    if (!SERVICE.test(text)) {
      const suggestion = SERVICE.test(text.toLowerCase()) ? text.toLowerCase() : undefined
      report(
        'INVALID_SERVICE_PRINCIPAL_FORMAT',
        path,
        { format: 'service-name.amazonaws.com' },
        suggestion ? { suggestion } : {},
      )
    }
  } else if (type === 'AWS') checkAwsName({ type, text, path }, report)
}

const IAM_NAME = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:(?:root|user\/.+|role\/.+)$/
const STS_NAME = /^arn:aws(?:-[a-z-]+)?:sts::\d{12}:(?:assumed-role\/[^/]+\/[^/]+|federated-user\/.+|self)$/
const CLOUDFRONT_IDENTITY = /^arn:aws(?:-cn)?:iam::cloudfront:user\/CloudFront Origin Access Identity \w+$/

function checkAwsName({ text, path }: PrincipalItem, report: Desk['report']): void {
  if (/^AROA[A-Z0-9]{12,}/.test(text)) report('INVALID_ROLE_REFERENCE', path, { id: text })
  else if (/^AIDA[A-Z0-9]{12,}/.test(text)) report('INVALID_USER_REFERENCE', path, { id: text })
  else if (!isAccountId(text) && ![IAM_NAME, STS_NAME, CLOUDFRONT_IDENTITY].some((form) => form.test(text)))
    report('INVALID_PRINCIPAL', path, { principal: text })
}

function notPrincipal({ effect, principals }: Statement, { policy, report }: Desk): void {
  const refused = policy.type !== 'resource' && policy.type !== 'endpoint'
  if (!principals || principals.element !== 'NotPrincipal' || refused) return
  const code = effect === 'Allow' ? 'ALLOW_WITH_NOT_PRINCIPAL' : 'DENY_WITH_NOT_PRINCIPAL'
  report(code, principals.path, {}, { atKey: true })
}

function everyone(statement: Statement, { policy, report }: Desk): void {
  const { effect, principals, clauses } = statement
  if (policy.type !== 'resource' || effect !== 'Allow' || principals?.negated || !namesEveryone(statement)) return
  if (clauses.length === 0) report('PUBLIC_ACCESS', principals!.path, {})
}

/** What says for whom a service acts. */
const SOURCE_KEYS = /^aws:source(?:arn|account|orgid|orgpaths)$/
const OLDER_SOURCE_KEYS = new Set(['aws:referer', 'aws:sourceowner'])
/** Absent where a service calls by its own name. */
const PRINCIPAL_KEYS = /^aws:principal(?:account|arn|orgid|orgpaths|orgmasteraccountid|tag\/.*)$/

function servicePrincipals({ effect, principals, clauses }: Statement, { policy, report }: Desk): void {
  if (effect !== 'Allow' || !principals || principals.negated || policy.type !== 'resource') return
  const services = principals.items.filter(({ type }) => type === 'Service')
  const [first] = services
  if (!first) return
  const keys = clauses.map(({ lowerCasedKey }) => lowerCasedKey)
  if (!keys.some((key) => SOURCE_KEYS.test(key))) {
    const older = clauses.find(({ lowerCasedKey }) => OLDER_SOURCE_KEYS.has(lowerCasedKey))
    if (older)
      report(
        'RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
        older.path,
        { service: first.text, key: older.key },
        { atKey: true },
      )
    else report('RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL', first.path, {})
  }
  if (services.length < principals.items.length) return
  const absent = clauses.filter((clause) => PRINCIPAL_KEYS.test(clause.lowerCasedKey) && demands(clause))
  if (absent[0]) {
    const values = { keys: absent.map(({ key }) => key).join(', ') }
    report('UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL', absent[0].path, values, { atKey: true })
  }
}
