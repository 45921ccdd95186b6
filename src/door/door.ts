import type { Caller, Origin } from './call.ts'

/** Credentials as STS or IAM hand them out. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** Who makes an in-process call: an ordinary principal by its credentials, or one of AWS's own services. */
export type Actor =
  | { credentials: Credentials }
  | { service: string; sourceArn?: string; sourceAccount?: string }
  /** Forward access: a service goes on in the caller's own name. */
  | { caller: Caller; via: string }

export interface InnerCall {
  service: string
  operation: string
  input: Record<string, unknown>
  as: Actor
  origin: Origin
  /** Host that the network model routes to; defaults to the service's own. */
  host?: string
  region?: string
  onBehalfOf?: string
}

export interface Door {
  /** Work by a service or a job: the same stages as a call over HTTP, with typed input and output. Rejects with AwsError or Unreachable. */
  call<O = Record<string, unknown>>(call: InnerCall): Promise<O>
}
