import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import type { Job, StepRecord } from '../services/sagemaker/job.ts'
import { findJobByArn, type FoundJob } from '../services/sagemaker/job-table.ts'
import { findTaggable } from '../services/sagemaker/taggable.ts'
import type { World } from '../world.ts'
import { isControlLayer, levelNames } from './control-levels.ts'
import type { Blocker, ExplainedNeed, Explanation, Fix, Layer } from './explanation.ts'
import type { NetworkFix } from '../network/types.ts'
import { policyFixes } from './fixes.ts'
import { workOfJob } from './job-work.ts'
import { jobNotes, notesOf } from './notes.ts'
import { unconditionedCause } from './unconditioned-cause.ts'
import { isTheirRefusal, veiled } from './veil.ts'
import { whichCause } from './which-cause.ts'

/** The recorded decision of a request, or undefined when none is kept for that account. */
export async function explainRequest(
  world: World,
  requestId: string,
  account: string,
): Promise<Explanation | undefined> {
  const trace = world.decisions.get(requestId)
  // Of a call that nobody is known to have made, only the server's own account hears.
  if (!trace || (trace.account ?? world.config.account) !== account) return undefined
  return withCause(world, trace)
}

/** With the inner call that it only passed on, if there was one. */
function withCause(world: World, trace: DecisionTrace): Promise<Explanation> {
  return explanation(world, trace, trace.causedBy === undefined ? undefined : world.decisions.get(trace.causedBy))
}

/** How far back `explainLast` looks, in decisions. */
const LAST_OF = 1000

/** The account's newest call that was refused or failed; our own questions do not count. */
export async function explainLast(world: World, account: string): Promise<Explanation | undefined> {
  const trace = world.decisions
    .recent(LAST_OF)
    .find((one) => one.account === account && one.error !== undefined && one.service !== 'sallyport')
  return trace && explainRequest(world, trace.requestId, account)
}

/** A job: the decision of the step that failed (or of its last call), and all steps. */
export async function explainJob(world: World, arn: string, account: string): Promise<Explanation | undefined> {
  const found = findJobByArn(world.store, arn)
  if (!found) return explainResource(world, arn, account)
  if (found.job.account !== account) return undefined
  const { job, jobs, status } = found
  const children = jobs.facts.children?.(world.store, job) ?? []
  const steps = [...job.steps, ...children.flatMap(stepsOfChild)]
  const { FailureReason: failureReason } = job.description as { FailureReason?: string }
  const requestId = (
    steps.findLast((step) => step.status === 'failed' && step.requestId) ?? steps.findLast((step) => step.requestId)
  )?.requestId
  const trace = requestId === undefined ? undefined : world.decisions.get(requestId)
  const base = trace ? await withCause(world, trace) : withoutCall(world, found, failureReason)
  const notes = jobNotes(workOfJob(world.store, found))
  return {
    ...base,
    ...(notes.length > 0 && { notes }),
    decision: status === 'Failed' ? 'denied' : 'allowed',
    job: { arn, status: status, ...(failureReason ? { failureReason } : {}) },
    steps,
  }
}

/**
 * What is no job and may have failed all the same: a notebook instance, an app. Its FailureReason ends with the id of the
 * request that was refused, as AWS pastes it.
 */
async function explainResource(world: World, arn: string, account: string): Promise<Explanation | undefined> {
  const found = findTaggable(world.store, arn)
  if (found?.account !== account) return undefined
  const { FailureReason: failureReason, ...description } = found.description as Record<string, string | undefined>
  const id = /Request ID: ([\da-f-]{36})/.exec(failureReason ?? '')?.[1]
  const base = id === undefined ? undefined : await explainRequest(world, id, account)
  const status = description['NotebookInstanceStatus'] ?? description['Status'] ?? ''
  return base && { ...base, job: { arn, status, ...(failureReason && { failureReason }) } }
}

