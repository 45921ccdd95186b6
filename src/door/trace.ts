import type { Connection, NetworkFix } from '../network/types.ts'
import type { Suggestion } from '../policy/suggest.ts'
import type { Decision, NearMiss } from '../policy/types.ts'
import type { Caller, Origin, Way } from './call.ts'
import type { Snapshot } from './snapshot.ts'

/** How one need of a call was decided. */
export interface NeedTrace {
  action: string
  resource: string
  decision: Decision
  /** Statements that nearly allowed (or nearly did not deny); only for denials. */
  nearMisses?: NearMiss[]
  /** Condition keys that were looked at, with what was found; only for denials. */
  context?: Record<string, string | readonly string[]>
  /** What would have to be added, layer by layer; only for denials. */
  suggestions?: Suggestion[]
  /** Owner of the resource; of an allowed need only where that is not the caller's account. */
  resourceAccount?: string
  /** Of a call that was refused, with its first need: what all of them were decided with. */
  snapshot?: Snapshot
}

/** A caller as it is recorded: everything but the compiled session policies. */
export type RecordedCaller = Omit<Caller, 'sessionPolicies'>

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
  caller?: RecordedCaller
  origin?: Origin
  way?: Way
  needs: NeedTrace[]
  account?: string
  region?: string
  /** How far it came, when the network stopped it, and what would let it through. */
  connection?: Connection
  networkFixes?: NetworkFix[]
  /** Request id of the inner call whose refusal led to this one: there the reason is. */
  causedBy?: string
  /** Request id of the call, or ARN of the job, on whose behalf it was made. */
  onBehalfOf?: string
}
