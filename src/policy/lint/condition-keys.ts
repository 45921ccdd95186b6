/** Condition keys: do they exist, does the operator suit them, and do the statement's actions bring them? */
import { globalKey, globalKeyNames, isGlobalKey, lacksTagKey } from '../global-keys.ts'
import type { ActionFacts, ConditionKeyFacts, ConditionKeyType, ServiceReference } from '../reference.ts'
import { nearest } from './nearest.ts'
import type { Desk, StatementCheck } from './report.ts'
import { demands, isEverything } from './view.ts'
import type { Clause, Statement } from './view.ts'

export const conditionKeyChecks: readonly StatementCheck[] = [
  duplicates,
  unknownKeys,
  operators,
  unsupportedActions,
  pairs,
  untrustworthy,
  irrelevant,
  endpointKeys,
]

/** What is known of a key; undefined for one that does not exist, or cannot be looked up. */
function factsOf(key: string, reference: ServiceReference | undefined): ConditionKeyFacts | undefined {
  return globalKey(key) ?? (isGlobalKey(key.toLowerCase()) ? undefined : reference?.conditionKey(key))
}

function duplicates({ clauses }: Statement, { report }: Desk): void {
  const seen = new Set<string>()
  for (const { operator, key, lowerCasedKey, path } of clauses) {
    const name = `${operator} ${lowerCasedKey}`
    if (seen.has(name)) report('DUPLICATE_KEYS_WITH_DIFFERENT_CASE', path, { key }, { atKey: true })
    seen.add(name)
  }
}

function unknownKeys({ clauses }: Statement, { report, reference }: Desk): void {
  for (const { key, lowerCasedKey, path } of clauses) {
    const colon = key.indexOf(':')
    const prefix = lowerCasedKey.slice(0, Math.max(0, colon))
    if (colon === -1) report('INVALID_CONDITION_KEY_FORMAT', path, {}, { atKey: true })
    else if (lacksTagKey(key)) {
      const name = key.endsWith('/') ? key : `${key}/`
      report('MISSING_TAG_KEY_IN_CONDITION', path, { key: name }, { atKey: true })
    } else if (isGlobalKey(lowerCasedKey)) {
      if (globalKey(key)) continue
      if (lowerCasedKey === 'aws:arn')
        report('UNSUPPORTED_GLOBAL_CONDITION_KEY', path, {}, { suggestion: 'aws:PrincipalArn', atKey: true })
      else report('INVALID_GLOBAL_CONDITION_KEY', path, { key }, meant(key, globalKeyNames))
    } else if (reference && !factsOf(key, reference)) {
      const service = reference.service(prefix)
      // The prefix of a web identity provider's keys is its own URL.
      if (!service && !prefix.includes('.')) report('INVALID_SERVICE', path, { service: prefix }, { atKey: true })
      else if (service && reference.conditionKey(`${key}/x`))
        report('MISSING_TAG_KEY_IN_CONDITION', path, { key: `${key}/` }, { atKey: true })
      else if (service) {
        const names = [...service.conditionKeys.values()].map(({ name }) => name)
        report('INVALID_SERVICE_CONDITION_KEY', path, { key, service: prefix }, meant(key, names))
      }
    }
  }
}

function meant(key: string, names: readonly string[]) {
  const suggestion = nearest(key, names)
  return suggestion ? { suggestion, atKey: true } : { atKey: true }
}

/** Operator families that read a key's values as what they are. `String` reads every value, `Null` none. */
const families: Readonly<Record<ConditionKeyType, RegExp>> = {
  String: /^(?:String|Arn|Binary)/,
  ARN: /^(?:Arn|String)/,
  Bool: /^Bool$/,
  Date: /^(?:Date|Numeric)/,
  Numeric: /^Numeric/,
  IPAddress: /IpAddress$/,
  Binary: /^Binary/,
}

const allowed: Readonly<Record<ConditionKeyType, string>> = {
  String: 'String',
  ARN: 'ARN',
  Bool: 'Boolean',
  Date: 'Date',
  Numeric: 'Numeric',
  IPAddress: 'IP address',
  Binary: 'Binary',
}

function operators({ effect, clauses }: Statement, { report, reference }: Desk): void {
  for (const clause of clauses) {
    const { name, operator, key, path } = clause
    const facts = factsOf(key, reference)
    if (!name || !facts || name.base === 'Null') continue
    const values = { allowed: allowed[facts.type], operator, key }
    if (!families[facts.type].test(name.base)) report('TYPE_MISMATCH', path, values, { atKey: true })
    else if (facts.type === 'ARN' && /^String(?:Not)?Like$/.test(name.base)) {
      const instead = { ...values, allowed: name.base.replace('String', 'Arn') }
      report('STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS', path, instead, { atKey: true })
    }
    if (facts.multiValued && !name.set) report('MISSING_QUALIFIER', path, { key }, { atKey: true })
    if (!facts.multiValued && name.set === 'ForAllValues' && effect === 'Allow')
      report('FORALLVALUES_WITH_SINGLE_VALUED_KEY', path, { key }, { atKey: true })
  }
}

