/**
 * A second reading of the evaluation rules: slow, plain, and without a line of `src/policy` (its types aside).
 * The engine is fuzzed against it. Where the two disagree, one of them has misread the specification.
 *
 * It follows the IAM User Guide: "Policy evaluation logic", "Cross-account policy evaluation logic", and the pages of the
 * policy elements. Nothing is compiled, indexed or remembered: each question is answered from the document as it was written.
 * Where those pages are silent, it follows what was observed on AWS: github.com/radkawar/stackd, testdata/aws/iam/condition_*.json.
 */
import type { Grant } from '../../src/policy/grant.ts'
import type { AuthorizationRequest, Context, Effect, PolicyType, Principal } from '../../src/policy/types.ts'

type Element = Record<string, unknown>
/** A document as JSON.parse gives it. */
export interface Doc {
  Version?: string
  Id?: string
  Statement: Element | Element[]
}

/** As PolicySet, but of documents. */
export interface Sources {
  identity: Doc[]
  boundary?: Doc
  session?: Doc[]
  resource?: Doc
  resourceType?: 'resource' | 'trust'
  resourceRequired?: boolean
  grants?: Omit<Grant, 'id'>[]
  endpoint?: Doc
  scp?: Doc[][]
  rcp?: Doc[][]
}

export interface NaiveDecision {
  effect: Effect
  decidedBy: PolicyType | 'root' | 'none'
}

/** What one layer says: which of its statements matched the request wholly, as `identity.0 #2` (policy and statement). */
export interface NaiveLayer {
  type: PolicyType
  effect: Effect
  matched: string[]
  /** SCP and RCP: the outermost level that denies or, where none does, that lacks an allow. */
  level?: number
}

/** The name of the n-th policy of a layer; of an SCP or RCP, the n-th of a level. */
export function nameOf(type: PolicyType | 'grant', ...place: number[]): string {
  return [type, ...place].join('.')
}

export function decideNaively(request: AuthorizationRequest, sources: Sources): NaiveDecision {
  const { effect, decidedBy } = explainNaively(request, sources)
  return { effect, decidedBy }
}

/** How a resource's policy names its caller. "Policy evaluation logic", the table of implicit denies. */
type Reach = 'account' | 'entity' | 'direct'

interface Opinion extends NaiveLayer {
  denies: boolean
  allows: boolean
  /** By which of its names the Allow statements meet the caller. */
  reach: Reach[]
}

export function explainNaively(
  request: AuthorizationRequest,
  sources: Sources,
): NaiveDecision & { layers: NaiveLayer[] } {
  const opinions = opinionsOf(request, sources)
  const decision = decideOn(opinions, request, sources)
  // Of what there is none, nothing is recorded; a resource policy that has to be there is missed.
  const ofResource = sources.resource ?? sources.grants ?? sources.resourceRequired
  const recorded = opinions.filter(({ type }) => (type !== 'resource' && type !== 'trust') || ofResource)
  return { ...decision, layers: recorded.map(({ denies: _d, allows: _a, reach: _r, ...layer }) => layer) }
}

