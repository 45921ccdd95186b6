import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Origin } from '../door/call.ts'
import { runnerOf } from '../runners/choose.ts'
import type { PreparedImage } from '../runners/runner.ts'
import { changeJob, transition, type TrainingJob } from '../services/sagemaker/training-job.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { Acting, sagemakerNetwork } from './acting.ts'
import { hasContent, upload } from './artifacts.ts'
import { download } from './channels.ts'
import { folderOf, hostsOf, layOut, type Host } from './container.ts'
import { openJobNetwork, type JobNetwork } from './container-network.ts'
import { runContainers } from './containers.ts'
import { JobFailure, reasons } from './failure.ts'
import { pullImage } from './image.ts'
import { createInterfaces, deleteInterfaces, keepLeftovers } from './interfaces.ts'
import { JobLogs } from './job-logs.ts'
import { MetricReader } from './metrics.ts'

/** By whom a job is ended before its time: by its user, or by the end of this server. */
interface Signals {
  stop: AbortSignal
  shutdown: AbortSignal
}

/**
 * One training job from its first step to its end, in AWS's order. Each step is a call through the door by the execution
 * role, so a missing permission or path fails the job where AWS fails it. Never rejects: the outcome is in the job's document.
 */
export async function runTrainingJob(world: World, queued: TrainingJob, signals: Signals): Promise<void> {
  const run = new TrainingRun(world, queued, signals)
  try {
    await run.all()
  } catch (error) {
    await run.failed(error)
  } finally {
    await run.cleanUp()
  }
}

class TrainingRun {
  readonly #world: World
  readonly #stop: AbortSignal
  readonly #shutdown: AbortSignal
  readonly #acting: Acting
  readonly #folder: string
  readonly #hosts: readonly Host[]
  #job: TrainingJob
  /** Opened beside the steps that come before the programs. */
  #network: Promise<JobNetwork> | undefined
  #left: Promise<void> | undefined

