import { judged, verdict } from '../door/authorize.ts'
import { call as enterDoor, type Door } from '../door/door.ts'
import { need as makeNeed, type Call, type Caller, type Need } from '../door/call.ts'
import type { DecisionTrace } from '../door/trace.ts'
import { buildNetwork } from '../network/network.ts'
import { networkDocuments } from '../services/ec2/documents.ts'
import { findCredential } from '../services/iam/credentials.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { command } from './command.ts'
import type { Fix } from './explanation.ts'
import { jobNeeds } from './job-needs.ts'
import { doer, workFor, type Work } from './job-work.ts'
import { proposers, type Denied, type Proposal } from './proposals.ts'
import { resourceSide } from './resource-side.ts'

/**
 * The smallest policy changes that would allow what was denied, tried together on an overlay of today's state by the very
 * code that decides. A set that does not lift every denied need is not offered. For a job, what else it will ask by its role
 * is lifted too: a fix that only moves the failure on would be none. `outer`: the request that passed the refusal on.
 */
export async function policyFixes(world: World, trace: DecisionTrace, outer?: DecisionTrace): Promise<Fix[]> {
  const denied = trace.needs.filter((one) => one.decision.effect !== 'allow').map((one) => ({ one, trace }))
  if (!denied.length || !trace.caller || !trace.way) return []
  const work = doer(trace, outer) === undefined ? undefined : workFor(world.store, trace, outer)
  const further = await deniedNext(world, denied, work)
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
  for (const propose of proposers) {
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
  if (!work) return []
  const call = callAgain(world, trace, callerToday(world, trace))
  const further: Denied[] = []
  for (const { call: next, need } of await jobNeeds(call, work)) {
    const known = [...denied, ...further].some(
      ({ one }) => one.action === need.action && one.resource === need.resource,
    )
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
