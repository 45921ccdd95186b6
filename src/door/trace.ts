import type { Decision, NearMiss } from '../policy/types.ts'
import type { Caller, Origin, Way } from './call.ts'

/** How one need of a call was decided. */
export interface NeedTrace {
  action: string
  resource: string
  decision: Decision
  /** Statements that nearly allowed (or nearly did not deny); only for denials. */
  nearMisses?: NearMiss[]
  /** Policies asked, id -> where its text can be read. */
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
  /** Request id of the call, or ARN of the job, on whose behalf it was made. */
  onBehalfOf?: string
}