  constructor(world: World, job: TrainingJob, { stop, shutdown }: Signals) {
    const { TrainingJobArn, RoleArn } = job.description
    this.#world = world
    this.#stop = stop
    this.#shutdown = shutdown
    this.#job = job
    this.#acting = new Acting(world, {
      roleArn: RoleArn!,
      jobArn: TrainingJobArn,
      account: job.account,
      region: job.region,
    })
    this.#folder = folderOf(world, job)
    this.#hosts = hostsOf(this.#folder, job.description)
  }

  async all(): Promise<void> {
    const { description, region } = this.#job
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })

    if (this.#stopAsked()) return this.#end('Stopped', 'Stopped', 'Training job stopped')
    await this.#step('AssumeRole', () => this.#assumeRole())
    const interfaces = await this.#step('CreateNetworkInterface', () => this.#takePlaces())
    this.#network = this.#openNetwork(interfaces)
    this.#network.catch(() => {}) // told by the step that needs it, unless the job fails before

    this.#at('Downloading', 'Downloading input data')
    for (const host of this.#hosts) await layOut(host, description)
    await this.#step('DownloadInputData', () => this.#downloadAll(interfaces, region))

    this.#at('Training', 'Downloading the training image')
    const image = await this.#step('PullImage', () => this.#prepareImage())
    const logs = await this.#step('CreateLogStream', async () => {
      const now = this.#world.now()
      const all: JobLogs[] = []
      for (const { name } of this.#hosts)
        all.push(await JobLogs.open(this.#acting, description.TrainingJobName, name, now))
      return all
    })
    const network = await this.#joinNetwork()
    if (this.#stopAsked()) return this.#end('Stopped', 'Stopped', 'Training job stopped')

    const metrics = new MetricReader(description.AlgorithmSpecification!.MetricDefinitions)
    const ending = await this.#step('Train', () => this.#train(image, network, logs, metrics))
    await this.#step('PutLogEvents', async () => {
      for (const one of logs) await one.close()
    })

    this.#at('Uploading', 'Uploading generated training model')
    const model = await this.#step('UploadModel', () => this.#uploadResults(placeOf(interfaces[0])))
    await this.#publish(metrics)
    this.#change((job) => {
      job.description.ModelArtifacts = { S3ModelArtifacts: model }
      job.description.FinalMetricDataList = metrics.final()
    })
    if (ending === 'MaxRuntimeExceeded')
      return this.#end('Stopped', 'MaxRuntimeExceeded', 'Training job runtime exceeded MaxRuntimeInSeconds provided')
    if (ending) return this.#end('Stopped', 'Stopped', 'Training job stopped')
    this.#end('Completed', 'Completed', 'Training job completed')
  }

  async #assumeRole(): Promise<void> {
    try {
      await this.#acting.session()
    } catch (error) {
      throw error instanceof AwsError ? new JobFailure(reasons.trust, error) : error
    }
  }

  /** With a VpcConfig: the interfaces that S3 transfers and the containers' own traffic come from, one for each host. */
  async #takePlaces(): Promise<string[]> {
    const vpc = this.#job.description.VpcConfig
    if (!vpc) return []
    const place = { subnets: vpc.Subnets, securityGroupIds: vpc.SecurityGroupIds, count: this.#hosts.length }
    return createInterfaces(this.#acting, place, this.#job.description.TrainingJobArn, (created) => {
      this.#change((job) => (job.leftovers = structuredClone(created)))
    })
  }

  async #openNetwork(interfaces: readonly string[]): Promise<JobNetwork> {
    const { account, region, description } = this.#job
    return openJobNetwork(this.#world, await runnerOf(this.#world), this.#acting, {
      account,
      region,
      roleArn: description.RoleArn!,
      isolated: description.EnableNetworkIsolation ?? false,
      count: this.#hosts.length,
      interfaces,
      folder: this.#folder,
    })
  }

  async #joinNetwork(): Promise<JobNetwork> {
    const network = await this.#step('JoinNetwork', () => this.#network!)
    const { notice } = network
    if (notice) this.#change((job) => (job.steps.findLast((one) => one.name === 'JoinNetwork')!.text = notice))
    return network
  }

  /** Nobody waits for it before the end: a namespace takes its time to go. */
  #leaveNetwork(): Promise<void> {
    const leave = (network: JobNetwork | undefined) => network?.close()
    this.#left ??= (this.#network ?? Promise.resolve(undefined)).catch(() => undefined).then(leave)
    this.#left.catch(() => {}) // told to who waits
    return this.#left
  }

  async #downloadAll(interfaces: readonly string[], region: string): Promise<void> {
    const count = this.#hosts.length
    for (const [index, { folders }] of this.#hosts.entries()) {
      const by = { origin: placeOf(interfaces[index]), region, index, count }
      for (const channel of this.#job.description.InputDataConfig ?? [])
        await download(this.#acting, channel, join(folders.input, channel.ChannelName), by)
    }
  }

  async #prepareImage(): Promise<PreparedImage> {
    const image = await pullImage(
      this.#world,
      this.#acting,
      this.#job.description.AlgorithmSpecification!.TrainingImage!,
    )
    const runner = await runnerOf(this.#world)
    return runner.prepare(image, join(this.#folder, 'image'))
  }

  async #train(image: PreparedImage, network: JobNetwork, logs: JobLogs[], metrics: MetricReader) {
    this.#change((job) => (job.description.TrainingStartTime = this.#seconds()))
    this.#at('Training', 'Training image download completed. Training in progress.')
    try {
      const [job, hosts, stop, shutdown] = [this.#job, this.#hosts, this.#stop, this.#shutdown]
      return await runContainers(this.#world, { job, hosts, image, network, logs, metrics, stop, shutdown })
    } finally {
      void this.#leaveNetwork()
    }
  }

  async #uploadResults(origin: Origin): Promise<string> {
    const { description, region } = this.#job
    const to = { outputPath: description.OutputDataConfig!.S3OutputPath, jobName: description.TrainingJobName }
    const of = (folder: 'model' | 'outputData') => this.#hosts.map((host) => host.folders[folder])
    const outputs = of('outputData')
    if ((await Promise.all(outputs.map(hasContent))).includes(true))
      await upload(this.#acting, outputs, { ...to, file: 'output.tar.gz' }, origin, region)
    return upload(this.#acting, of('model'), { ...to, file: 'model.tar.gz' }, origin, region)
  }

  /** A role without cloudwatch:PutMetricData loses its graphs, not its job; the refusal stays in the steps. inferred */
  async #publish(metrics: MetricReader): Promise<void> {
    const refused = await metrics.publish(this.#acting, this.#job.description.TrainingJobName)
    if (!refused) return
    this.#change((job) =>
      job.steps.push({
        name: 'PutMetricData',
        status: 'refused',
        at: this.#seconds(),
        text: refused.message,
        ...(refused.requestId ? { requestId: refused.requestId } : {}),
      }),
    )
  }

  /** Ends the job as Failed with AWS's reason; what is no JobFailure is our bug, logged, and AWS's internal error to the user. */
  async failed(error: unknown): Promise<void> {
    if (this.#shutdown.aborted) return
    const failure = error instanceof JobFailure ? error : this.#unexpected(error)
    this.#change((job) => {
      const step = job.steps.findLast((one) => one.status === 'running')
      if (step) {
        step.status = 'failed'
        step.text = failure.message
        if (failure.requestId) step.requestId = failure.requestId
      }
      job.description.FailureReason = failure.message
    })
    this.#end('Failed', 'Failed', 'Training job failed')
  }

  #unexpected(error: unknown): JobFailure {
    this.#world.log.error(
      { err: error, job: this.#job.description.TrainingJobArn },
      'training job failed by a fault of ours',
    )
    return new JobFailure(reasons.internal, error)
  }

  /** Interfaces go after the outcome is known, as on AWS; those that the role may not delete stay in leftovers. */
  async cleanUp(): Promise<void> {
    try {
      await this.#leaveNetwork()
      if (this.#shutdown.aborted) return
      if (this.#job.leftovers) {
        const left = await deleteInterfaces(this.#acting, this.#job.leftovers)
        this.#change((job) => keepLeftovers(job, left))
      }
      await rm(this.#folder, { recursive: true, force: true })
    } catch (error) {
      this.#world.log.warn(
        { err: error, job: this.#job.description.TrainingJobArn },
        'a finished job left something behind',
      )
    }
  }

  #stopAsked(): boolean {
    return this.#stop.aborted || this.#job.stopRequested === true
  }

  /** A step that the end of the server cuts stays `running`: so the next start finds it. */
  async #step<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#shutdown.throwIfAborted()
    this.#change((job) => job.steps.push({ name, status: 'running', at: this.#seconds() }))
    const result = await work()
    this.#shutdown.throwIfAborted()
    this.#change((job) => (job.steps.findLast((one) => one.name === name)!.status = 'done'))
    return result
  }

  #at(secondary: 'Downloading' | 'Training' | 'Uploading', message: string): void {
    this.#change((job) => {
      const status = job.description.TrainingJobStatus === 'Stopping' ? 'Stopping' : 'InProgress'
      transition(job, status, secondary, message, this.#seconds())
    })
  }

  #end(
    status: 'Completed' | 'Failed' | 'Stopped',
    secondary: 'Completed' | 'Failed' | 'Stopped' | 'MaxRuntimeExceeded',
    message: string,
  ): void {
    this.#change((job) => {
      const now = this.#seconds()
      transition(job, status, secondary, message, now)
      const { description } = job
      if (description.TrainingStartTime !== undefined) {
        description.TrainingTimeInSeconds = Math.max(1, Math.round(now - description.TrainingStartTime))
        description.BillableTimeInSeconds = description.TrainingTimeInSeconds
      }
    })
  }

  #change(change: (job: TrainingJob) => unknown): void {
    this.#job = changeJob(this.#world.store, this.#job, (job) => void change(job))
  }

  #seconds(): number {
    return this.#world.now() / 1000
  }
}

/** Where a host's S3 transfers come from. */
function placeOf(networkInterfaceId: string | undefined): Origin {
  return networkInterfaceId === undefined ? sagemakerNetwork : { kind: 'interface', networkInterfaceId }
}
