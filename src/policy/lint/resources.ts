/**
 * Resource and NotResource: is it an ARN that some service has, and do the statement's actions work on it?
 * Service Authorization Reference: "Resource types defined by …".
 */
import type { ActionFacts, ResourceTypeFacts, ServiceReference } from '../reference.ts'
import { isAccountId, isOpen, isRegion, PARTITIONS, splitFields } from './arn-facts.ts'
import { covers, formatTokens, overlap, policyTokens, redundantAmong } from './patterns.ts'
import type { Tokens } from './patterns.ts'
import type { Values } from './catalogue.ts'
import type { Desk, StatementCheck } from './report.ts'
import { isEverything } from './view.ts'
import type { Item, Statement } from './view.ts'

export const resourceChecks: readonly StatementCheck[] = [arns, redundantResources, mismatches]

function arns({ resources }: Statement, desk: Desk): void {
  for (const item of resources?.items ?? []) {
    if (!isEverything(item.text)) checkArn(item, desk)
  }
}

function checkArn({ text, path }: Item, { report, reference }: Desk): void {
  const fields = splitFields(text)
  const [prefix, partition = '', service = '', region = '', account = '', resource = ''] = fields
  if (prefix !== 'arn') return report('INVALID_ARN_PREFIX', path, {})
  if (fields.length < 6) return report('MISSING_ARN_FIELD', path, { fields: 6 })
  if (!isOpen(partition) && !PARTITIONS.includes(partition)) {
    const values = { service, partition, partitions: PARTITIONS.join(', ') }
    return report('INVALID_PARTITION', path, values)
  }
  if (isOpen(service)) return report('WILDCARD_IN_SERVICE_NAME', path, {})
  if (service !== service.toLowerCase()) {
    const suggestion = text.replace(`:${service}:`, `:${service.toLowerCase()}:`)
    return report('INVALID_ARN_SERVICE_CASE', path, { service }, { suggestion })
  }
  if (!isOpen(region) && !isRegion(region)) report('INVALID_ARN_REGION', path, { region })
  const known = reference?.resourceTypes(service)
  const named =
    isOpen(account) || account === '' || isAccountId(account) || known?.some(({ arn }) => arn.split(':')[4] === account)
  // `arn:aws:iam::aws:policy/…`, and what other services keep for everyone.
  if (!named && !/^[a-z]/.test(account)) report('INVALID_ARN_ACCOUNT', path, { account })
  if (reference) checkType({ text, path }, { service, region, account, resource }, known, reference, report)
}

