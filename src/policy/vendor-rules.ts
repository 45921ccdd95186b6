/**
 * What IAM checks beyond the structure when it stores an identity-based or trust policy, in its order.
 * Source: AWS's answers as recorded by moto (Apache-2.0), `test_iam_policies.py`; facts errors.md A5.
 */
import type { PolicyDocument, StatementDocument } from './document.ts'
import type { JsonPath } from './json.ts'
import { parseOperator } from './operators.ts'

/** Throws: AWS's sentence, where, and the reason in our words. */
export type Fail = (message: string, path: JsonPath, reason?: string) => never

const LEGACY = 'The policy failed legacy parsing'
const ODD_EFFECT = 'Effect must be Allow or Deny, in this case'

/** `oddEffect`: where the first Effect stands that is written in another case. */
export function checkIdentityDocument(document: PolicyDocument, fail: Fail, oddEffect?: JsonPath): void {
  const statements = document.Statement
  if (document.Version !== '2012-10-17') fail('Policy document must be version 2012-10-17 or greater.', ['Version'])
  if (oddEffect) fail(LEGACY, oddEffect, ODD_EFFECT)
  eachStatement(statements, (statement, path) => checkDates(statement, path, fail))
  const resourceError = firstResourceError(statements, fail)
  checkSids(statements, fail)
  eachStatement(statements, (statement, path) => {
    if (!(statement.Action ?? statement.NotAction)?.length) fail('Policy statement must contain actions.', path)
  })
  if (resourceError) fail(resourceError.message, resourceError.path)
  eachStatement(statements, (statement, path) => checkActionNames(statement, path, fail))
  eachStatement(statements, (statement, path) => {
    if (!(statement.Resource ?? statement.NotResource)?.length) fail('Policy statement must contain resources.', path)
  })
}

const TRUST_ACTIONS = new Set(
  [
    'sts:*',
    'sts:AssumeRole',
    'sts:AssumeRole*',
    'sts:AssumeRoleWithSAML',
    'sts:AssumeRoleWithWebIdentity',
    'sts:TagSession',
    'sts:SetSourceIdentity',
    'sts:SetContext',
  ].map((action) => action.toLowerCase()),
)

/** A trust policy may be of either version, or of none. */
export function checkTrustDocument(document: PolicyDocument, fail: Fail, oddEffect?: JsonPath): void {
  const statements = document.Statement
  if (oddEffect) fail(LEGACY, oddEffect, ODD_EFFECT)
  eachStatement(statements, (statement, path) => checkDates(statement, path, fail))
  checkSids(statements, fail)
  eachStatement(statements, (statement, path) => {
    for (const field of ['Resource', 'NotResource'] as const) {
      if (statement[field]) fail(`Has prohibited field ${field}`, [...path, field])
    }
    if (statement.NotAction) fail('Has prohibited field NotAction', [...path, 'NotAction'])
    const actions = statement.Action ?? []
    if (actions.length === 0) fail('Missing required field Action', path)
    for (const [at, action] of actions.entries()) {
      if (TRUST_ACTIONS.has(action.trim().toLowerCase())) continue
      // inferred: both sentences are AWS's; which one answers what is not documented.
      const foreign = !action.trim().toLowerCase().startsWith('sts:')
      fail(
        foreign
          ? 'AssumeRole policy may only specify STS AssumeRole actions.'
          : 'Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity',
        [...path, 'Action', at],
      )
    }
  })
}

/**
 * What AWS Organizations checks of an SCP or RCP beyond its structure; the sentence is the service's own.
 * AWS Organizations User Guide: "SCP syntax", "RCP syntax". An RCP denies; the one that allows is RCPFullAWSAccess.
 */
export function checkControlDocument(document: PolicyDocument, grammar: 'scp' | 'rcp', fail: Fail): void {
  const refuse = (path: JsonPath, reason: string) => fail('Syntax errors in policy.', path, reason)
  if (grammar === 'scp') {
    if (document.Version !== '2012-10-17') refuse(['Version'], 'Version must be 2012-10-17')
    return
  }
  // An RCP may be of either version, or of none (observed: radkawar/stackd, docs/iam-resource-controls.md).
  eachStatement(document.Statement, ({ Effect, Action = [], NotAction, Resource = [], Condition }, path) => {
    if (NotAction) refuse([...path, 'NotAction'], 'a resource control policy has no NotAction')
    const everything = Action.findIndex((action) => /^\*+$/.test(action.trim()))
    if (Effect === 'Deny' && everything !== -1)
      refuse([...path, 'Action', everything], 'an action of a resource control policy names a service')
    if (Effect === 'Allow' && (Condition || everything === -1 || !Resource.every((resource) => resource === '*')))
      refuse(path, 'a resource control policy allows everything, or denies')
  })
}

function eachStatement(
  statements: readonly StatementDocument[],
  check: (s: StatementDocument, path: JsonPath) => void,
) {
  for (const [index, statement] of statements.entries()) check(statement, ['Statement', index])
}