function opinionsOf(request: AuthorizationRequest, sources: Sources): Opinion[] {
  const { principal } = request
  const nameless = principal.kind === 'service' || principal.kind === 'anonymous'
  const bounded = sources.boundary !== undefined
  const ask = (type: PolicyType, docs: Doc[], ...place: number[]) => {
    return opinionOf(
      type,
      docs.map((doc, at) => [nameOf(type, ...place, at), doc] as const),
      request,
      bounded,
    )
  }
  const askLevels = (type: PolicyType, levels: Doc[][]) =>
    everyLevel(
      type,
      levels.map((docs, at) => ask(type, docs, at)),
    )
  const resourceType = sources.resourceType ?? 'resource'
  const opinions: Opinion[] = []

  // "SCPs do not affect any service-linked role", nor service principals; RCPs are about the resource, whoever calls.
  if (sources.rcp && !principal.serviceLinked) opinions.push(askLevels('rcp', sources.rcp))
  if (sources.scp && !principal.serviceLinked && !nameless) opinions.push(askLevels('scp', sources.scp))
  if (sources.endpoint) opinions.push(ask('endpoint', [sources.endpoint]))
  const written = ask(resourceType, sources.resource ? [sources.resource] : [])
  opinions.push(sources.grants ? granted(written, sources.grants, request) : written)
  if (nameless) return opinions
  // Root may do all, and so may the federated session of a root, but for what its session policy says.
  const isRoot =
    principal.kind === 'root' || (principal.kind === 'federated-user' && principal.parentArn?.endsWith(':root'))
  if (!isRoot) {
    opinions.push(ask('identity', sources.identity))
    if (sources.boundary) opinions.push(ask('boundary', [sources.boundary]))
  }
  // "GetFederationToken: if you do not pass a policy, the resulting federated user session has no permissions."
  const session = principal.kind === 'federated-user' ? (sources.session ?? []) : sources.session
  if (session) opinions.push(ask('session', session))
  return opinions
}

/** "Determining whether a request is allowed or denied within an account", step by step. */
function decideOn(opinions: Opinion[], request: AuthorizationRequest, sources: Sources): NaiveDecision {
  const { kind, account } = request.principal
  const resourceType = sources.resourceType ?? 'resource'
  const of = (type: PolicyType) => opinions.find((opinion) => opinion.type === type)
  // A layer that is not there lacks nothing.
  const silent = (type: PolicyType) => of(type)?.allows === false
  const refuse = (decidedBy: PolicyType): NaiveDecision => ({ effect: 'implicit-deny', decidedBy })
  const grant = (decidedBy: NaiveDecision['decidedBy']): NaiveDecision => ({ effect: 'allow', decidedBy })

  // 1. An explicit deny, wherever it is.
  const denier = opinions.find(({ denies }) => denies)
  if (denier) return { effect: 'explicit-deny', decidedBy: denier.type }

  // 2. The filters: no allow there, no access.
  for (const type of ['rcp', 'scp', 'endpoint'] as const) if (silent(type)) return refuse(type)

  // 3. The resource's own policy.
  const { reach } = of(resourceType)!
  const direct = reach.includes('direct')
  // Services and strangers have no policies of their own.
  if (kind === 'service' || kind === 'anonymous') return direct ? grant(resourceType) : refuse(resourceType)
  const sameAccount = account === request.resourceAccount
  if (sameAccount && direct) return grant(resourceType)
  if (sameAccount && reach.includes('entity')) {
    if (silent('boundary')) return refuse('boundary')
    if (silent('session')) return refuse('session')
    return grant(resourceType)
  }
  // "Cross-account: both"; and keys and roles are nobody's but by their own policy.
  if (reach.length === 0 && (!sameAccount || sources.resourceRequired)) return refuse(resourceType)

  // 4. The caller's own policies: all of them.
  for (const type of ['identity', 'boundary', 'session'] as const) if (silent(type)) return refuse(type)
  if (of('identity')) return grant('identity')
  return grant(sameAccount && reach.length === 0 ? 'root' : resourceType)
}

/** KMS Developer Guide, "Grants in AWS KMS": "a grant can allow, but not deny"; it stands beside the key policy. */
function granted(written: Opinion, grants: NonNullable<Sources['grants']>, request: AuthorizationRequest): Opinion {
  const opinion: Opinion = { ...written, matched: [...written.matched], reach: [...written.reach] }
  for (const [at, grant] of grants.entries()) {
    const type = /^(?:arn:|\d{12}$)/.test(grant.grantee) ? 'AWS' : 'Service'
    const reach = reachOf({ Effect: 'Allow', Principal: { [type]: grant.grantee } }, request, false)
    if (reach.length === 0 || !grantCovers(grant, request)) continue
    opinion.matched.push(nameOf('grant', at))
    opinion.allows = true
    opinion.reach.push(...reach)
  }
  opinion.effect = opinion.denies ? 'explicit-deny' : opinion.allows ? 'allow' : 'implicit-deny'
  return opinion
}

