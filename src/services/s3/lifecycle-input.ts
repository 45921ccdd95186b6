import type { Shape } from '../../wire/shape.ts'
import type { LifecycleExpiration, Transition } from '@aws-sdk/client-s3'
import { invalidArgument, invalidRequest, malformedXml } from './errors.ts'
import { filterOf, type Rule } from './lifecycle.ts'

const MAX_RULES = 1000
const DAY = 86_400
const transitionClasses = ['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']

/**
 * Checks a configuration as PutBucketLifecycleConfiguration does, and gives rules without an id one.
 * Throws MalformedXML, InvalidArgument, InvalidRequest (S3 API Reference, PutBucketLifecycleConfiguration).
 */
export function checkedRules(rules: readonly Rule[], newId: () => string): Rule[] {
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformedXml()
  const ids = rules.flatMap(({ ID }) => (ID ? [ID] : []))
  if (new Set(ids).size < ids.length) {
    throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule', 'ID', '')
  }
  if (rules.some(({ Prefix }) => Prefix !== undefined)) checkVersion1(rules)
  return rules.map((rule) => {
    checkShape(rule)
    checkActions(rule)
    return { ...rule, ID: rule.ID || newId() }
  })
}

/** Rules as they were before filters (a `Prefix` of their own), which S3 takes by its old measure: none may overlap. */
function checkVersion1(rules: readonly Rule[]): void {
  if (rules.some(({ Filter, Prefix }) => Filter !== undefined && Prefix === undefined)) {
    throw invalidRequest('Filter element can only be used in Lifecycle V2.')
  }
  for (const [index, { Prefix: one = '', ...rule }] of rules.entries()) {
    for (const { Prefix: other = '', ...before } of rules.slice(0, index)) {
      if (!one.startsWith(other) && !other.startsWith(one)) continue
      const action = actionTypes.find((type) => isAsked(rule[type]) && isAsked(before[type]))
      if (action === undefined) continue
      const type = action.replace(/s$/, '')
      throw invalidRequest(`Found overlapping prefixes '${other}' and '${one}' for same action type '${type}'`)
    }
  }
}

const actionTypes = [
  'Expiration',
  'Transitions',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransitions',
  'AbortIncompleteMultipartUpload',
] as const

const isAsked = (action: object | undefined): boolean =>
  action !== undefined && (!Array.isArray(action) || action.length > 0)

function checkShape(rule: Rule): void {
  const { ID: id = '', Status: status, Filter: filter, Prefix: prefix } = rule
  if (id.length > 255) throw invalidArgument('ID length should not exceed allowed limit of 255', 'ID', id)
  if (status !== 'Enabled' && status !== 'Disabled') throw malformedXml()
  if ((filter === undefined) === (prefix === undefined)) throw malformedXml()
  if (Object.keys(filter ?? {}).length > 1) throw malformedXml()
  const and = filter?.And
  if (and && Object.keys(and).length + (and.Tags?.length ?? 1) - 1 < 2) throw malformedXml()
  const { tags, greaterThan, lessThan } = filterOf(rule)
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidRequest('Duplicate Tag Keys are not allowed.')
  }
  if (greaterThan !== undefined && lessThan !== undefined && greaterThan >= lessThan) {
    // inferred
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'")
  }
}