/** What a job of a job did not get; what went well is its own matter. */
function stepsOfChild({ name, steps }: Job): StepRecord[] {
  return steps
    .filter(({ status }) => status === 'failed' || status === 'refused')
    .map((step) => ({ ...step, name: `${name}: ${step.name}` }))
}

async function explanation(world: World, recorded: DecisionTrace, causedBy?: DecisionTrace): Promise<Explanation> {
  const trace = veiled(world.store, recorded)
  const cause = causedBy ? veiled(world.store, causedBy) : unconditionedCause(world, recorded)
  const notes = notesOf(trace)
  const decisive = cause ?? trace
  const blockers = blockersOf(world, decisive)
  const { kind = 'anonymous', account = '', arn = '', principalArn = '' } = trace.caller ?? {}
  return {
    version: 1,
    requestId: trace.requestId,
    time: new Date(trace.time).toISOString(),
    service: trace.service,
    operation: trace.operation,
    decision: trace.decision === 'allowed' && blockers.length === 0 ? 'allowed' : 'denied',
    status: trace.status,
    ...(trace.error ? { error: trace.error } : {}),
    caller: { kind, account, arn, principalArn },
    origin: decisive.origin,
    way: decisive.way && { ...decisive.way, hops: undefined },
    hops: hopsOf(decisive),
    needs: [...(cause ? trace.needs : []), ...decisive.needs].map(explainedNeed),
    blockers,
    fixes: [...(decisive.networkFixes ?? []).map(networkFix), ...(await policyFixes(world, decisive, trace))],
    ...(notes.length > 0 && { notes }),
    ...(causedBy && cause ? { causedBy: { requestId: cause.requestId, service: cause.service, operation: cause.operation } } : {}),
  }
}

/** How much it opens is for those who choose between fixes. */
const networkFix = ({ text, call, command }: NetworkFix): Fix => ({ text, call, command })

function hopsOf(trace: DecisionTrace): string[] {
  const { connection, way } = trace
  if (!connection) return [...(way?.hops ?? [])]
  return connection.hops.map(
    (hop) => `${hop.disposition === 'passed' ? 'passed' : 'BLOCKED'} ${hop.component}: ${hop.text}`,
  )
}

function explainedNeed({ action, resource, decision }: NeedTrace): ExplainedNeed {
  return {
    action,
    resource,
    effect: decision.effect,
    // One policy may hang on several levels of an organization, and is told of once.
    layers: decision.layers.flatMap(({ type, policies, matched }) =>
      [...new Set(policies)].map((policy) => {
        const matching = matched.filter((one) => one.policy === policy)
        const byIndex = new Map(matching.map(({ policy: _, ...statement }) => [statement.index, statement]))
        const statements = [...byIndex.values()]
        const effect = statements.some((one) => one.effect === 'Deny')
          ? 'explicit-deny'
          : statements.length
            ? 'allow'
            : 'implicit-deny'
        return { type, policy, effect, statements }
      }),
    ),
    missing: [...decision.missing],
  }
}

/** Everything that stood in the way, the network first: a call that did not arrive was not judged. */
function blockersOf(world: World, trace: DecisionTrace): Blocker[] {
  if (trace.connection) return [...trace.connection.blockers]
  const denied = trace.needs.filter((one) => one.decision.effect !== 'allow')
  if (denied.length) return denied.flatMap((one) => needBlockers(world, trace, one))
  if (!trace.error) return []
  const known = whichCause(world, trace, trace.error)
  if (known) return [known]
  const layer: Layer = trace.stage === 'authenticate' ? 'authentication' : 'validation'
  return [
    { layer, code: trace.error.code, component: `${trace.service}:${trace.operation}`, text: trace.error.message },
  ]
}