interface Fields {
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

function checkType(
  { text, path }: Item,
  { service, region, account, resource }: Fields,
  known: readonly ResourceTypeFacts[] | undefined,
  reference: ServiceReference,
  report: Desk['report'],
): void {
  if (!known) {
    // Some services have actions only; what others call an ARN of theirs cannot be told.
    if (!reference.service(service)) report('INVALID_SERVICE', path, { service })
    return
  }
  const arn = formatOf(text)
  const formats = [...known.map((type) => type.arn), ...unlisted].map(formatOfType)
  if (formats.some((format) => fieldsOverlap(arn, format))) return
  const alike = formats.filter((format) => overlap(arn[RESOURCE]!, format[RESOURCE]!))
  if (alike.length === 0) {
    if (!SHARED_PREFIXES.has(service)) report('INVALID_ARN_RESOURCE', path, {})
    return
  }
  const all = (field: number, isEmpty: boolean) => alike.every((format) => (format[field]!.length === 0) === isEmpty)
  if (region === '' && all(REGION, false)) report('MISSING_ARN_REGION', path, { service })
  else if (region !== '' && all(REGION, true)) report('ARN_REGION_NOT_ALLOWED', path, { service })
  if (account === '' && all(ACCOUNT, false) && !OWNED_BY_AWS.has(service))
    report('MISSING_ARN_ACCOUNT', path, { resource })
  else if (account !== '' && all(ACCOUNT, true)) report('ARN_ACCOUNT_NOT_ALLOWED', path, { service })
}

/** Resources that the Service Authorization Reference does not list. AWS CloudFormation User Guide: "AWS::Serverless". */
const unlisted = ['arn:${Partition}:cloudformation:${Region}:aws:transform/${TransformName}']

/** AWS's own documents, parameters and views have no account. */
const OWNED_BY_AWS = new Set(['resource-explorer-2', 'ssm'])

const SERVICE = 2
const REGION = 3
const ACCOUNT = 4
const RESOURCE = 5

/** An ARN's fields as patterns; missing ones are open. */
function formatOf(text: string, tokens: (field: string) => Tokens = policyTokens): readonly Tokens[] {
  const fields = splitFields(text)
  return Array.from({ length: 6 }, (_, at) => tokens(fields[at] ?? '*'))
}

const formats = new Map<string, readonly Tokens[]>()

/** The format of a resource type, of which there are some thousands. */
function formatOfType(format: string): readonly Tokens[] {
  let tokens = formats.get(format)
  if (!tokens) formats.set(format, (tokens = formatOf(format, formatTokens)))
  return tokens
}

/** From the service on: a partition is no difference. */
function fieldsOverlap(a: readonly Tokens[], b: readonly Tokens[]): boolean {
  return [RESOURCE, SERVICE, REGION, ACCOUNT].every((field) => overlap(a[field]!, b[field]!))
}

function redundantResources({ resources }: Statement, { report }: Desk): void {
  const items = resources?.items ?? []
  const redundant = redundantAmong(
    // An escaped wildcard is a letter.
    items.map(({ text }) => text.replaceAll(/\$\{[*?]\}/g, '\0')),
    coversArn,
  )
  const first = items[redundant[0] ?? -1]
  if (first) report('REDUNDANT_RESOURCE', first.path, { count: redundant.length })
}

function coversArn(outer: string, inner: string): boolean {
  if (isEverything(outer)) return true
  const fields = splitFields(inner)
  return splitFields(outer).every((field, at) => covers(field, fields[at] ?? ''))
}

/**
 * Actions that take none of the statement's resources, and resources that none of its actions takes: that part of the
 * statement does nothing. Only where every name is known; Region and account have findings of their own.
 */
function mismatches({ actions, resources }: Statement, { policy, report, reference, actionsOf }: Desk): void {
  if (!reference || !actions || actions.negated || !resources || resources.negated || policy.type === 'trust') return
  const items = resources.items.map((item) => ({ ...item, arn: formatOf(item.text) }))
  // Where a resource is not understood, another finding has said so.
  if (items.length === 0 || !items.every(({ text, arn }) => isKnownArn(text, arn, reference))) return
  const takers = actions.items.map(({ text, path }) => ({ name: text.trim(), path, facts: actionsOf(text) ?? [] }))
  if (takers.some(({ facts }) => facts.length === 0)) return

  const taken = new Set<Item>()
  const idle = takers.filter(({ facts }) => {
    const reached = items.filter(({ arn }) => facts.some((action) => takes(action, arn, reference)))
    for (const item of reached) taken.add(item)
    return reached.length === 0
  })
  if (idle.length > SHOWN) {
    const what = `${idle[0]!.name} and ${idle.length - 1} other actions work on no resource of this statement`
    report('RESOURCE_MISMATCH', idle[0]!.path, { what, advice: undefined })
  } else
    for (const { name, path, facts } of idle) report('RESOURCE_MISMATCH', path, explain(name, facts, items, reference))
  if (idle.length === takers.length) return
  for (const item of items) {
    if (!taken.has(item)) report('RESOURCE_WITHOUT_ACTION', item.path, { resource: item.text })
  }
}

const SHOWN = 3

function isKnownArn(text: string, arn: readonly Tokens[], reference: ServiceReference): boolean {
  if (!text.startsWith('arn:')) return false
  const known = reference.resourceTypes(splitFields(text)[SERVICE] ?? '')
  return known?.some((type) => isOf(arn, type)) ?? false
}

/** Region and account aside. */
function isOf(arn: readonly Tokens[], { arn: format }: ResourceTypeFacts): boolean {
  const tokens = formatOfType(format)
  return [RESOURCE, SERVICE].every((field) => overlap(arn[field]!, tokens[field]!))
}

/** Several services go by one prefix here, and the reference has but one row for an action that two of them have. */
const SHARED_PREFIXES = new Set(['apigateway', 'elasticloadbalancing', 'ses'])

function takes(action: ActionFacts, arn: readonly Tokens[], reference: ServiceReference): boolean {
  const prefix = action.name.slice(0, action.name.indexOf(':'))
  const ownService = () => overlap(arn[SERVICE]!, policyTokens(prefix))
  if (SHARED_PREFIXES.has(prefix)) return ownService()
  // AWS asks about some actions without a resource type for an ARN of the service that ends in `*`.
  if (action.resourceTypes.length === 0) return arn[RESOURCE]!.at(-1)! < 0 && ownService()
  const types = reference.service(prefix)!.resourceTypes
  return action.resourceTypes.some(({ name }) => isOf(arn, types.get(name)!))
}

function explain(
  action: string,
  facts: readonly ActionFacts[],
  items: readonly Item[],
  reference: ServiceReference,
): Values<'RESOURCE_MISMATCH'> {
  if (facts.length > 1) return { what: `${action} covers no action that works on these resources`, advice: undefined }
  const names = facts[0]!.resourceTypes.map(({ name }) => name)
  if (names.length === 0)
    return { what: `${action} works on no resource but "*"`, advice: 'Use "Resource": "*" for it.' }
  if (names.includes('object') && items.every(({ text }) => /^arn:[^:]+:s3:::[^*?/]+$/.test(text))) {
    return {
      what: `${action} applies to objects, and the statement names a bucket only`,
      advice: 'Add "/*" for the bucket\'s objects.',
    }
  }
  const types = reference.service(action.slice(0, action.indexOf(':')))!.resourceTypes
  const formats = names.map((name) => types.get(name)!.arn).join(' or ')
  return { what: `${action} works on ${formats} only`, advice: undefined }
}
