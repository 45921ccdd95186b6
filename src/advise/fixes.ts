import { judged, verdict } from '../door/authorize.ts'
import { call as enterDoor, type Door } from '../door/door.ts'
import { need as makeNeed, type Call, type Caller, type Need } from '../door/call.ts'
import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import { buildNetwork } from '../network/network.ts'
import { compiledManagedPolicy, policiesOf } from '../services/iam/policies-of.ts'
import { networkDocuments } from '../services/ec2/documents.ts'
import { findCredential } from '../services/iam/credentials.ts'
import { escapePattern } from '../policy/pattern.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { command } from './command.ts'
import { isControlLayer, lackingTargets } from './control-levels.ts'
import type { Fix } from './explanation.ts'
import { jobNeeds } from './job-needs.ts'
import { jobAsked, workFor, type Work } from './job-work.ts'
import { currentDocument, resourceSide, type Target } from './resource-side.ts'

/** A change as a call, before it was tried. */
interface Proposal extends Pick<Fix, 'text' | 'call'> {
  /** Whose resource is changed; only its account can. */
  account: string
}

type Statement = Record<string, unknown>

/** A document to which statements can be added. */
type Addressee = Pick<Target, 'name' | 'account' | 'document' | 'write'>

/** A need that was refused, or would be, and the call that has it. */
interface Denied {
  one: NeedTrace
  trace: DecisionTrace
}

/**
 * The smallest policy changes that would allow what was denied, tried together on an overlay of today's state by the very
 * code that decides. A set that does not lift every denied need is not offered. For a job, what else it will ask by its role
 * is lifted too: a fix that only moves the failure on would be none. `outer`: the request that passed the refusal on.
 */
export async function policyFixes(world: World, trace: DecisionTrace, outer?: DecisionTrace): Promise<Fix[]> {
  const denied = trace.needs.filter((one) => one.decision.effect !== 'allow').map((one) => ({ one, trace }))
  if (!denied.length || !trace.caller || !trace.way) return []
  const further = await deniedNext(world, denied, workFor(world.store, trace, outer))
  const sameService = further.filter((one) => one.trace.service === trace.service)
  // What strangers guard cannot be lifted: then less is offered.
  for (const more of [further, sameService].filter((some) => some.length > 0)) {
    const whole = await liftAll(world, trace, [...denied, ...more])
    if (whole.length > 0) return whole
  }
  return liftAll(world, trace, denied)
}

async function liftAll(world: World, trace: DecisionTrace, denied: readonly Denied[]): Promise<Fix[]> {
  const overlay = whatIfWorld(world)
  const caller = callerToday(world, trace)
  const fixes: Fix[] = []
  for (const propose of [identityAddition, otherAdditions, removals]) {
    // Each kind looks at the overlay as the one before left it, so that two changes of one document do not undo each other.
    for (const proposal of propose(overlay, denied)) {
      if (!(await apply(overlay, trace, proposal))) return []
      const { call, text, account } = proposal
      const isOwn = account === trace.account
      const whose = isOwn ? '' : ` (in account ${account})`
      fixes.push({ text: `${text}${whose}`, call, command: command(call), ...(!isOwn && { account }) })
    }
  }
  return denied.every((one) => allowedNow(overlay, caller, one)) ? fixes : []
}

/** What else the job will ask by its role and would not be allowed today. */
async function deniedNext(world: World, denied: readonly Denied[], work: Work | undefined): Promise<Denied[]> {
  const { trace } = denied[0]!
  if (!work || !trace.onBehalfOf?.startsWith('arn:')) return []
  const call = callAgain(world, trace, callerToday(world, trace))
  const further: Denied[] = []
  for (const { call: next, need } of await jobNeeds(call, work)) {
    const known = [...denied, ...further].some(({ one }) => one.action === need.action && one.resource === need.resource)
    const one = known ? undefined : judged(next, need)
    const { service, operation, origin, way } = next
    if (one && one.decision.effect !== 'allow')
      further.push({ one, trace: { ...trace, service, operation, origin, way } })
  }
  return further
}

/** The same server on a scratch view of its state. Nothing that happens there is seen or kept. */
function whatIfWorld(world: World): World {
  const store = world.store.overlay()
  const overlay: World = {
    ...world,
    store,
    decisions: { append() {}, get: () => undefined, recent: () => [], flush() {}, close() {} },
    door: { call: (inner) => enterDoor(overlay, inner) } satisfies Door,
    network: (account, region) => buildNetwork(networkDocuments(store, account, region), region),
  }
  return overlay
}

/** The caller as it is today, session policies and all; as it was recorded when its session is gone. */
function callerToday(world: World, trace: DecisionTrace): Caller {
  const id = trace.caller!.accessKeyId
  return (id === undefined ? undefined : findCredential(world.store, id, world.now())?.caller) ?? trace.caller!
}

