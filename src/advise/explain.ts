import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import type { Job, StepRecord } from '../services/sagemaker/job.ts'
import { findJobByArn, type FoundJob } from '../services/sagemaker/job-table.ts'
import { findTaggable } from '../services/sagemaker/taggable.ts'
import type { World } from '../world.ts'
import { blockersOf } from './blockers.ts'
import type { ExplainedNeed, Explanation, Fix } from './explanation.ts'
import type { NetworkFix } from '../network/types.ts'
import { policyFixes } from './fixes.ts'
import { doer, workOfJob } from './job-work.ts'
import { jobNotes, notesOf } from './notes.ts'
import { unconditionedCause } from './unconditioned-cause.ts'
import { veiled } from './veil.ts'
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
  const blockers = blockersOf(world, decisive, doer(decisive, trace) !== undefined)
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
    ...(causedBy && cause
      ? { causedBy: { requestId: cause.requestId, service: cause.service, operation: cause.operation } }
      : {}),
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
