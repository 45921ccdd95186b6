import { mkdir, rm } from 'node:fs/promises'
import type { Origin } from '../door/call.ts'
import { runnerOf } from '../runners/choose.ts'
import type { Job, Jobs } from '../services/sagemaker/job.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { Acting, sagemakerNetwork } from './acting.ts'
import { openJobNetwork } from './container-network.ts'
import type { JobNetwork } from './container-network.ts'
import { JobFailure, reasons } from './failure.ts'
import { folderOf } from './folders.ts'
import { createInterfaces, deleteInterfaces, keepLeftovers } from './interfaces.ts'
import type { Signals } from './job-kinds.ts'
import { grantVolume, openVolume, plannedGrant, retireGrants } from './volume-grants.ts'

/**
 * What running a job of any type has in common: steps that are written down as they are tried, calls by the execution role,
 * interfaces in the job's VPC, a folder, and an end in any case. A type adds `all` and `fail`.
 */
export abstract class JobRun<D extends object> {
  protected readonly world: World
  protected readonly signals: Signals
  protected readonly acting: Acting
  protected readonly folder: string
  protected job: Job<D>
  readonly #jobs: Jobs<D>
  #network: Promise<JobNetwork> | undefined
  #left: Promise<void> | undefined
  /** Steps that are over; noted with the next change, which mostly is the beginning of another. */
  #done: string[] = []

  constructor(world: World, jobs: Jobs<D>, job: Job<D>, signals: Signals) {
    this.world = world
    this.signals = signals
    this.acting = new Acting(world, job)
    this.folder = folderOf(world, job)
    this.job = job
    this.#jobs = jobs
  }

  /** From the first step to the end. What it rejects with, ends the job as failed. */
  protected abstract all(): Promise<void>

  /** Writes into the job that it failed. */
  protected abstract fail(job: Job<D>, reason: string, now: number): void

  /** Never rejects: the outcome is in the job's document. */
  async run(): Promise<void> {
    try {
      await rm(this.folder, { recursive: true, force: true })
      await mkdir(this.folder, { recursive: true, mode: 0o700 })
      await this.all()
    } catch (error) {
      this.#failed(error)
    } finally {
      await this.#cleanUp()
      await this.world.store.durable()
    }
  }

  protected async assumeRole(): Promise<void> {
    try {
      await this.acting.session()
    } catch (error) {
      throw error instanceof AwsError ? new JobFailure(reasons.trust, error) : error
    }
  }

  /** With a VpcConfig: the interfaces that S3 transfers and the containers' own traffic come from, one for each host. */
  protected async takePlaces(
    vpc: { Subnets: readonly string[]; SecurityGroupIds: readonly string[] } | undefined,
    count: number,
  ): Promise<string[]> {
    if (!vpc) return []
    const place = { subnets: vpc.Subnets, securityGroupIds: vpc.SecurityGroupIds, count }
    return createInterfaces(this.acting, place, this.job.arn, (created) => {
      this.change((job) => (job.leftovers = structuredClone(created)))
    })
  }

  /**
   * With a volume key: each of `count` hosts' volumes is granted it, by the role unless the caller has done so when the job
   * was created, and the grants are used as EBS does. The grants end with the job.
   */
  protected async encryptVolumes(keyId: string | undefined, count: number): Promise<void> {
    if (!keyId) return
    await this.step('CreateGrant', async () => {
      while ((this.job.grants?.length ?? 0) < count) {
        const planned = plannedGrant(this.world, keyId)
        this.change((job) => (job.grants = [...(job.grants ?? []), planned]))
        const grantId = await grantVolume(this.acting, planned)
        this.change((job) => (job.grants!.at(-1)!.grantId = grantId))
      }
      for (const grant of this.job.grants!) await openVolume(this.world, this.job, grant)
    })
  }

  /** Opened beside the steps that come before the programs; `joinNetwork` waits for it. */
  protected beginNetwork(isolated: boolean, count: number, interfaces: readonly string[]): void {
    this.#left = undefined
    this.#network = this.#openNetwork(isolated, count, interfaces)
    this.#network.catch(() => {}) // told by the step that needs it, unless the job fails before
  }

