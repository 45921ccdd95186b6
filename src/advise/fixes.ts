import { verdict } from '../door/authorize.ts'
import { call as enterDoor, type Door } from '../door/door.ts'
import { need as makeNeed, type Call, type Caller, type Need } from '../door/call.ts'
import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import { buildNetwork } from '../network/network.ts'
import { compiledManagedPolicy } from '../services/iam/policies-of.ts'
import { networkDocuments } from '../services/ec2/documents.ts'
import { findCredential } from '../services/iam/credentials.ts'
import type { World } from '../world.ts'
import { command } from './command.ts'
import type { Fix } from './explanation.ts'
import { currentDocument, resourceSide } from './resource-side.ts'

/** A change as a call, before it was tried. */
type Proposal = Pick<Fix, 'text' | 'call'>

interface Statement {
  Sid?: string
  [element: string]: unknown
}

/**
 * The smallest policy changes that would allow what was denied, each tried on an overlay of today's state by the very code
 * that decides; what does not help is left out. Several layers that all lack an allow are fixed together, in order.
 */
export async function policyFixes(world: World, trace: DecisionTrace): Promise<Fix[]> {
  const fixes: Fix[] = []
  const denied = trace.needs.filter((one) => one.decision.effect !== 'allow')
  if (!denied.length || !trace.caller) return fixes
  const overlay = whatIfWorld(world)
  const caller = callerToday(world, trace)
  for (const one of denied) {
    for (const proposal of await proposals(overlay, trace, one)) {
      await apply(overlay, trace, proposal)
      fixes.push({ ...proposal, command: command(proposal.call) })
    }
    // Honest or nothing: a set of changes that does not lift this need is not offered.
    if (!(await allowedNow(overlay, trace, caller, one))) return fixes.filter((fix) => !isFor(fix, one))
  }
  return fixes
}

const isFor = (fix: Fix, one: NeedTrace): boolean => fix.text.includes(one.action)

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

async function allowedNow(overlay: World, trace: DecisionTrace, caller: Caller, one: NeedTrace): Promise<boolean> {
  const call: Call = {
    requestId: trace.requestId,
    service: trace.service,
    operation: trace.operation,
    caller,
    origin: trace.origin!,
    way: trace.way!,
    account: trace.account!,
    region: trace.region!,
    time: trace.time,
    secure: one.context?.['aws:securetransport'] !== 'false',
    userAgent: '',
    world: overlay,
    header: () => undefined,
  }
  const context = Object.fromEntries(Object.entries(one.context ?? {}).filter(([, value]) => value !== '(absent)'))
  const again: Need = makeNeed(one.action, one.resource, {
    context,
    ...(one.resourceAccount ? { resourceAccount: one.resourceAccount } : {}),
    ...resourceSide(overlay, one, trace),
  })
  return verdict(call, again).effect === 'allow'
}

async function apply(overlay: World, trace: DecisionTrace, { call: change }: Proposal): Promise<void> {
  const root: Caller = {
    kind: 'root',
    account: trace.account!,
    arn: `arn:aws:iam::${trace.account}:root`,
    principalArn: `arn:aws:iam::${trace.account}:root`,
    userId: trace.account!,
    tags: {},
  }
  await overlay.door.call({
    service: change.service,
    operation: change.operation,
    input: change.input,
    as: { caller: root, via: 'sallyport.what-if' },
    origin: { kind: 'service-network', service: 'sallyport' },
    region: trace.region!,
  })
}

async function proposals(overlay: World, trace: DecisionTrace, one: NeedTrace): Promise<Proposal[]> {
  if (one.decision.effect === 'explicit-deny') return denierProposals(overlay, trace, one)
  return (one.suggestions ?? []).flatMap(({ layer, statement }) => addition(overlay, trace, one, layer, statement as unknown as Statement))
}

/** Adds one statement to the layer that lacks an allow. */
function addition(overlay: World, trace: DecisionTrace, one: NeedTrace, layer: string, statement: Statement): Proposal[] {
  if (layer === 'identity') return identityAddition(trace, one, statement)
  if (layer === 'boundary') return boundaryAddition(overlay, trace, one, statement)
  const target = currentDocument(overlay, layer, one, trace)
  if (!target) return []
  const document = { Version: '2012-10-17', ...target.document, Statement: [...statementsOf(target.document), statement] }
  return [{ text: `allow ${one.action} in ${target.name}`, call: target.write(JSON.stringify(document)) }]
}

function identityAddition({ caller }: DecisionTrace, one: NeedTrace, statement: Statement): Proposal[] {
  const PolicyName = `Allow-${one.action.replaceAll(/[^\w+=,.@-]/g, '-')}`
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  if (caller!.kind === 'role-session' && caller!.name) {
    const text = `allow ${one.action} on ${one.resource} to role ${caller!.name}`
    return [{ text, call: { service: 'iam', operation: 'PutRolePolicy', input: { RoleName: caller!.name, PolicyName, PolicyDocument } } }]
  }
  if (caller!.kind === 'user' && caller!.name) {
    const text = `allow ${one.action} on ${one.resource} to user ${caller!.name}`
    return [{ text, call: { service: 'iam', operation: 'PutUserPolicy', input: { UserName: caller!.name, PolicyName, PolicyDocument } } }]
  }
  return []
}

/** Only a customer's own boundary can be changed; AWS's managed ones cannot. */
function boundaryAddition(overlay: World, _trace: DecisionTrace, one: NeedTrace, statement: Statement): Proposal[] {
  const arn = one.decision.layers.find((layer) => layer.type === 'boundary')?.policies[0]
  if (!arn || arn.startsWith('arn:aws:iam::aws:')) return []
  const document = JSON.parse(compiledManagedPolicy(overlay.store, arn).text) as { Statement: Statement | Statement[] }
  const PolicyDocument = JSON.stringify({ ...document, Statement: [...statementsOf(document), statement] })
  return [
    {
      text: `allow ${one.action} in the permissions boundary ${arn}`,
      call: { service: 'iam', operation: 'CreatePolicyVersion', input: { PolicyArn: arn, PolicyDocument, SetAsDefault: true } },
    },
  ]
}

/** An explicit deny is lifted only where it stands: the denying statement goes, or the call meets what it asks for. */
async function denierProposals(overlay: World, trace: DecisionTrace, one: NeedTrace): Promise<Proposal[]> {
  const found: Proposal[] = []
  for (const { type, matched } of one.decision.layers) {
    const indexes = new Set(matched.filter((match) => match.effect === 'Deny').map((match) => match.index))
    const denier = matched.find((match) => match.effect === 'Deny')
    if (!denier) continue
    const target = currentDocument(overlay, type, one, trace, denier.policy)
    if (!target) continue
    const kept = statementsOf(target.document).filter((_, index) => !indexes.has(index))
    const call = kept.length ? target.write(JSON.stringify({ ...target.document, Statement: kept })) : target.remove
    if (!call) continue
    const misses = (one.nearMisses ?? []).filter((miss) => miss.policy === denier.policy && miss.detail)
    const instead = misses.map((miss) => `${miss.detail} (observed ${miss.observed}, required ${miss.required})`).join(' or ')
    found.push({
      text: `remove the statement of ${target.name} that denies ${one.action}${instead ? `, or meet its condition: ${instead}` : ''}`,
      call,
    })
  }
  return found
}

function statementsOf(document: { Statement?: unknown }): Statement[] {
  const { Statement: all } = document
  return (Array.isArray(all) ? all : all ? [all] : []) as Statement[]
}