function needBlockers(world: World, trace: DecisionTrace, one: NeedTrace): Blocker[] {
  const { decision, nearMisses = [], action, resource } = one
  const explicit = decision.effect === 'explicit-deny'
  const layer = layerOf(trace, one)
  const denier = explicit ? decision.layers.flatMap((l) => l.matched).find((m) => m.effect === 'Deny') : undefined
  const theirs = isTheirRefusal(world.store, trace, one)
  const component = theirs ? resource : (denier?.policy ?? componentOf(trace, one, layer))
  const level = isControlLayer(layer) && !theirs ? levelNames(world, layer, one, trace, denier?.policy) : undefined
  const at = level === undefined ? '' : ` on ${level}`
  const unsaid = theirs ? `; why, only account ${one.resourceAccount} is told` : ''
  const text = explicit
    ? `statement ${denier?.sid ?? denier?.index} of ${component}${at} denies ${action} on ${resource}`
    : `no ${layerWords[layer] ?? layer}${at} allows ${action} on ${resource}${unsaid}`
  return [
    { layer, code: explicit ? 'EXPLICIT_DENY' : 'IMPLICIT_DENY', component, text },
    ...nearMisses.map((miss) => ({
      layer: miss.element === 'Condition' ? ('condition' as const) : layer,
      code: `${miss.element.toUpperCase()}_MISMATCH`,
      component: miss.policy,
      text: `statement ${miss.sid ?? miss.index} (${miss.effect}), ${miss.detail ?? miss.element}: observed ${miss.observed}, required ${miss.required}`,
    })),
  ]
}

const layerWords: Partial<Record<Layer, string>> = {
  'caller-policy': 'identity-based policy of the caller',
  'exec-role-policy': 'identity-based policy of the execution role',
  'pass-role': 'identity-based policy of the caller (iam:PassRole)',
  trust: 'statement of the role trust policy',
  'resource-policy': 'resource-based policy',
  ecr: "statement of the repository's policy",
  'vpce-policy': 'statement of the VPC endpoint policy',
  boundary: 'permissions boundary',
  'session-policy': 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
}

function layerOf(trace: DecisionTrace, { action, decision }: NeedTrace): Layer {
  switch (decision.decidedBy) {
    case 'trust':
      return 'trust'
    case 'endpoint':
      return 'vpce-policy'
    case 'boundary':
      return 'boundary'
    case 'session':
      return 'session-policy'
    case 'scp':
    case 'rcp':
      return decision.decidedBy
    case 'resource':
      return action.startsWith('ecr:') ? 'ecr' : action.startsWith('kms:') ? 'kms' : 'resource-policy'
    default:
      if (action === 'iam:PassRole') return 'pass-role'
      return trace.onBehalfOf?.startsWith('arn:') ? 'exec-role-policy' : 'caller-policy'
  }
}

function componentOf(trace: DecisionTrace, one: NeedTrace, layer: Layer): string {
  if (layer === 'trust' || layer === 'resource-policy' || layer === 'ecr' || layer === 'kms') return one.resource
  if (layer === 'vpce-policy') return trace.way?.vpcEndpointId ?? ''
  return trace.caller?.principalArn || trace.caller?.arn || 'anonymous'
}

/** A job that failed by no call of ours (its program ended with an error) or that goes well. */
function withoutCall(world: World, found: FoundJob, failureReason: string | undefined): Explanation {
  const { account, region, arn } = found.job
  const code = failureReason?.split(':', 1)[0] ?? ''
  const error = { code, message: failureReason ?? '' }
  const known = failureReason && whichCause(world, { account, region }, error, workOfJob(world.store, found).images)
  return {
    version: 1,
    requestId: '',
    time: new Date(world.now()).toISOString(),
    service: 'sagemaker',
    operation: found.jobs.facts.create,
    decision: failureReason ? 'denied' : 'allowed',
    status: 0,
    caller: { kind: 'service', account: '', arn: 'sagemaker.amazonaws.com', principalArn: '' },
    origin: undefined,
    way: undefined,
    hops: [],
    needs: [],
    blockers: failureReason ? [known || { layer: 'validation', code, component: arn, text: failureReason }] : [],
    fixes: [],
  }
}