function grantCovers(
  { operations, constraints }: Omit<Grant, 'id'>,
  { action, context }: AuthorizationRequest,
): boolean {
  const operation = operations.find((name) => `kms:${name}`.toLowerCase() === action.toLowerCase())
  if (operation === undefined) return false
  // "The grant constraint doesn't apply to these operations."
  if (operation === 'DescribeKey' || operation === 'RetireGrant') return true
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints ?? {}
  const has = (pairs: Readonly<Record<string, string>> = {}) =>
    Object.entries(pairs).every(([key, value]) => context(`kms:encryptioncontext:${key.toLowerCase()}`) === value)
  const keys = listOf(context('kms:encryptioncontextkeys')) as string[]
  const noOthers = !equals || keys.every((key) => Object.hasOwn(equals, key))
  return has(subset) && has(equals) && noOthers
}

/** "Every level from the root to the account must allow, and a deny on any level denies." */
function everyLevel(type: PolicyType, levels: Opinion[]): Opinion {
  const denying = levels.findIndex((level) => level.denies)
  const lacking = levels.findIndex((level) => !level.allows)
  const level = denying === -1 ? lacking : denying
  return {
    type,
    denies: denying !== -1,
    allows: lacking === -1,
    effect: denying !== -1 ? 'explicit-deny' : lacking !== -1 ? 'implicit-deny' : 'allow',
    matched: levels.flatMap(({ matched }) => matched),
    reach: [],
    ...(level !== -1 && { level }),
  }
}

/** The union of documents: any Deny denies, any Allow allows. */
function opinionOf(
  type: PolicyType,
  docs: (readonly [name: string, doc: Doc])[],
  request: AuthorizationRequest,
  bounded: boolean,
): Opinion {
  const opinion: Opinion = { type, effect: 'implicit-deny', matched: [], denies: false, allows: false, reach: [] }
  for (const [name, doc] of docs) {
    const variables = doc.Version === '2012-10-17'
    for (const [index, statement] of (listOf(doc.Statement) as Element[]).entries()) {
      if (!actionMatches(statement, request.action)) continue
      if (!resourceMatches(statement, request, type, variables)) continue
      if (!conditionsHold(statement, request.context, variables)) continue
      const reach = hasPrincipals(type) ? reachOf(statement, request, bounded) : (['direct'] as const)
      if (reach.length === 0) continue
      opinion.matched.push(`${name} #${index}`)
      if (statement['Effect'] === 'Deny') opinion.denies = true
      else {
        opinion.allows = true
        opinion.reach.push(...reach)
      }
    }
  }
  opinion.effect = opinion.denies ? 'explicit-deny' : opinion.allows ? 'allow' : 'implicit-deny'
  return opinion
}

function hasPrincipals(type: PolicyType): boolean {
  return type === 'resource' || type === 'trust' || type === 'endpoint' || type === 'rcp'
}

/** One or many, and whatever stands there as text: values may be unquoted booleans and numbers. */
function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

function textsOf(value: unknown): string[] {
  return listOf(value).map(String)
}

// --- patterns

/** A literal text, any run of characters, or exactly one. */
type Piece = string | typeof ANY | typeof ONE
const ANY = Symbol('*')
const ONE = Symbol('?')

/** Walks the text with all the places at once that the pattern may have reached. */
function fits(pieces: Piece[], text: string): boolean {
  let places = [0]
  for (const piece of pieces) {
    if (piece === ANY) {
      const first = places[0]!
      places = Array.from({ length: text.length - first + 1 }, (_, at) => first + at)
    } else if (piece === ONE) places = places.filter((at) => at < text.length).map((at) => at + 1)
    else if (typeof piece === 'string') {
      places = places.filter((at) => text.startsWith(piece, at)).map((at) => at + piece.length)
    }
    if (places.length === 0) return false
  }
  return places.at(-1) === text.length
}

