import type { Blocker as NetworkBlocker } from '../network/types.ts'
import type { PolicyType } from '../policy/types.ts'
import type { StepRecord } from '../services/sagemaker/job.ts'

/** Where the cause lies, in the words of the command line's contract. */
export type Layer =
  | 'caller-policy'
  | 'pass-role'
  | 'trust'
  | 'exec-role-policy'
  | 'resource-policy'
  | 'vpce-policy'
  | 'boundary'
  | 'session-policy'
  | 'scp'
  | 'rcp'
  | 'condition'
  | 'kms'
  | 'ecr'
  | 'validation'
  | 'authentication'
  | NetworkBlocker['layer']

export interface Blocker {
  layer: Layer
  /** EXPLICIT_DENY, IMPLICIT_DENY, a Reachability Analyzer code, or AWS's error code. */
  code: string
  /** Policy, role, subnet, group … that decided. */
  component: string
  text: string
}

/** A change that was tried on an overlay and lifts what blocks. */
export interface Fix {
  text: string
  call: { service: string; operation: string; input: Record<string, unknown> }
  command: string
  /** Whose administrator makes the call, where that is not the account of the request. */
  account?: string
}

export interface ExplainedNeed {
  action: string
  resource: string
  effect: 'allow' | 'explicit-deny' | 'implicit-deny'
  layers: {
    type: PolicyType
    policy: string
    effect: 'allow' | 'explicit-deny' | 'implicit-deny'
    statements: { index: number; sid?: string; effect: 'Allow' | 'Deny' }[]
  }[]
  missing: PolicyType[]
}

/** What `explain --format json` prints. */
export interface Explanation {
  version: 1
  requestId: string
  /** ISO 8601 */
  time: string
  service: string
  operation: string
  decision: 'allowed' | 'denied'
  /** HTTP status and AWS's answer, when it was no success. */
  status: number
  error?: { code: string; message: string }
  caller: { kind: string; account: string; arn: string; principalArn: string }
  origin: unknown
  way: unknown
  /** One line a hop. */
  hops: string[]
  needs: ExplainedNeed[]
  blockers: Blocker[]
  fixes: Fix[]
  /** What nobody refused and people stumble over. */
  notes?: string[]
  /** The inner call where the reason lies, when this one only passed it on. */
  causedBy?: { requestId: string; service: string; operation: string }
  /** For a job: how far it came. */
  job?: { arn: string; status: string; failureReason?: string }
  steps?: StepRecord[]
}
