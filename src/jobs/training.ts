import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Origin } from '../door/call.ts'
import { recordsOf, runnerOf } from '../runners/choose.ts'
import type { PreparedImage, Running } from '../runners/runner.ts'
import { changeJob, transition, type TrainingJob } from '../services/sagemaker/training-job.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { Acting, sagemakerNetwork } from './acting.ts'
import { hasContent, upload } from './artifacts.ts'
import { download } from './channels.ts'
import { environmentOf, failureText, folderOf, foldersOf, layOut, type ContainerFolders } from './container.ts'
import { containerNetwork } from './container-network.ts'
import { JobFailure, reasons } from './failure.ts'
import { pullImage } from './image.ts'
import { createInterface, deleteInterface } from './interfaces.ts'
import { JobLogs } from './job-logs.ts'
import { MetricReader } from './metrics.ts'

/** SIGTERM first, and 120 s for the program to save what it has (API_StopTrainingJob). */
const stopGraceSeconds = 120

/** Why a program that ran was ended by us. */
type Ending = 'Stopped' | 'MaxRuntimeExceeded'

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
  readonly #folders: ContainerFolders
  #job: TrainingJob

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
    this.#folders = foldersOf(this.#folder)
  }

  async all(): Promise<void> {
    const { description, region } = this.#job
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })

    if (this.#stopAsked()) return this.#end('Stopped', 'Stopped', 'Training job stopped')
    await this.#step('AssumeRole', () => this.#assumeRole())
    const origin = await this.#step('CreateNetworkInterface', () => this.#takePlace())

    this.#at('Downloading', 'Downloading input data')
    await layOut(this.#folders, description)
    await this.#step('DownloadInputData', async () => {
      for (const channel of description.InputDataConfig ?? []) {
        await download(this.#acting, channel, join(this.#folders.input, channel.ChannelName), origin, region)
      }
    })

    this.#at('Training', 'Downloading the training image')
    const image = await this.#step('PullImage', () => this.#prepareImage())
    const logs = await this.#step('CreateLogStream', () =>
      JobLogs.open(this.#acting, description.TrainingJobName, this.#world.now()),
    )
    if (this.#stopAsked()) return this.#end('Stopped', 'Stopped', 'Training job stopped')

    const metrics = new MetricReader(description.AlgorithmSpecification!.MetricDefinitions)
    const ending = await this.#step('Train', () => this.#train(image, logs, metrics, origin))
    await this.#step('PutLogEvents', () => logs.close())

    this.#at('Uploading', 'Uploading generated training model')
    const model = await this.#step('UploadModel', () => this.#uploadResults(origin))
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

  /** The network place that S3 transfers and the container's own traffic come from. */
  async #takePlace(): Promise<Origin> {
    const vpc = this.#job.description.VpcConfig
    if (!vpc) return sagemakerNetwork
    const place = { subnets: vpc.Subnets, securityGroupIds: vpc.SecurityGroupIds }
    const id = await createInterface(this.#acting, place, this.#job.description.TrainingJobArn, (created) => {
      this.#change((job) => (job.leftovers = created))
    })
    return { kind: 'interface', networkInterfaceId: id }
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

  async #train(
    image: PreparedImage,
    logs: JobLogs,
    metrics: MetricReader,
    origin: Origin,
  ): Promise<Ending | undefined> {
    const { description, region } = this.#job
    const { AlgorithmSpecification: algorithm, EnableNetworkIsolation: isolated } = description
    const runner = await runnerOf(this.#world)
    const network = isolated
      ? undefined
      : await containerNetwork(this.#world, this.#acting, description.RoleArn!, origin)
    try {
      this.#change((job) => (job.description.TrainingStartTime = this.#seconds()))
      this.#at('Training', 'Training image download completed. Training in progress.')
      const running = await runner.start({
        name: `${this.#job.account}-${region}-${description.TrainingJobName}`,
        image,
        entrypoint: algorithm!.ContainerEntrypoint ?? [],
        arguments: algorithm!.ContainerArguments ?? ['train'],
        ml: this.#folders.ml,
        env: { ...environmentOf(description, region), ...network?.env },
        hostname: 'algo-1',
        network: isolated ? 'none' : 'host',
        hide: [this.#world.config.dataDir],
        records: recordsOf(this.#world),
      })
      const { ending, exit } = await this.#follow(running, logs, metrics)
      const failed = exit.code !== 0 && !ending
      // What the program said is kept, however it ended.
      if (failed || this.#shutdown.aborted) await logs.close()
      if (failed) throw new JobFailure(reasons.algorithm(await failureText(this.#folders), exit.code))
      return ending
    } finally {
      network?.close()
    }
  }

  /** Passes output on as it comes, and ends the program when it is told to or its time is over. */
  async #follow(running: Running, logs: JobLogs, metrics: MetricReader) {
    let ending: Ending | undefined
    const end = (why: Ending) => {
      ending ??= why
      void running.stop(stopGraceSeconds)
    }
    const onStop = () => end('Stopped')
    const onShutdown = () => void running.stop(0)
    const limitMs = (this.#job.description.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400) * 1000
    const timer = setTimeout(() => end('MaxRuntimeExceeded'), Math.min(limitMs, 2 ** 31 - 1))
    if (this.#stopAsked()) onStop()
    else this.#stop.addEventListener('abort', onStop, { once: true })
    if (this.#shutdown.aborted) onShutdown()
    else this.#shutdown.addEventListener('abort', onShutdown, { once: true })
    try {
      for await (const line of running.output) {
        logs.write(line.time, line.text)
        metrics.read(line.time, line.text)
      }
      return { exit: await running.exit, ending }
    } finally {
      clearTimeout(timer)
      this.#stop.removeEventListener('abort', onStop)
      this.#shutdown.removeEventListener('abort', onShutdown)
    }
  }

  async #uploadResults(origin: Origin): Promise<string> {
    const { description, region } = this.#job
    const to = { outputPath: description.OutputDataConfig!.S3OutputPath, jobName: description.TrainingJobName }
    if (await hasContent(this.#folders.outputData)) {
      await upload(this.#acting, this.#folders.outputData, { ...to, file: 'output.tar.gz' }, origin, region)
    }
    return upload(this.#acting, this.#folders.model, { ...to, file: 'model.tar.gz' }, origin, region)
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

  /** The interface goes after the outcome is known, as on AWS; one that the role may not delete stays in leftovers. */
  async cleanUp(): Promise<void> {
    if (this.#shutdown.aborted) return
    try {
      if (this.#job.leftovers && (await deleteInterface(this.#acting, this.#job.leftovers))) {
        this.#change((job) => delete job.leftovers)
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