function wild(text: string): Piece[] {
  if (!/[*?]/.test(text)) return [text]
  return text
    .split(/([*?])/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece === '*' ? ANY : piece === '?' ? ONE : piece))
}

/** `${…}`; a brace within a quoted default does not end it. */
const VARIABLE = /(\$\{(?:'[^']*'|[^}'])*\})/

/** The text cut into what is a variable and what is not. */
function cut(text: string, variables: boolean): string[] {
  return variables && text.includes('${') ? text.split(VARIABLE) : [text]
}

function isVariable(part: string, at: number): boolean {
  return at % 2 === 1 && part.startsWith('${')
}

/** The value of a variable; undefined where it stays open. */
function valueOf(variable: string, context: Context): string | undefined {
  const inner = variable.slice(2, -1)
  if (inner === '*' || inner === '?' || inner === '$') return inner
  const [, key, standIn] = /^([^\s${}',]+)(?:, '([^']*)')?$/.exec(inner) ?? []
  if (key === undefined) return undefined
  const value = context(key.toLowerCase())
  if (value === undefined) return standIn
  // "You cannot use multivalued context keys as policy variables."
  return typeof value === 'string' ? value : undefined
}

/** The pieces of a pattern, or undefined where a variable stays open. What a variable yields is text, never a wildcard. */
function piecesOf(pattern: string, context: Context, variables: boolean, wildcards: boolean): Piece[] | undefined {
  const pieces: Piece[] = []
  for (const [at, part] of cut(pattern, variables).entries()) {
    if (!isVariable(part, at)) pieces.push(...(wildcards ? wild(part) : [part]))
    else {
      const value = valueOf(part, context)
      if (value === undefined) return undefined
      pieces.push(value)
    }
  }
  return pieces
}

/** An ARN in six, of which the last keeps its colons; a colon within a variable is not one of them. */
function sixOf(text: string, variables: boolean): string[] {
  const six = ['']
  for (const [at, part] of cut(text, variables).entries()) {
    const [head, ...rest] = isVariable(part, at) ? [part] : part.split(':')
    six[six.length - 1] += head!
    six.push(...rest)
  }
  return six.length > 6 ? [...six.slice(0, 5), six.slice(5).join(':')] : six
}

/** Component by component; undefined where a variable stays open. */
function arnFits(pattern: string[], arn: string, context: Context, variables: boolean): boolean | undefined {
  const components = pattern.map((component) => piecesOf(component, context, variables, true))
  if (components.includes(undefined)) return undefined
  const asked = sixOf(arn, false)
  if (asked.length < 6 || asked[0] !== 'arn' || components.length < 6) return false
  return components.every((pieces, at) => fits(pieces!, asked[at]!))
}

// --- actions

/** "Prefixes and action names are case insensitive." */
function actionMatches(statement: Element, action: string): boolean {
  const among = (names: unknown) =>
    textsOf(names).some((name) => fits(wild(name.trim().toLowerCase()), action.toLowerCase()))
  if (statement['NotAction'] !== undefined) return !among(statement['NotAction'])
  return among(statement['Action'])
}

// --- resources

function resourceMatches(
  statement: Element,
  { resource, context }: AuthorizationRequest,
  type: PolicyType,
  variables: boolean,
): boolean {
  const one = (pattern: string): boolean | undefined => {
    if (/^\*+$/.test(pattern)) return true
    const six = sixOf(pattern, variables)
    while (six.length < 6 && fillsUp(pattern, type, variables)) six.push('*')
    return arnFits(six, resource, context, variables)
  }
  if (statement['Resource'] !== undefined)
    return textsOf(statement['Resource']).some((pattern) => one(pattern) === true)
  // Trust policies speak of no resource: theirs is the role that they hang on.
  if (statement['NotResource'] === undefined) return true
  // An open variable names nothing. An Allow must not grow by that.
  const whenOpen = statement['Effect'] === 'Allow'
  return !textsOf(statement['NotResource']).some((pattern) => one(pattern) ?? whenOpen)
}

/** Whether an ARN of fewer than six components stands for all that begin so (observed by iam-simulate's author). */
function fillsUp(pattern: string, type: PolicyType, variables: boolean): boolean {
  switch (type) {
    case 'identity':
    case 'boundary':
    case 'session':
      return true
    case 'scp':
      return pattern.endsWith('*')
    case 'resource':
    case 'endpoint':
      return cut(pattern, variables).some((part, at) => !isVariable(part, at) && part.includes('*'))
    default:
      return false
  }
}

// --- principals

/** The names of a caller as `TYPE NAME`, by how far a policy reaches that uses them. */
function namesOf(principal: Principal, context: Context): Map<Reach, string[]> {
  const { kind, account, arn, principalArn, entityId, parentArn, canonicalId, service } = principal
  const list = (type: string, ...names: unknown[]) =>
    names.filter((name) => typeof name === 'string').map((name) => `${type} ${name}`)
  const provider = list('Federated', context('aws:federatedprovider'))
  const byAccount = [
    ...list('AWS', account, `arn:${arn.split(':')[1]}:iam::${account}:root`),
    ...list('CanonicalUser', canonicalId),
  ]
  switch (kind) {
    case 'root':
      return new Map([['direct', byAccount]])
    case 'user':
      return new Map([
        ['account', byAccount],
        ['direct', list('AWS', arn, entityId)],
      ])
    case 'role-session':
    case 'federated-user': {
      const parent = kind === 'role-session' ? principalArn : parentArn
      return new Map([
        ['account', byAccount],
        // The parent of a root's federated session is the account.
        ['entity', [...(parent?.endsWith(':root') ? byAccount : list('AWS', parent, entityId)), ...provider]],
        ['direct', list('AWS', arn)],
      ])
    }
    case 'service': {
      // A service goes by its name in the Region, too: logs.us-east-1.amazonaws.com.
      const [name, ...domain] = (service ?? '').split('.')
      const region = context('aws:requestedregion')
      const regional = typeof region === 'string' ? [name, region, ...domain].join('.') : undefined
      return new Map([['direct', list('Service', service, regional)]])
    }
    default:
      // Whoever assumes a role by a token is nobody yet; the provider vouches.
      return new Map([['direct', provider]])
  }
}

/** By which names a statement means the caller; none: it does not mean it. */
function reachOf(statement: Element, { principal, context }: AuthorizationRequest, bounded: boolean): Reach[] {
  const excludes = statement['NotPrincipal'] !== undefined
  const element = (statement['Principal'] ?? statement['NotPrincipal']) as undefined | '*' | Element
  // No grammar lets it be left out here; were it, nobody would be allowed and everybody denied.
  if (element === undefined) return statement['Effect'] === 'Deny' ? ['direct'] : []
  const written =
    element === '*'
      ? ['AWS *']
      : Object.entries(element).flatMap(([type, names]) => textsOf(names).map((name) => `${type} ${name}`))
  const everyone = written.includes('AWS *')
  const own = namesOf(principal, context)
  const all = [...own.keys()]
  const listed = all.filter((reach) => own.get(reach)!.some((name) => written.includes(name)))
  // An Allow for everyone is none for those whom an unnamed identity provider vouches for; a Deny is one for them, too.
  const federated = principal.kind === 'anonymous' && context('aws:federatedprovider') !== undefined
  if (!excludes && everyone) return federated && listed.length === 0 ? ['account'] : ['direct']
  if (!excludes) return listed
  if (everyone) return []
  if (statement['Effect'] === 'Allow') return listed.length > 0 ? [] : ['direct']
  // "When you use NotPrincipal with Deny, you must also specify the account ARN of the principal, and the role's and the
  // session's"; "… will always deny any IAM principal that has a permissions boundary policy attached".
  const spared = !bounded && all.every((reach) => listed.includes(reach))
  return spared ? [] : ['direct']
}

// --- conditions

/** AND over operators, AND over keys. */
function conditionsHold(statement: Element, context: Context, variables: boolean): boolean {
  const block = (statement['Condition'] ?? {}) as Record<string, Element>
  const denies = statement['Effect'] === 'Deny'
  return Object.entries(block).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, key, textsOf(wanted), context, variables, denies)),
  )
}

