import type { Blocker } from '../network/types.ts'
import type { Decision, NearMiss } from '../policy/types.ts'
import type { Caller, Origin, Way } from './call.ts'

/** How one need of a call was decided. */
export interface NeedTrace {
  action: string
  resource: string
  decision: Decision
  /** Statements that nearly allowed (or nearly did not deny); only for denials. */
  nearMisses?: NearMiss[]
  /** Condition keys that were looked at, with what was found; only for denials. */
  context?: Record<string, string | readonly string[]>
}

/** The recorded evidence of one call through the door. */
export interface DecisionTrace {
  requestId: string
  /** Epoch milliseconds. */
  time: number
  service: string
  operation: string
  decision: 'allowed' | 'denied' | 'rejected'
  /** HTTP status and, for a refusal or failure, AWS's code and sentence. */
  status: number
  error?: { code: string; message: string }
  /** The stage that refused: parse, authenticate, locate, authorize, perform. */
  stage?: 'parse' | 'authenticate' | 'locate' | 'authorize' | 'perform'
  caller?: Pick<Caller, 'kind' | 'account' | 'arn' | 'principalArn'>
  origin?: Origin
  way?: Way
  needs: NeedTrace[]
  /** Why it could not arrive, when the network stopped it. */
  blockers?: readonly Blocker[]
  /** Request id of the inner call whose refusal led to this one: there the reason is. */
  causedBy?: string
  /** Request id of the call, or ARN of the job, on whose behalf it was made. */
  onBehalfOf?: string
}
