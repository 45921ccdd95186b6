/**
 * A second reading of the evaluation rules: slow, plain, and without a line of `src/policy` (its types aside).
 * The engine is fuzzed against it. Where the two disagree, one of them has misread the specification.
 */
import type { AuthorizationRequest, Context, Effect, PolicyType, Principal } from '../../src/policy/types.ts'

type Lists = Record<string, unknown>
export interface Doc {
  Version?: string
  Statement: Lists | Lists[]
}

export interface Sources {
  identity: Doc[]
  boundary?: Doc
  session?: Doc[]
  resource?: Doc
  resourceType?: 'resource' | 'trust'
  resourceRequired?: boolean
  endpoint?: Doc
  scp?: Doc[][]
  rcp?: Doc[][]
}

export interface NaiveDecision {
  effect: Effect
  decidedBy: PolicyType | 'root' | 'none'
}

export function decideNaively(request: AuthorizationRequest, sources: Sources): NaiveDecision {
  const { principal } = request
  const nameless = principal.kind === 'service' || principal.kind === 'anonymous'
  const resourceType = sources.resourceType ?? 'resource'
  const bounded = sources.boundary !== undefined
  const verdict = (type: PolicyType, docs: Doc[]) => judge(type, docs, request, bounded)
  const combine = (type: PolicyType, levels: Doc[][]) => {
    const all = levels.map((docs) => verdict(type, docs))
    return { denied: all.some((v) => v.denied), names: all.every((v) => v.names.length > 0) ? ['x'] : [] }
  }

  const federatedWithout = principal.kind === 'federated-user' && !sources.session
  const session = federatedWithout ? [] : sources.session
  const verdicts: [PolicyType, { denied: boolean; names: string[] }][] = []
  if (sources.rcp && !principal.serviceLinked) verdicts.push(['rcp', combine('rcp', sources.rcp)])
  if (sources.scp && !principal.serviceLinked && !nameless) verdicts.push(['scp', combine('scp', sources.scp)])
  if (sources.endpoint) verdicts.push(['endpoint', verdict('endpoint', [sources.endpoint])])
  const byResource = sources.resource ? verdict(resourceType, [sources.resource]) : { denied: false, names: [] }
  verdicts.push([resourceType, byResource])
  if (!nameless) {
    if (principal.kind !== 'root') verdicts.push(['identity', verdict('identity', sources.identity)])
    if (principal.kind !== 'root' && sources.boundary)
      verdicts.push(['boundary', verdict('boundary', [sources.boundary])])
    if (session) verdicts.push(['session', verdict('session', session)])
  }

  // 1. An explicit deny anywhere.
  const denier = verdicts.find(([, { denied }]) => denied)
  if (denier) return { effect: 'explicit-deny', decidedBy: denier[0] }

  const allows = (type: PolicyType) => {
    const found = verdicts.find(([candidate]) => candidate === type)
    return !found || found[1].names.length > 0
  }
  const refuse = (decidedBy: PolicyType): NaiveDecision => ({ effect: 'implicit-deny', decidedBy })
  const grant = (decidedBy: NaiveDecision['decidedBy']): NaiveDecision => ({ effect: 'allow', decidedBy })

  // 2. The filters.
  for (const type of ['rcp', 'scp', 'endpoint'] as const) if (!allows(type)) return refuse(type)

  // 3. The resource-based policy.
  const { names } = byResource
  const direct = names.includes('direct')
  const entity = names.includes('entity')
  if (nameless) return direct ? grant(resourceType) : refuse(resourceType)
  const sameAccount = principal.account === request.resourceAccount
  if (sameAccount) {
    if (direct) return grant(resourceType)
    if (entity) {
      if (!allows('boundary')) return refuse('boundary')
      if (!allows('session')) return refuse('session')
      return grant(resourceType)
    }
  }
  if (names.length === 0 && (!sameAccount || sources.resourceRequired)) return refuse(resourceType)

  // 4. The caller's own policies.
  for (const type of ['identity', 'boundary', 'session'] as const) if (!allows(type)) return refuse(type)
  if (principal.kind !== 'root') return grant('identity')
  return grant(names.length > 0 ? resourceType : 'root')
}

const PRINCIPAL_TYPES: PolicyType[] = ['resource', 'trust', 'endpoint', 'rcp']

/** Whether a union of documents denies, and under which names its Allow statements meet the caller. */
function judge(type: PolicyType, docs: Doc[], request: AuthorizationRequest, bounded: boolean) {
  let denied = false
  const names: string[] = []
  for (const doc of docs) {
    for (const statement of listOf(doc.Statement) as Lists[]) {
      const variables = doc.Version === '2012-10-17'
      if (!actionMatches(statement, request.action)) continue
      if (!resourceMatches(statement, request, type, variables)) continue
      if (!conditionsHold(statement, request.context, variables)) continue
      const named = PRINCIPAL_TYPES.includes(type) ? namesOf(statement, request, bounded) : ['x']
      if (named.length === 0) continue
      if (statement['Effect'] === 'Deny') denied = true
      else names.push(...named)
    }
  }
  return { denied, names }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function strings(value: unknown): string[] {
  return listOf(value).map(String)
}

// --- actions

function actionMatches(statement: Lists, action: string): boolean {
  const listed = (names: unknown) =>
    strings(names).some((name) => wild(name.trim().toLowerCase()).test(action.toLowerCase()))
  return statement['NotAction'] !== undefined ? !listed(statement['NotAction']) : listed(statement['Action'])
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function wild(pattern: string): RegExp {
  return new RegExp(`^${quote(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`, 's')
}

// --- variables: a pattern becomes a regular expression's source, or null where a variable stays open

const VARIABLE = /\$\{((?:'[^']*'|[^}'])*)\}/g