/** OR over values; of a negated operator, none may match. */
function holds(
  operator: string,
  key: string,
  wanted: string[],
  context: Context,
  variables: boolean,
  denies: boolean,
): boolean {
  const raw = context(key.toLowerCase())
  const values = listOf(raw) as string[]
  const missing = values.length === 0
  // Whatever is not `true` is false (observed).
  if (operator === 'Null') return wanted.some((text) => isTrue(text) === missing)

  const set = operator.startsWith('ForAllValues:') ? 'all' : operator.startsWith('ForAnyValue:') ? 'any' : undefined
  const ifExists = operator.endsWith('IfExists')
  const base = operator.slice(operator.indexOf(':') + 1).replace(/IfExists$/, '')
  const negated = base.includes('Not')
  const positive = base.replace('Not', '')
  // AWS's finding EMPTY_ARRAY_CONDITION: no values match nothing, but for a missing key where that is asked for.
  if (wanted.length === 0) return missing && (set === 'all' || (set === undefined && ifExists))
  const one = (value: string): boolean => {
    // Of what is no address and no ARN, not even a negated operator holds (observed).
    if (positive === 'IpAddress' && addressOf(value) === undefined) return false
    if (positive.startsWith('Arn') && !isArn(value)) return false
    for (const text of wanted) {
      // A policy's value that is no ARN can be compared with none: the Allow is off, the Deny is on (observed).
      if (positive.startsWith('Arn') && isNoArn(text, context, variables)) return denies
      if (matches(positive, value, text, context, variables)) return !negated
    }
    return negated
  }

  // "…or if the key values resolve to a null data set": the empty value of a single-valued key is none (observed).
  const nothing = missing || (Array.isArray(raw) && values.length === 1 && values[0] === '')
  if (set === 'all') return nothing || values.every(one)
  if (set === 'any') return !nothing && values.some(one)
  if (missing) return negated || ifExists
  // A multivalued key without a set operator never satisfies (observed).
  return typeof raw === 'string' && one(raw)
}