/** The recorded call, made once more on a world. */
function callAgain(world: World, trace: DecisionTrace, caller: Caller, secure = true): Call {
  return {
    requestId: trace.requestId,
    service: trace.service,
    operation: trace.operation,
    caller,
    origin: trace.origin!,
    way: trace.way!,
    account: trace.account!,
    region: trace.region!,
    time: trace.time,
    secure,
    userAgent: '',
    world,
    header: () => undefined,
  }
}

function allowedNow(overlay: World, caller: Caller, { one, trace }: Denied): boolean {
  const call = callAgain(overlay, trace, caller, one.context?.['aws:securetransport'] !== 'false')
  const context = Object.fromEntries(Object.entries(one.context ?? {}).filter(([, value]) => value !== '(absent)'))
  const again: Need = makeNeed(one.action, one.resource, {
    context,
    ...(one.resourceAccount ? { resourceAccount: one.resourceAccount } : {}),
    ...resourceSide(overlay, one, trace),
  })
  return verdict(call, again).effect === 'allow'
}

/** Makes the change on the overlay; false where AWS would refuse it (a quota, a role that nobody may change). */
async function apply(overlay: World, trace: DecisionTrace, { call: change, account }: Proposal): Promise<boolean> {
  const arn = `arn:aws:iam::${account}:root`
  const root: Caller = { kind: 'root', account, arn, principalArn: arn, userId: account, tags: {} }
  const made = overlay.door.call({
    service: change.service,
    operation: change.operation,
    input: change.input,
    as: { caller: root, via: 'sallyport.what-if' },
    origin: { kind: 'service-network', service: 'sallyport' },
    region: trace.region!,
  })
  return made.then(
    () => true,
    (error: unknown) => {
      if (error instanceof AwsError) return false
      throw error
    },
  )
}

type Propose = (overlay: World, denied: readonly Denied[]) => Iterable<Proposal>

/** What identity-based policies lack, as one inline policy of the caller's user or role. */
const identityAddition: Propose = (overlay, denied) => {
  const { trace } = denied[0]!
  const { kind, name, account } = trace.caller!
  if (!name || (kind !== 'role-session' && kind !== 'user')) return []
  const statements = denied.flatMap(({ one }) =>
    (one.suggestions ?? [])
      .filter(({ layer }) => layer === 'identity')
      .map(({ statement }) => ({ ...statement, Resource: reach(overlay, trace, one) })),
  )
  if (!statements.length) return []
  const actions = [...new Set(statements.map((one) => one['Action']))]
  const owner = kind === 'user' ? { UserName: name } : { RoleName: name }
  const input = {
    ...owner,
    PolicyName: freeName(overlay, trace, `Allow-${actions[0]!.replaceAll(/[^\w+=,.@-]/g, '-')}`),
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: merged(statements) }),
  }
  return [
    {
      text: `allow ${actions.join(', ')} to ${kind === 'user' ? 'user' : 'role'} ${name}`,
      account,
      call: { service: 'iam', operation: kind === 'user' ? 'PutUserPolicy' : 'PutRolePolicy', input },
    },
  ]
}

/** One statement for all that differ in their resource only. */
function merged(statements: readonly Statement[]): Statement[] {
  const alike = Map.groupBy(statements, ({ Resource: _, ...rest }) => JSON.stringify(rest))
  return [...alike.values()].map((group) => {
    const resources = [...new Set(group.flatMap(({ Resource }) => Resource ?? []))]
    // A trust policy's statement has no Resource.
    return resources.length ? { ...group[0], Resource: resources.length === 1 ? resources[0] : resources } : group[0]!
  })
}

/** A policy name that overwrites no inline policy that is there. */
function freeName(overlay: World, { caller }: DecisionTrace, wanted: string): string {
  const taken = new Set(policiesOf(overlay.store, caller!).identity.map((one) => one.id))
  let name = wanted
  for (let n = 2; taken.has(`inline:${name}`); n++) name = `${wanted}-${n}`
  return name
}

/**
 * A job needs more than the one object at which it failed: the prefix of the channel or of the output, its log group rather
 * than one stream of it (scopes of the role page, seed 003), and its interfaces are others each time. Everything else is
 * meant to the letter.
 */