function sourceOf(pattern: string, context: Context, variables: boolean, wildcards: boolean): string | null {
  let source = ''
  let from = 0
  let open = false
  const plain = (text: string) => {
    const quoted = quote(text)
    return wildcards ? quoted.replaceAll('\\*', '.*').replaceAll('\\?', '.') : quoted
  }
  for (const match of variables ? pattern.matchAll(VARIABLE) : []) {
    source += plain(pattern.slice(from, match.index))
    from = match.index + match[0].length
    const inner = match[1]!
    if (inner === '*' || inner === '?' || inner === '$') {
      source += quote(inner)
      continue
    }
    const parts = /^([^\s${}',]+)(?:, '([^']*)')?$/.exec(inner)
    const value = parts ? context(parts[1]!.toLowerCase()) : undefined
    const text = parts && value === undefined ? parts[2] : value
    if (typeof text === 'string') source += quote(text)
    else open = true
  }
  return open ? null : source + plain(pattern.slice(from))
}

// --- resources

function resourceMatches(
  statement: Lists,
  request: AuthorizationRequest,
  type: PolicyType,
  variables: boolean,
): boolean {
  if (statement['Resource'] !== undefined) {
    return strings(statement['Resource']).some((pattern) => oneResource(pattern, request, type, variables) === true)
  }
  if (statement['NotResource'] === undefined) return true
  // An open variable: an Allow must not grow by it, a Deny must not shrink.
  const whenOpen = statement['Effect'] === 'Allow'
  return !strings(statement['NotResource']).some(
    (pattern) => oneResource(pattern, request, type, variables) ?? whenOpen,
  )
}

/** null: a variable stays open. */
function oneResource(
  pattern: string,
  request: AuthorizationRequest,
  type: PolicyType,
  variables: boolean,
): boolean | null {
  if (/^\*+$/.test(pattern)) return true
  const written = colons(pattern, variables)
  const pads =
    type === 'identity' || type === 'boundary' || type === 'session'
      ? true
      : type === 'scp'
        ? pattern.endsWith('*')
        : type === 'rcp' || type === 'trust'
          ? false
          : pattern.includes('*')
  const sources = written.map((part) => sourceOf(part, request.context, variables, true))
  if (sources.includes(null)) return null
  if (written.length < 6 && !pads) return false
  while (sources.length < 6) sources.push('.*')
  const asked = colons(request.resource, false)
  if (asked.length < 6 || asked[0] !== 'arn') return false
  return sources.every((source, at) => new RegExp(`^${source}$`, 's').test(asked[at]!))
}

/** Six parts at most, split at colons outside of variables. */
function colons(text: string, variables: boolean): string[] {
  const parts = ['']
  let rest = text
  while (rest) {
    const variable = variables ? /^\$\{(?:'[^']*'|[^}'])*\}/.exec(rest)?.[0] : undefined
    const piece = variable ?? rest[0]!
    if (piece === ':' && parts.length < 6) parts.push('')
    else parts[parts.length - 1] += piece
    rest = rest.slice(piece.length)
  }
  return parts
}

// --- principals

function selvesOf(principal: Principal): Record<string, (string | undefined)[]> {
  const { kind, account, arn, principalArn, entityId, parentArn } = principal
  const byAccount = [account, `arn:aws:iam::${account}:root`]
  switch (kind) {
    case 'root':
      return { direct: byAccount }
    case 'user':
      return { account: byAccount, direct: [arn, entityId] }
    case 'role-session':
      return { account: byAccount, entity: [principalArn, entityId], direct: [arn] }
    case 'federated-user':
      return { account: byAccount, entity: [parentArn, entityId], direct: [arn] }
    default:
      return {}
  }
}

function namesOf(statement: Lists, { principal, context }: AuthorizationRequest, bounded: boolean): string[] {
  const negated = statement['NotPrincipal'] !== undefined
  const element = (statement['Principal'] ?? statement['NotPrincipal']) as undefined | '*' | Record<string, unknown>
  if (element === undefined) return statement['Effect'] === 'Deny' ? ['direct'] : []
  const aws = element === '*' ? ['*'] : strings(element['AWS'] ?? [])
  const services = element === '*' ? [] : strings(element['Service'] ?? [])
  const providers = element === '*' ? [] : strings(element['Federated'] ?? [])
  const everyone = aws.includes('*')

  let possible: string[]
  let listed: string[]
  if (principal.kind === 'service') {
    possible = ['direct']
    const [name, ...domain] = principal.service!.split('.')
    const regional = [name, context('aws:requestedregion'), ...domain].join('.')
    listed = services.includes(principal.service!) || services.includes(regional) ? ['direct'] : []
  } else if (principal.kind === 'anonymous') {
    possible = ['direct']
    listed = providers.includes(String(context('aws:federatedprovider') ?? '-')) ? ['direct'] : []
  } else {
    const selves = selvesOf(principal)
    possible = Object.keys(selves)
    listed = possible.filter((name) => selves[name]!.some((self) => self !== undefined && aws.includes(self)))
  }
  if (!negated) return everyone ? ['direct'] : listed
  if (everyone) return []
  if (statement['Effect'] === 'Allow') return listed.length > 0 ? [] : ['direct']
  return !bounded && possible.every((name) => listed.includes(name)) ? [] : ['direct']
}

// --- conditions

function conditionsHold(statement: Lists, context: Context, variables: boolean): boolean {
  const block = (statement['Condition'] ?? {}) as Record<string, Record<string, unknown>>
  return Object.entries(block).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, key, strings(wanted), context, variables)),
  )
}

