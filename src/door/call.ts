import type { CompiledPolicy, ContextValues } from '../policy/types.ts'
import type { World } from '../world.ts'
import type { Authenticated } from './authenticate.ts'

/** An authenticated principal and its session (facts: iam.md §3.1). */
export interface Caller {
  kind: 'root' | 'user' | 'role-session' | 'federated-user' | 'service' | 'anonymous'
  account: string
  /** What AWS prints in messages: the session's ARN for a role session. Empty for anonymous. */
  arn: string
  /** aws:PrincipalArn: the role's ARN with path for a session. Empty for anonymous and services. */
  principalArn: string
  /** aws:userid: AIDA…, AROA…:session, the account id for root, `anonymous`. */
  userId: string
  /** Stable id of the entity behind it (AIDA…, AROA…); absent for root, services, anonymous. */
  entityId?: string
  /** User name or role name. */
  name?: string
  sessionName?: string
  accessKeyId?: string
  /** Service principal, e.g. `sagemaker.amazonaws.com`, for kind `service`. */
  service?: string
  /** Principal tags, session tags laid over the entity's. */
  tags: Readonly<Record<string, string>>
  /** Policies given when the session was made; absent when none were given. */
  sessionPolicies?: readonly CompiledPolicy[]
  sourceIdentity?: string
  /** ARN of the user behind a federated-user session; its policies bind the session, too. */
  parentArn?: string
  /** Epoch seconds at which a session of a user was got with an MFA code (aws:MultiFactorAuthPresent, …Age). */
  mfaAt?: number
  /** Condition keys that the session carries as long as it lives: aws:FederatedProvider, `ISSUER:sub`, `saml:aud`. */
  sessionContext?: ContextValues
  /** Of a service: condition keys that a session carries which it gets (EC2: ec2:SourceInstanceARN). */
  vouchesFor?: ContextValues
  /** Epoch seconds; temporary credentials only. */
  tokenIssuedAt?: number
  /** Set by a service that acts in someone's name: aws:SourceArn / aws:SourceAccount. */
  sourceArn?: string
  sourceAccount?: string
}

/** Where a call comes from, before the network model has said by which way it came in. */
export type Origin =
  /** A client beyond every VPC: loopback clients, and what leaves a VPC by NAT or an internet gateway. */
  | { kind: 'internet'; ip: string; dialled?: { address: string; port: number } }
  /** A network interface in a subnet: a job's, or a program's placed there. */
  | {
      kind: 'interface'
      networkInterfaceId: string
      /** Whose network it is, where the socket that took the call tells. */
      account?: string
      region?: string
      /** What the program dialled, where a socket tells: then the way is to there, whatever name it says. */
      dialled?: { address: string; port: number }
    }
  /** The loopback address that stands for an interface endpoint: in the endpoint's VPC, place unknown. */
  | { kind: 'endpoint-address'; vpcEndpointId: string }
  /** AWS's own network: a service's control plane acting by a role or for itself. */
  | { kind: 'service-network'; service: string }

/** The way a call came in, as the network model decided it. */
export interface Way {
  via: 'public' | 'interface-endpoint' | 'gateway-endpoint' | 'nat-gateway' | 'internet-gateway' | 'service-network'
  vpcEndpointId?: string
  /** Owner of that endpoint, where it is not the caller's own account (aws:VpceAccount). */
  vpcEndpointAccount?: string
  vpcId?: string
  /** One line a hop, for the record. */
  hops: readonly string[]
  /** aws:SourceIp, or aws:SourceVpc / aws:SourceVpce / aws:VpcSourceIp; absent where AWS leaves them out. */
  context: ContextValues
}

/** A parsed, authenticated and located request. Services read it; only the door makes it. */
export interface Call {
  readonly requestId: string
  /** Our service folder: iam, sts, ec2, s3, ecr, logs, cloudwatch, sagemaker, sagemaker-runtime, iam-toolbox, sallyport. */
  readonly service: string
  readonly operation: string
  readonly caller: Caller
  readonly origin: Origin
  readonly way: Way
  readonly account: string
  readonly region: string
  /** Epoch milliseconds. */
  readonly time: number
  readonly secure: boolean
  /** `1.3`, of the connection that it came over; absent in the clear and from within (s3:TlsVersion). */
  readonly tlsVersion?: string
  readonly userAgent: string
  readonly world: World
  /** Request id of the call, or ARN of the job, on whose behalf this one is made. */
  readonly onBehalfOf?: string
  /** Forward access: the services that pass the caller's own identity on (aws:CalledVia). */
  readonly calledVia?: readonly string[]
  /** S3: how the request was signed (s3:authType, s3:signatureversion, s3:signatureAge). */
  readonly signature?: Authenticated['signature']
  /** Lower-cased header, first value; only for protocols whose meaning lives there (S3). */
  header(name: string): string | undefined
}

/** One thing that must be allowed for the operation (facts: iam.md §3.1). */
export interface Need {
  readonly action: string
  readonly resource: string
  /** Owner of the resource; defaults to the account in the ARN, else the caller's. */
  readonly resourceAccount?: string
  /** Service-specific condition keys (any case). */
  readonly context?: ContextValues
  /** How AWS prints the resource in its sentence where that is not the ARN; `null` leaves it out. */
  readonly shownAs?: string | null
  /** Key of the resource's policy, see services/<name>/resource-policy.ts; absent: the service has none. */
  readonly resourcePolicy?: CompiledPolicy
  /** True for role trust and KMS: without an allow in the resource policy nothing else counts. */
  readonly resourcePolicyRequired?: boolean
  /** Grants on a KMS key and access control lists of S3, compiled; they stand beside its policy and only ever allow. */
  readonly grants?: readonly CompiledPolicy[]
}

/** Builds one need. */
export function need(action: string, resource: string, more: Omit<Need, 'action' | 'resource'> = {}): Need {
  return { action, resource, ...more }
}

declare const permitBrand: unique symbol

/** A call after its allow. Only door/authorize.ts mints it, and only `perform` takes it. */
export interface Permit {
  readonly [permitBrand]: true
  readonly call: Call
  readonly world: World
}
