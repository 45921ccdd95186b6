/**
 * Types of the policy engine. `src/policy` is pure: no I/O, no clock, no randomness.
 * Semantics: facts iam.md §3, errors.md A2; the IAM User Guide pages are named where each rule is implemented.
 */

/** Lower-cased condition key -> value; arrays are multi-valued keys. Absent keys are simply missing. */
export type ContextValues = Readonly<Record<string, string | readonly string[]>>

/** Looks a key up by its lower-cased name; lazily, so that nothing is built that no policy asks for. */
export type Context = (lowerCasedKey: string) => string | readonly string[] | undefined

export type PolicyType = 'identity' | 'boundary' | 'session' | 'resource' | 'trust' | 'endpoint' | 'scp' | 'rcp'

/** The grammar a document is held against (facts: iam.md §3.11). */
export type Grammar = 'identity' | 'trust' | 'resource' | 'endpoint' | 'scp' | 'rcp'

/** A compiled document. Opaque outside `src/policy`, but for its name and its source. */
export interface CompiledPolicy {
  /** Policy ARN, or `inline:NAME`, or a resource's own description such as `bucket-policy:NAME`. */
  readonly id: string
  /** True when `id` is the ARN of a managed policy (AWS prints it after an explicit deny). */
  readonly managed: boolean
  /** What it hangs on when that is not the caller itself, e.g. the ARN of a group. */
  readonly attachedTo?: string
  /** The document as its author wrote it. */
  readonly text: string
  readonly statements: readonly CompiledStatement[]
}

/** Filled in by compile.ts; what other rooms may read is only this. */
export interface CompiledStatement {
  readonly index: number
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
}

export interface Principal {
  kind: 'root' | 'user' | 'role-session' | 'federated-user' | 'service' | 'anonymous'
  account: string
  /** Session ARN for sessions, else the entity's ARN; empty for anonymous and service. */
  arn: string
  /** Role ARN with path for a role session; else as `arn`. */
  principalArn: string
  /** AIDA… / AROA…, as trust policies store it. */
  entityId?: string
  /** Service principal, e.g. `sagemaker.amazonaws.com`. */
  service?: string
  /** Parent user ARN of a federated-user session. */
  parentArn?: string
  /** Service-linked role session: SCPs and RCPs do not apply. */
  serviceLinked?: boolean
  /** S3's canonical user id of the principal's account: `CanonicalUser` names the account by it. */
  canonicalId?: string
}

export interface AuthorizationRequest {
  principal: Principal
  /** `s3:GetObject` */
  action: string
  /** ARN, or `*` for an action without a resource. */
  resource: string
  resourceAccount: string
  context: Context
}

/** Every policy that applies to one request. Absent means: there is none of that kind. */
export interface PolicySet {
  identity: readonly CompiledPolicy[]
  boundary?: CompiledPolicy
  /** Union of the passed session policies; then intersected. */
  session?: readonly CompiledPolicy[]
  /** The resource's own policy; a role's trust policy for sts:AssumeRole* (type `trust`). */
  resource?: CompiledPolicy
  resourceType?: 'resource' | 'trust'
  /** Role trust, KMS keys: no allow there, no access (iam.md §3.5). */
  resourceRequired?: boolean
  /** KMS grants on the key, compiled by `compileGrant`: they stand beside the key policy and only ever allow. */
  grants?: readonly CompiledPolicy[]
  endpoint?: CompiledPolicy
  /** Outermost level (the root) first; each level is a union. */
  scp?: readonly (readonly CompiledPolicy[])[]
  rcp?: readonly (readonly CompiledPolicy[])[]
  /** What each level of `scp` and `rcp` hangs on, in the same order: `r-…`, `ou-…`, the account's id. For the record only. */
  scpTargets?: readonly string[]
  rcpTargets?: readonly string[]
}

export type Effect = 'allow' | 'explicit-deny' | 'implicit-deny'

/** One statement that matched the request wholly. */
export interface MatchedStatement {
  readonly policy: string
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
}

/** One statement that nearly matched: the first element that did not, with what was asked and what it wants. */
export interface NearMiss {
  policy: string
  index: number
  sid?: string
  effect: 'Allow' | 'Deny'
  element: 'Principal' | 'Action' | 'Resource' | 'Condition'
  /** For a condition: `StringEquals aws:SourceVpce`. */
  detail?: string
  observed: string
  required: string
}

export interface LayerDecision {
  readonly type: PolicyType
  readonly effect: Effect
  /** Policies of this layer that were asked, by id; empty when there is none. */
  readonly policies: readonly string[]
  readonly matched: readonly MatchedStatement[]
  /** SCP and RCP: the outermost level that denies or, where none does, that lacks an allow; 0 is the root's. */
  readonly level?: number
  /** What that level hangs on, where it is known. */
  readonly target?: string
}

export interface Decision {
  effect: Effect
  /** The layer that AWS's sentence names: the denier, or for an allow the one that granted. `root` and `none` stand for no policy. */
  decidedBy: PolicyType | 'root' | 'none'
  layers: readonly LayerDecision[]
  /** Layers that should have allowed and did not. */
  missing: readonly PolicyType[]
}