  async #openNetwork(isolated: boolean, count: number, interfaces: readonly string[]): Promise<JobNetwork> {
    const { account, region, roleArn } = this.job
    const wish = { account, region, roleArn, isolated, count, interfaces, folder: this.folder }
    return openJobNetwork(this.world, await runnerOf(this.world), this.acting, wish)
  }

  protected async joinNetwork(): Promise<JobNetwork> {
    const network = await this.step('JoinNetwork', () => this.#network!)
    const { notice } = network
    if (notice) this.change((job) => (job.steps.findLast((one) => one.name === 'JoinNetwork')!.text = notice))
    return network
  }

  /** Nobody waits for it before the end: a namespace takes its time to go. */
  protected leaveNetwork(): Promise<void> {
    const leave = (network: JobNetwork | undefined) => network?.close()
    this.#left ??= (this.#network ?? Promise.resolve(undefined)).catch(() => undefined).then(leave)
    this.#left.catch(() => {}) // told to who waits
    return this.#left
  }

  /** A step that the end of the server cuts stays `running`: so the next start finds it. */
  protected async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.signals.shutdown.throwIfAborted()
    this.change((job) => job.steps.push({ name, status: 'running', at: this.seconds() }))
    // What is to be undone after a loss of power is known before there is more of it.
    await this.world.store.durable()
    const result = await work()
    this.signals.shutdown.throwIfAborted()
    this.#done.push(name)
    return result
  }

  /** A step that the role was refused and the job goes on without. */
  protected refused(name: string, { message, requestId }: AwsError): void {
    const record = { name, status: 'refused', at: this.seconds(), text: message } as const
    this.change((job) => job.steps.push({ ...record, ...(requestId !== undefined && { requestId }) }))
  }

  protected stopAsked(): boolean {
    return this.signals.stop.aborted || this.job.stopRequested === true
  }

  protected change(change: (job: Job<D>) => unknown): void {
    const done = this.#done
    this.#done = []
    this.job = this.#jobs.change(this.world.store, this.job, (job) => {
      for (const name of done) job.steps.findLast((one) => one.name === name)!.status = 'done'
      change(job)
    })
  }

  /** Epoch seconds. */
  protected seconds(): number {
    return this.world.now() / 1000
  }

  /** Ends the job as Failed with AWS's reason; what is no JobFailure is our bug, logged, and AWS's internal error to the user. */
  #failed(error: unknown): void {
    if (this.signals.shutdown.aborted) return
    const failure = this.stepFailed(error)
    this.change((job) => this.fail(job, failure.message, this.seconds()))
  }

  /** Notes why the step that runs came to nothing; for runs that try again. */
  protected stepFailed(error: unknown): JobFailure {
    const failure = error instanceof JobFailure ? error : this.#unexpected(error)
    this.change((job) => {
      const step = job.steps.findLast((one) => one.status === 'running')
      if (!step) return
      step.status = 'failed'
      step.text = failure.message
      if (failure.requestId) step.requestId = failure.requestId
    })
    return failure
  }

  #unexpected(error: unknown): JobFailure {
    this.world.log.error({ err: error, job: this.job.arn }, 'a job failed by a fault of ours')
    return new JobFailure(reasons.internal, error)
  }

  /** Interfaces go after the outcome is known, as on AWS; those that the role may not delete stay in leftovers. */
  async #cleanUp(): Promise<void> {
    try {
      await this.leaveNetwork()
      if (this.signals.shutdown.aborted) return
      if (this.job.leftovers) {
        const { left, refused } = await deleteInterfaces(this.acting, this.job.leftovers)
        this.change((job) => keepLeftovers(job, left))
        if (refused) this.refused('DeleteNetworkInterface', refused)
      }
      if (this.job.grants) {
        await retireGrants(this.world, this.job, this.job.grants)
        this.change((job) => delete job.grants)
      }
      await rm(this.folder, { recursive: true, force: true })
    } catch (error) {
      this.world.log.warn({ err: error, job: this.job.arn }, 'a finished job left something behind')
    }
  }
}

/** Where a host's S3 transfers come from. */
export function placeOf(networkInterfaceId: string | undefined): Origin {
  return networkInterfaceId === undefined ? sagemakerNetwork : { kind: 'interface', networkInterfaceId }
}