function isTrue(text: string | undefined): boolean {
  return /^true$/i.test(text ?? '')
}

function isArn(text: string): boolean {
  const six = sixOf(text, false)
  return six.length === 6 && six[0] === 'arn'
}

/** What may stand first in an ARN pattern; `${*}` is text. */
function isScheme(text: string, variables: boolean): boolean {
  return text === 'arn' || cut(text, variables).some((part, at) => !isVariable(part, at) && /[*?]/.test(part))
}

/** Whether a value, with what its variables yield, is no ARN; one with an open variable is not called so. */
function isNoArn(text: string, context: Context, variables: boolean): boolean {
  if (/^\*+$/.test(text)) return false
  const six = sixOf(text, variables)
  if (six.length === 6 && isScheme(six[0]!, variables)) return false
  const spelled = spell(text, context, variables)
  return spelled !== undefined && !isArn(spelled)
}

/** With its variables' values in their places; undefined where one stays open. */
function spell(text: string, context: Context, variables: boolean): string | undefined {
  const parts = cut(text, variables).map((part, at) => (isVariable(part, at) ? valueOf(part, context) : part))
  return parts.includes(undefined) ? undefined : parts.join('')
}

/** As lower case, not as one folds: and nothing beyond U+FFFF is touched (observed). */
function lower(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const before = Array.from(text).filter((char) => char.length > 1)
  return Array.from(text.toLowerCase())
    .map((char) => (char.length > 1 ? before.shift() : char))
    .join('')
}