function checkActions(rule: Rule): void {
  const { Expiration, Transitions, NoncurrentVersionExpiration, NoncurrentVersionTransitions } = rule
  const abort = rule.AbortIncompleteMultipartUpload
  const actions = [Expiration, NoncurrentVersionExpiration, abort, Transitions?.[0], NoncurrentVersionTransitions?.[0]]
  if (actions.every((action) => action === undefined)) {
    throw invalidRequest('At least one action needs to be specified in a rule')
  }
  const filter = filterOf(rule)
  if (Expiration) checkExpiration(Expiration, filter.tags.length > 0)
  if (abort) {
    if (filter.tags.length > 0) throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Tags.')
    if ((filter.greaterThan ?? filter.lessThan) !== undefined) {
      // inferred
      throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Object Size.')
    }
    positive(abort.DaysAfterInitiation, 'DaysAfterInitiation', 'AbortIncompleteMultipartUpload')
  }
  if (NoncurrentVersionExpiration) {
    const { NoncurrentDays, NewerNoncurrentVersions: newer } = NoncurrentVersionExpiration
    positive(NoncurrentDays, 'NoncurrentDays', 'NoncurrentVersionExpiration')
    if (newer !== undefined) checkNewer(newer, 'NoncurrentVersionExpiration')
  }
  for (const transition of Transitions ?? []) checkTransition(transition, Expiration, filter.prefix)
  for (const { NoncurrentDays, StorageClass, NewerNoncurrentVersions: newer } of NoncurrentVersionTransitions ?? []) {
    if (!transitionClasses.includes(StorageClass ?? '')) throw malformedXml()
    atLeast(NoncurrentDays, StorageClass!, 'NoncurrentDays', 'NoncurrentVersionTransition')
    if (newer !== undefined) checkNewer(newer, 'NoncurrentVersionTransition')
  }
}

function checkExpiration(expiration: Shape<LifecycleExpiration>, tagged: boolean): void {
  const { Days, Date: date, ExpiredObjectDeleteMarker: marker } = expiration
  if ([Days, date, marker].filter((one) => one !== undefined).length !== 1) throw malformedXml()
  if (Days !== undefined) positive(Days, 'Days', 'Expiration')
  if (date !== undefined) checkMidnight(date)
  if (marker !== undefined && tagged) throw invalidRequest('ExpiredObjectDeleteMarker cannot be specified with Tags.')
}

function checkTransition(
  transition: Shape<Transition>,
  expiration: Shape<LifecycleExpiration> | undefined,
  prefix: string,
): void {
  const { Days, Date: date, StorageClass: storageClass } = transition
  if (!transitionClasses.includes(storageClass ?? '') || (Days === undefined) === (date === undefined)) {
    throw malformedXml()
  }
  if (date !== undefined) checkMidnight(date)
  if (Days !== undefined) atLeast(Days, storageClass!, 'Days', 'Transition')
  if (
    (Days !== undefined && expiration?.Date !== undefined) ||
    (date !== undefined && expiration?.Days !== undefined)
  ) {
    throw invalidRequest(
      `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for prefix '${prefix}'`,
    )
  }
  if (Days !== undefined && expiration?.Days !== undefined && expiration.Days <= Days) {
    throw invalidArgument(
      `'Days' in the Expiration action for filter '(prefix=${prefix})' must be greater than 'Days' in the Transition action for filter '(prefix=${prefix})'`,
      'Days',
      String(expiration.Days),
    )
  }
}

/** Infrequent access takes nothing that is younger than a month. */
function atLeast(days: number | undefined, storageClass: string, name: string, action: string): void {
  if (days === undefined) throw malformedXml()
  if (days < 0) {
    throw invalidArgument(`'${name}' in ${action} action must be nonnegative`, name, String(days))
  }
  if (action === 'Transition' && days < 30 && storageClass.endsWith('_IA')) {
    throw invalidArgument(
      `'${name}' in ${action} action must be greater than or equal to 30 for storageClass '${storageClass}'`,
      name,
      String(days),
    )
  }
}

function checkMidnight(seconds: number): void {
  if (seconds % DAY === 0) return
  throw invalidArgument("'Date' must be at midnight GMT", 'Date', new Date(seconds * 1000).toISOString())
}

function positive(days: number | undefined, name: string, action: string): void {
  if (days === undefined) throw malformedXml()
  if (days > 0) return
  throw invalidArgument(`'${name}' for ${action} action must be a positive integer`, name, String(days))
}

function checkNewer(newer: number, action: string): void {
  positive(newer, 'NewerNoncurrentVersions', action)
  if (newer > 100) {
    // inferred
    throw invalidArgument(
      `'NewerNoncurrentVersions' for ${action} action must not be greater than 100`,
      'NewerNoncurrentVersions',
      String(newer),
    )
  }
}