function holds(operator: string, key: string, wanted: string[], context: Context, variables: boolean): boolean {
  const raw = context(key.toLowerCase())
  const values = raw === undefined ? [] : typeof raw === 'string' ? [raw] : raw
  if (operator === 'Null') return wanted.some((text) => text.toLowerCase() === String(values.length === 0))
  const [, set, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator)!
  const negated = base!.includes('Not')
  const positive = base!.replace('Not', '')
  const one = (value: string) => wanted.some((text) => matches(positive, value, text, context, variables)) !== negated
  const nullSet = values.length === 0 || (values.length === 1 && values[0] === '')
  if (set === 'ForAllValues') return nullSet || values.every(one)
  if (set === 'ForAnyValue') {
    if (values.length === 0) return ifExists !== undefined
    return !nullSet && values.some(one)
  }
  if (values.length === 0) return negated || ifExists !== undefined
  return typeof raw === 'string' && one(raw)
}

function matches(operator: string, actual: string, wanted: string, context: Context, variables: boolean): boolean {
  const by = (wildcards: boolean, flags: string) => {
    const source = sourceOf(wanted, context, variables, wildcards)
    return source !== null && new RegExp(`^${source}$`, flags).test(actual)
  }
  switch (operator) {
    case 'StringEquals':
      return by(false, 's')
    case 'StringEqualsIgnoreCase':
      return by(false, 'si')
    case 'StringLike':
      return by(true, 's')
    case 'Bool':
      return /^(?:true|false)$/i.test(actual) && by(false, 'si')
    case 'BinaryEquals':
      return Buffer.from(actual, 'base64').equals(Buffer.from(wanted, 'base64'))
    case 'ArnEquals':
    case 'ArnLike': {
      const pattern = wanted === '*' ? '*:*:*:*:*:*' : wanted
      const sources = colons(pattern, variables).map((part) => sourceOf(part, context, variables, true))
      const parts = colons(actual, false)
      if (parts.length < 6 || parts[0] !== 'arn' || sources.length < 6 || sources.includes(null)) return false
      return sources.every((source, at) => new RegExp(`^${source}$`, 's').test(parts[at]!))
    }
    case 'IpAddress':
      return inBlock(actual, wanted)
    default: {
      const number = operator.startsWith('Date') ? instant : decimal
      return compare(operator.replace(/^(?:Date|Numeric)/, ''), number(actual), number(wanted))
    }
  }
}

function compare(how: string, a: number, b: number): boolean {
  if (how === 'Equals') return a === b
  if (how === 'LessThan') return a < b
  if (how === 'LessThanEquals') return a <= b
  return how === 'GreaterThan' ? a > b : a >= b
}

/** NaN compares false with everything. */
function decimal(text: string): number {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number.parseFloat(text) : Number.NaN
}

function instant(text: string): number {
  if (/^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/.test(text)) {
    return Date.parse(/T[^Z+-]*$/.test(text) ? `${text}Z` : text) / 1000
  }
  return decimal(text)
}

function inBlock(address: string, block: string): boolean {
  const [network, length] = block.split('/')
  const a = bits(address)
  const b = bits(network!)
  if (!a || !b || a.length !== b.length) return false
  const count = length === undefined ? a.length : Number(length)
  return a.slice(0, count) === b.slice(0, count)
}

/** An address as a string of zeros and ones. */
function bits(address: string): string | null {
  if (/^\d+(\.\d+){3}$/.test(address)) {
    const octets = address.split('.').map(Number)
    return octets.some((octet) => octet > 255)
      ? null
      : octets.map((octet) => octet.toString(2).padStart(8, '0')).join('')
  }
  if (!/^[0-9a-fA-F:]+$/.test(address)) return null
  const [head, tail] = address.split('::').map((half) => (half ? half.split(':') : []))
  const groups = tail ? [...head!, ...Array<string>(8 - head!.length - tail.length).fill('0'), ...tail] : head!
  return groups.length === 8 ? groups.map((g) => Number.parseInt(g, 16).toString(2).padStart(16, '0')).join('') : null
}