/** One value of the request against one of the policy, by an operator that is not negated. */
function matches(operator: string, actual: string, wanted: string, context: Context, variables: boolean): boolean {
  // Without wildcards, all pieces are text.
  const text = () => (piecesOf(wanted, context, variables, false) as string[] | undefined)?.join('')
  switch (operator) {
    case 'StringEquals':
      return text() === actual
    case 'StringEqualsIgnoreCase':
      return lower(text()) === lower(actual)
    case 'Bool':
      return text() !== undefined && isTrue(text()) === isTrue(actual)
    case 'StringLike': {
      const pieces = piecesOf(wanted, context, variables, true)
      return pieces !== undefined && fits(pieces, actual)
    }
    case 'ArnEquals':
    case 'ArnLike':
      return operandFits(wanted, actual, context, variables)
    case 'BinaryEquals':
      return wanted === actual && isBase64(wanted)
    case 'IpAddress':
      return within(actual, wanted)
    default: {
      const [, family, how] = /^(Numeric|Date)(.*)$/.exec(operator) ?? []
      if (family === 'Date') {
        const [a, b] = [instantOf(actual), instantOf(wanted)]
        return a !== undefined && b !== undefined && compares(how!, a, b)
      }
      const [a, b] = [decimalOf(actual), decimalOf(wanted)]
      return a !== undefined && b !== undefined && compares(how!, ...aligned(a, b))
    }
  }
}

function operandFits(wanted: string, arn: string, context: Context, variables: boolean): boolean {
  // A lone star is every ARN.
  if (/^\*+$/.test(wanted)) return arnFits(Array<string>(6).fill('*'), arn, context, variables) === true
  const six = sixOf(wanted, variables)
  if (six.length === 6 && isScheme(six[0]!, variables)) return arnFits(six, arn, context, variables) === true
  // What lacks components may get them from its variables, whose values are text, stars and all.
  const components: Piece[][] = [[]]
  for (const [at, part] of cut(wanted, variables).entries()) {
    const value = isVariable(part, at) ? valueOf(part, context) : wild(part)
    if (value === undefined) return false
    for (const piece of [value].flat()) {
      const [head, ...rest] = typeof piece === 'string' ? piece.split(':') : []
      components.at(-1)!.push(head ?? piece)
      for (const next of rest) {
        if (components.length < 6) components.push([next])
        else components.at(-1)!.push(`:${next}`)
      }
    }
  }
  const asked = sixOf(arn, false)
  return components.length === 6 && components.every((pieces, at) => fits(pieces, asked[at]!))
}

/** "Request value, operator, policy value." */
function compares(how: string, a: bigint, b: bigint): boolean {
  if (how === 'Equals') return a === b
  if (how === 'LessThan') return a < b
  if (how === 'LessThanEquals') return a <= b
  return how === 'GreaterThan' ? a > b : a >= b
}

/** A number as digits times a power of ten: exactly, whatever its size. `+1`, `01`, `1.` and `1e0` are 1 (observed on AWS). */
function decimalOf(text: string): { digits: bigint; power: number } | undefined {
  const [number, sign, whole = '', fraction = '', bare = fraction, power = '0'] =
    /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d{1,5}))?$/i.exec(text) ?? []
  if (number === undefined) return undefined
  const digits = BigInt(whole + bare)
  return { digits: sign === '-' ? -digits : digits, power: Number(power) - bare.length }
}

/** Both as whole numbers of the smaller power of ten. */
function aligned(a: { digits: bigint; power: number }, b: { digits: bigint; power: number }): [bigint, bigint] {
  const least = Math.min(a.power, b.power)
  const scaled = ({ digits, power }: typeof a) => (digits === 0n ? 0n : digits * 10n ** BigInt(power - least))
  return [scaled(a), scaled(b)]
}

