import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import type { Caller, Origin } from './call.ts'
import { Unreachable } from './locate.ts'
import { newRequestId } from './request-id.ts'
import type { DecisionTrace, RecordedCaller } from './trace.ts'

/** Stage 6: the evidence of one call, filled in stage by stage and kept whatever the outcome. */
export interface Record {
  readonly trace: DecisionTrace
  /** Something was written. */
  changed: boolean
  /** The stage that the call is in. */
  stage: NonNullable<DecisionTrace['stage']>
}

export function begin(world: World, origin: Origin, onBehalfOf?: string): Record {
  const time = world.now()
  const trace: DecisionTrace = {
    requestId: newRequestId(time),
    time,
    service: '',
    operation: '',
    decision: 'rejected',
    status: 0,
    origin,
    needs: [],
    ...(onBehalfOf ? { onBehalfOf } : {}),
  }
  return { trace, changed: false, stage: 'parse' }
}

export function succeeded(world: World, record: Record, status: number): void {
  const { trace } = record
  trace.decision = 'allowed'
  trace.status = status
  keep(world, record)
}

/**
 * Turns whatever was thrown into AWS's answer. What is no AwsError is our bug: a 500 that names the record, and a log line.
 */
export function failed(world: World, record: Record, error: unknown): AwsError {
  const { trace, stage } = record
  const answer = error instanceof AwsError ? error : unexpected(world, record, error)
  trace.status = answer.status
  trace.stage = stage
  trace.error = { code: answer.code, message: withoutToken(answer.message) }
  if (answer.causedBy) trace.causedBy = answer.causedBy
  answer.requestId = trace.requestId
  // Refused by policy or by the network, or allowed and then failed on its own account (no such bucket, a conflict).
  const refused = stage === 'authorize' || trace.connection !== undefined
  trace.decision = refused ? 'denied' : stage === 'perform' ? 'allowed' : 'rejected'
  keep(world, record)
  return answer
}

/** A wrong signature is answered with all that should have been signed, a session's token too; that is not for keeping. */
function withoutToken(message: string): string {
  return message.replaceAll(/(x-amz-security-token[:=])[^&\s]+/gi, '$1…')
}

function unexpected(world: World, record: Record, error: unknown): AwsError {
  if (error instanceof Unreachable) {
    record.trace.connection = error.connection
    record.trace.networkFixes = error.fixes
    return new AwsError(`Network.${error.connection.verdict}`, error.message, 0)
  }
  world.log.error({ err: error, requestId: record.trace.requestId }, 'internal failure')
  return new AwsError(
    'InternalFailure',
    `The request processing has failed because of an unknown error (request id ${record.trace.requestId}).`,
    500,
  )
}

/** A change and its decision are kept together, before anyone is told; reads are written in batches. */
function keep(world: World, record: Record): void {
  world.decisions.append(record.trace)
  if (record.changed) world.decisions.flush()
}

const recorded = new WeakMap<Caller, RecordedCaller>()

/** What is kept of a caller; the same object for each of its calls. */
export function recordedCaller(caller: Caller): RecordedCaller {
  let kept = recorded.get(caller)
  if (!kept) {
    const { sessionPolicies: _, ...rest } = caller
    kept = rest
    recorded.set(caller, kept)
  }
  return kept
}
