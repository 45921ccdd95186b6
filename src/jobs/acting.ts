import type { Credentials } from '../door/door.ts'
import type { Origin } from '../door/call.ts'
import { findCredential } from '../services/iam/credentials.ts'
import type { World } from '../world.ts'

/** SageMaker's own network, where the control plane's calls come from (design.md "Where calls come from"). */
export const sagemakerNetwork: Origin = { kind: 'service-network', service: 'sagemaker.amazonaws.com' }

const renewBeforeMs = 15 * 60_000

/** For which job, by which role. */
export interface ActingJob {
  roleArn: string
  arn: string
  account: string
  region: string
  /** aws:SourceArn where it is not the job's own ARN: hosting and Studio send a literal (facts: errors.md B4). */
  sourceArn?: string
}

/**
 * SageMaker acting for one job by its execution role. Every call is an ordinary one through the door, with the session's
 * credentials; the session is renewed before it ends, by assuming the role again, so that a changed trust shows.
 */
export class Acting {
  readonly #world: World
  readonly #roleArn: string
  readonly #jobArn: string
  readonly #sourceArn: string
  readonly #account: string
  readonly #region: string
  #session: { credentials: Credentials; expiresAt: number } | undefined

  constructor(world: World, job: ActingJob) {
    this.#world = world
    this.#roleArn = job.roleArn
    this.#jobArn = job.arn
    this.#sourceArn = job.sourceArn ?? job.arn
    this.#account = job.account
    this.#region = job.region
  }

  /** The role session's credentials and when they end (epoch ms). Rejects with the door's AwsError when the role cannot be assumed. */
  async session(): Promise<{ credentials: Credentials; expiresAt: number }> {
    if (!this.#session || this.#session.expiresAt - renewBeforeMs < this.#world.now())
      this.#session = await this.#assume()
    return this.#session
  }

  async #assume(): Promise<{ credentials: Credentials; expiresAt: number }> {
    const { Credentials: given } = await this.#world.door.call<{
      Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: number }
    }>({
      service: 'sts',
      operation: 'AssumeRole',
      input: { RoleArn: this.#roleArn, RoleSessionName: 'SageMaker' },
      as: { service: 'sagemaker.amazonaws.com', sourceArn: this.#sourceArn, sourceAccount: this.#account },
      origin: sagemakerNetwork,
      region: this.#region,
      onBehalfOf: this.#jobArn,
    })
    return {
      credentials: {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        sessionToken: given.SessionToken,
      },
      expiresAt: given.Expiration * 1000,
    }
  }

  /** One call as the role; from SageMaker's network unless an origin is given. */
  async call<O>(
    service: string,
    operation: string,
    input: Record<string, unknown>,
    origin = sagemakerNetwork,
    host?: string,
  ): Promise<O> {
    const { credentials } = await this.session()
    return this.#world.door.call<O>({
      service,
      operation,
      input,
      as: { credentials },
      origin,
      region: this.#region,
      onBehalfOf: this.#jobArn,
      ...(host ? { host } : {}),
    })
  }

  /** One call in the role's own name by SageMaker (kms:ViaService, kms:GrantIsForAWSResource), from its network. */
  async forward<O>(service: string, operation: string, input: Record<string, unknown>): Promise<O> {
    const { credentials } = await this.session()
    const { caller } = findCredential(this.#world.store, credentials.accessKeyId, this.#world.now())!
    return this.#world.door.call<O>({
      service,
      operation,
      input,
      as: { caller, via: 'sagemaker.amazonaws.com' },
      origin: sagemakerNetwork,
      region: this.#region,
      onBehalfOf: this.#jobArn,
    })
  }
}