/** Milliseconds since the epoch. W3C NOTE-datetime, or seconds; four digits are a year. */
function instantOf(text: string): bigint | undefined {
  const iso =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?)?)?$/i.exec(
      text,
    )
  if (!iso) {
    const [, seconds, fraction = ''] = /^(\+\d{1,19}|\d{5,19}|\d{1,3})(?:\.(\d+))?$/.exec(text) ?? []
    if (seconds === undefined || (fraction && /^\d{1,3}$/.test(seconds))) return undefined
    return BigInt(seconds.replace('+', '') + fraction.slice(0, 3).padEnd(3, '0'))
  }
  const [year, month, day, hour, minute, second] = iso.slice(1, 7).map((part, at) => Number(part ?? (at < 3 ? 1 : 0)))
  const date = new Date(0)
  date.setUTCFullYear(year!, month! - 1, day)
  date.setUTCHours(hour!, minute, second)
  // What the calendar had to correct was no date.
  const same = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
  if (!same || date.getUTCMinutes() !== minute || date.getUTCSeconds() !== second) return undefined
  const [east, zoneHours, zoneMinutes] = [iso[8] !== '-', Number(iso[9] ?? 0), Number(iso[10] ?? 0)]
  if (zoneHours > 23 || zoneMinutes > 59) return undefined
  const zone = (zoneHours * 60 + zoneMinutes) * 60_000 * (east ? 1 : -1)
  return BigInt(date.getTime() - zone) + BigInt((iso[7] ?? '').slice(0, 3).padEnd(3, '0'))
}

/** Padded, and without a bit that counts for nothing: `YQ==`, neither `YQ` nor `YR==` (observed). */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text
}

/**
 * Of a block, bits behind the mask do not count in IPv4 and make it unreadable in IPv6; so do dots. An IPv4 address written as
 * IPv6 is one of IPv4, no other may end in dots (observed on AWS; of the families the User Guide says that they never match).
 */
function within(address: string, block: string): boolean {
  const [, network, length] = /^([^/]*)(?:\/\+?(\d{1,3}))?$/.exec(block) ?? []
  const b = network === undefined ? undefined : bitsOf(network)
  if (!b) return false
  const size = Number(length ?? b.length)
  if (size > b.length || (b.length === 128 && (network!.includes('.') || b.slice(size).includes('1')))) return false
  const a = addressOf(address)
  return a !== undefined && a.length === b.length && a.startsWith(b.slice(0, size))
}

/** The bits of a request's address. */
function addressOf(address: string): string | undefined {
  const bits = bitsOf(address)
  if (bits?.length !== 128) return bits
  const mapped = bits.startsWith('0'.repeat(80) + '1'.repeat(16))
  return mapped ? bits.slice(96) : address.includes('.') ? undefined : bits
}

/** An address as a string of zeros and ones. */
function bitsOf(address: string): string | undefined {
  const binary = (numbers: number[], width: number) => numbers.map((n) => n.toString(2).padStart(width, '0')).join('')
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const octets = address.split('.').map(Number)
    return octets.every((octet) => octet < 256) ? binary(octets, 8) : undefined
  }
  if (!address.includes(':')) return undefined
  // AWS ignores a colon at the end and a third in a row, and reads nothing before the first as 0 (observed).
  const tidy = address
    .replace(/^:(?!:)/, '0:')
    .replace(':::', '::')
    .replace(/([^:]):$/, '$1')
  // The last two groups may be written as an IPv4 address.
  const [, before, v4] = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(tidy) ?? []
  if (before !== undefined && v4 !== undefined) {
    const bits = bitsOf(v4)
    const hex = (from: number) => Number.parseInt(bits!.slice(from, from + 16), 2).toString(16)
    return bits && bitsOf(`${before}${hex(0)}:${hex(16)}`)
  }
  const halves = tidy.split('::')
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return binary(
    groups.map((group) => Number.parseInt(group, 16)),
    16,
  )
}