function reach(overlay: World, trace: DecisionTrace, one: NeedTrace): string {
  const exact = one.resource === '*' ? '*' : escapePattern(one.resource)
  if (/^arn:[^:]*:ec2:[^:]*:[^:]*:network-interface\//.test(one.resource) && trace.onBehalfOf?.startsWith('arn:'))
    return one.resource.replace(/[^/]*$/, '*')
  const found = jobAsked(overlay.store, trace.onBehalfOf)
  if (!found) return exact
  const { reads, outputs } = found.jobs.facts.transfers(found.job)
  const prefixes = [...reads.map(({ uri }) => uri), ...outputs].map((uri) => uri.replace('s3://', 'arn:aws:s3:::'))
  const prefix = prefixes.find((arn) => arn.includes('/') && one.resource.startsWith(arn))
  if (prefix) return `${escapePattern(prefix)}*`
  const group = /^(arn:[^:]*:logs:[^:]*:[^:]*:log-group:\/aws\/sagemaker\/\w+)/.exec(one.resource)
  return group ? `${group[1]}*` : exact
}

/** What other layers lack: statements more in each document that lacks them. */
function* otherAdditions(overlay: World, denied: readonly Denied[]): Iterable<Proposal> {
  const additions = denied.flatMap(({ one, trace }) =>
    (one.suggestions ?? []).flatMap(({ layer, statement }) => {
      if (layer === 'identity') return []
      const reaching = statement.Resource === undefined ? {} : { Resource: reach(overlay, trace, one) }
      return addressees(overlay, layer, one, trace).map((target) => ({
        target,
        statement: { ...statement, ...reaching },
      }))
    }),
  )
  for (const group of Map.groupBy(additions, ({ target }) => target.name).values()) {
    const { target } = group[0]!
    const Statement = [...statementsOf(target.document), ...merged(group.map((one) => one.statement))]
    const actions = [...new Set(group.map((one) => one.statement.Action))].join(', ')
    const document = { Version: '2012-10-17', ...target.document, Statement }
    const { name, account } = target
    yield { text: `allow ${actions} in ${name}`, account, call: target.write(JSON.stringify(document)) }
  }
}

/** Documents to which a layer's statement must be added: one, but for an organization, where every level must allow. */
function addressees(overlay: World, layer: string, one: NeedTrace, trace: DecisionTrace): Addressee[] {
  if (isControlLayer(layer)) return lackingTargets(overlay, layer, one, trace)
  const target = layer === 'boundary' ? boundaryTarget(overlay, one) : currentDocument(overlay, layer, one, trace)
  return target ? [target] : []
}

/** Only a customer's own boundary can be changed; AWS's managed ones cannot. */
function boundaryTarget(overlay: World, one: NeedTrace): Addressee | undefined {
  const arn = one.decision.layers.find((layer) => layer.type === 'boundary')?.policies[0]
  if (!arn || arn.startsWith('arn:aws:iam::aws:')) return undefined
  return {
    name: `the permissions boundary ${arn}`,
    account: arn.split(':', 5)[4]!,
    document: JSON.parse(compiledManagedPolicy(overlay.store, arn).text) as Target['document'],
    write: (PolicyDocument) => ({
      service: 'iam',
      operation: 'CreatePolicyVersion',
      input: { PolicyArn: arn, PolicyDocument, SetAsDefault: true },
    }),
  }
}

/** An explicit deny is lifted only where it stands: the denying statement goes, or the call meets what it asks for. */
function* removals(overlay: World, denied: readonly Denied[]): Iterable<Proposal> {
  const seen = new Set<string>()
  for (const { one, trace } of denied) {
    for (const { type, matched } of one.decision.layers) {
      const deniers = matched.filter((match) => match.effect === 'Deny')
      const policy = deniers[0]?.policy
      if (policy === undefined || seen.has(policy)) continue
      seen.add(policy)
      const target = currentDocument(overlay, type, one, trace, policy)
      if (!target) continue
      const indexes = new Set(deniers.map((match) => match.index))
      const kept = statementsOf(target.document).filter((_, index) => !indexes.has(index))
      const { name, account, document, remove } = target
      const otherwise = instead(one, policy)
      if (kept.length) {
        const text = `remove the statement of ${name} that denies ${one.action}${otherwise}`
        yield { text, account, call: target.write(JSON.stringify({ ...document, Statement: kept })) }
      } else if (remove) {
        const saying = indexes.size === 1 ? 'its only statement denies' : 'each of its statements denies'
        const text = `${remove.text}, as ${saying} ${one.action}${otherwise}`
        yield { text, account, call: remove.call }
      }
    }
  }
}

function instead(one: NeedTrace, policy: string): string {
  const conditions = (one.nearMisses ?? []).filter((miss) => miss.policy === policy && miss.detail)
  const words = conditions.map((miss) => `${miss.detail} (observed ${miss.observed}, required ${miss.required})`)
  return words.length ? `, or meet its condition: ${words.join(' or ')}` : ''
}

function statementsOf(document: { Statement?: unknown }): Statement[] {
  const { Statement: all } = document
  return (Array.isArray(all) ? all : all ? [all] : []) as Statement[]
}