function checkDates(statement: StatementDocument, path: JsonPath, fail: Fail): void {
  if (!statement.Condition) return
  for (const [operator, keys] of Object.entries(statement.Condition)) {
    if (!operator.includes('Date') || !parseOperator(operator)?.base.startsWith('Date')) continue
    for (const [key, values] of Object.entries(keys)) {
      for (const value of values) {
        if (!isStorableDate(value)) fail(LEGACY, [...path, 'Condition', operator, key], `${value} is not a date`)
      }
    }
  }
}

const STORABLE_DATE =
  /^(-?\d+)(?:-(\d+))?(?:-(\d+))?(?:T(?:(\d+)(?::(\d+)(?::(\d+)(?:\.(\d{1,9}))?)?(?:Z|[+-](\d\d)(?::?(\d\d))?)?)?)?)?$/i

/**
 * What IAM takes for a date when it stores a policy: more than it can compare later (`01T`), so this is not `parseDate`.
 * Source: the dates that moto recorded AWS to accept and to refuse.
 */
function isStorableDate(text: string): boolean {
  if (/^-?\d+$/.test(text)) return BigInt.asIntN(64, BigInt(text)) === BigInt(text)
  const found = STORABLE_DATE.exec(text)
  if (!found) return false
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0, , zoneHour = 0, zoneMinute = 0] = found
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)))
  return (
    Math.abs(year!) <= 292_278_993 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    Math.max(hour, zoneHour) <= 23 &&
    Math.max(minute, second, zoneMinute) <= 59
  )
}

function checkSids(statements: readonly StatementDocument[], fail: Fail): void {
  const seen = new Set<string>()
  eachStatement(statements, ({ Sid }, path) => {
    if (!Sid) return
    if (seen.has(Sid)) fail('Statement IDs (SID) in a single policy must be unique.', [...path, 'Sid'])
    seen.add(Sid)
  })
}

interface Found {
  message: string
  path: JsonPath
}

/** IAM keeps the first finding for later, but lets a failed "legacy parsing" go before it. */
function firstResourceError(statements: readonly StatementDocument[], fail: Fail): Found | undefined {
  let first: Found | undefined
  eachStatement(statements, (statement, path) => {
    for (const field of ['Resource', 'NotResource'] as const) {
      const resources = statement[field]
      if (!resources || resources.every((resource) => ORDINARY_RESOURCE.test(resource))) continue
      for (const [at, resource] of resources.entries()) {
        const message = resourceError(resource)
        if (message) first ??= { message, path: [...path, field, at] }
      }
      if (first) continue
      for (const [at, resource] of resources.entries()) {
        if (resource !== '*' && !legacyParses(resource)) fail(LEGACY, [...path, field, at], `${resource} is not an ARN`)
      }
    }
  })
  return first
}

/** Six components, and a service that has no rules of its own: nothing to find, and most are such. */
const ORDINARY_RESOURCE = /^arn:aws:(?!iam:|s3:)[a-z0-9-]+:[^:]*:[^:]*:|^\*$/

function legacyParses(resource: string): boolean {
  const colons = resource.split(':').length - 1
  return (colons >= 5 || !resource.includes('::')) && resource.split(':')[2] !== ''
}

const PARTITION = /^aws(?:-[a-z]+)*\*?$|^\*$/

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

function resourceError(resource: string): string | undefined {
  if (resource === '*') return undefined
  const [arn, partition = '', service, region = '', account = '', ...rest] = resource.split(':')
  if (arn === resource) return `Resource ${resource} must be in ARN format or "*".`
  if (!PARTITION.test(partition)) {
    const [vendor, ...more] = resource.split(':').slice(2)
    const shown = [vendor ?? '*', more[0] ?? '*', more[1] ?? '*', more.length > 2 ? more.slice(2).join(':') : '*']
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${shown.join(':')}".`
  }
  if (service === undefined) return 'Resource vendor must be fully qualified and cannot contain regexes.'
  if (service === 'iam' && region !== '') return `IAM resource ${resource} cannot contain region information.`
  // Access points and their like do have a Region, and an account; buckets have neither.
  if (service === 's3' && region !== '' && account === '')
    return `Resource ${resource} can not contain region information.`
  const path = rest.join(':')
  if (service === 'iam' && path !== '*' && !IAM_PATHS.some((start) => path.startsWith(start)))
    return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`
  return undefined
}

const ORDINARY_ACTION = /^[a-zA-Z0-9\-.]+:[^:]*$/

function checkActionNames(statement: StatementDocument, path: JsonPath, fail: Fail): void {
  for (const field of ['Action', 'NotAction'] as const) {
    const actions = statement[field]
    if (!actions || actions.every((action) => ORDINARY_ACTION.test(action))) continue
    for (const [at, action] of actions.entries()) {
      const where = [...path, field, at]
      const [vendor = '', ...rest] = action.trim().split(':')
      if (vendor === '*' && rest.length === 0) continue
      if (rest.length === 0) fail('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.', where)
      if (rest.length > 1) fail('Actions/Condition can contain only one colon.', where)
      if (vendor !== '*' && /[^a-zA-Z0-9\-.]/.test(vendor)) fail(`Vendor ${vendor} is not valid`, where)
    }
  }
}