/** Whether the request of an action ever carries the key. */
function knows(action: ActionFacts, key: ConditionKeyFacts, reference: ServiceReference): boolean {
  const types = reference.service(action.name.slice(0, action.name.indexOf(':')))!.resourceTypes
  return (
    action.conditionKeys.includes(key.name) ||
    action.resourceTypes.some(
      ({ name, conditionKeys }) =>
        conditionKeys.includes(key.name) || types.get(name)?.conditionKeys.includes(key.name),
    )
  )
}

/** There the reference knows fewer of a service's keys than AWS's own managed policies use. */
const INCOMPLETE = /^(?:apigateway|aws-marketplace|elasticloadbalancing|ses):/

/** As Access Analyzer, only for actions that are written out. */
function unsupportedActions(statement: Statement, desk: Desk): void {
  const { effect, actions, clauses } = statement
  const { report, reference, actionsOf } = desk
  if (!reference || !actions || !effect) return
  for (const clause of clauses) {
    const { key, lowerCasedKey, path } = clause
    if (!demands(clause)) continue
    if (lowerCasedKey.startsWith('aws:resourcetag/')) resourceTags(statement, clause, desk)
    const facts = reference.conditionKey(key)
    if (!facts || globalKey(key) || actions.negated || INCOMPLETE.test(lowerCasedKey)) continue
    const named = actions.items.filter(({ text }) => !/[*?]/.test(text))
    const without = named.filter(({ text }) => {
      const [action] = actionsOf(text) ?? []
      return action !== undefined && !knows(action, facts, reference)
    })
    if (without.length > 0) {
      const values = { actions: without.map(({ text }) => text.trim()).join(', '), key }
      report('UNSUPPORTED_ACTION_FOR_CONDITION_KEY', path, values, { atKey: true })
    }
  }
}

function resourceTags(
  { effect, actions }: Statement,
  { key, path }: Clause,
  { report, reference, actionsOf }: Desk,
): void {
  if (actions!.negated) {
    const code = effect === 'Deny' ? 'DENY_NOTACTION' : 'ALLOW_NOTACTION'
    return report(`${code}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`, path, { key }, { atKey: true })
  }
  const services = new Set<string>()
  for (const { text } of actions!.items) {
    const found = actionsOf(text) ?? []
    const some = found.some((action) => knows(action, globalKey(key)!, reference!))
    if (found.length > 0 && !some) services.add(text.trim().split(':')[0]!.toLowerCase())
  }
  if (services.size === 0) return
  const code = effect === 'Deny' ? 'DENY' : 'ALLOW'
  const values = { key, services: [...services].join(', ') }
  report(`${code}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`, path, values, { atKey: true })
}

/** Private addresses repeat themselves in every VPC. */
const VPC_KEYS = /^aws:sourcevpc(?:e|arn)?$/

function pairs({ effect, clauses }: Statement, { report }: Desk): void {
  const inVpc = clauses.some(({ lowerCasedKey }) => VPC_KEYS.test(lowerCasedKey))
  for (const { lowerCasedKey, key, path } of clauses) {
    if (effect === 'Allow' && lowerCasedKey === 'aws:vpcsourceip' && !inVpc)
      report('MISSING_PAIRED_CONDITION_KEYS', path, { key, keys: 'aws:SourceVpc' }, { atKey: true })
  }
}

/** Headers that a caller writes as it likes. */
const UNTRUSTWORTHY = new Set(['aws:referer', 'aws:useragent'])

function untrustworthy({ effect, principals, clauses }: Statement, { report }: Desk): void {
  const byService = principals?.items.some(({ type }) => type === 'Service')
  for (const { lowerCasedKey, key, path } of clauses) {
    if (UNTRUSTWORTHY.has(lowerCasedKey) && effect === 'Allow' && !byService)
      report('UNTRUSTWORTHY_CONDITION_KEY', path, { key }, { atKey: true })
  }
}

function irrelevant({ clauses }: Statement, { policy, report }: Desk): void {
  if (policy.type !== 'resource') return
  for (const { lowerCasedKey, key, path } of clauses) {
    if (/^(?:aws|s3):resourceaccount$/.test(lowerCasedKey))
      report('IRRELEVANT_CONDITION_KEY_IN_POLICY', path, { key, type: 'resource' }, { atKey: true })
  }
}

function endpointKeys({ actions, clauses }: Statement, { policy, report }: Desk): void {
  // A resource's own policy is of one service anyway.
  const open = actions?.negated || actions?.items.some(({ text }) => isEverything(text))
  if (!open || policy.type === 'resource' || policy.type === 'endpoint' || policy.type === 'trust') return
  for (const { lowerCasedKey, key, path } of clauses) {
    if (/^aws:vpce(?:account|orgid|orgpaths)$/.test(lowerCasedKey))
      report('USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES', path, { key }, { atKey: true })
  }
}
