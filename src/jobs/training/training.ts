import { mkdir, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import type { Origin } from '../../door/call.ts'
import { runnerOf } from '../../runners/choose.ts'
import type { PreparedImage } from '../../runners/runner.ts'
import { trainingJobs, transition } from '../../services/sagemaker/training/training-job.ts'
import type { TrainingJob, TrainingJobDescription } from '../../services/sagemaker/training/training-job.ts'
import type { World } from '../../world.ts'
import { hasContent, upload, uploadPlain } from '../transfers/artifacts.ts'
import { download } from '../transfers/channels.ts'
import { Checkpoints } from './checkpoints.ts'
import { channelsOf, environmentOf, failureText, hostsOf, inputModeOf, layOut, shardOf } from '../container.ts'
import type { Host } from '../container.ts'
import type { JobNetwork } from '../container-network.ts'
import { runContainers } from '../containers.ts'
import type { Ending } from '../containers.ts'
import { mustFit } from '../disk-use.ts'
import { JobFailure, reasons } from '../failure.ts'
import { pullImage } from '../image.ts'
import { volumeBytes } from '../instance-types.ts'
import type { Instance } from '../instance-types.ts'
import { JobLogs } from '../job-logs.ts'
import type { JobKind, Signals } from '../job-kinds.ts'
import { JobRun, placeOf } from '../job-run.ts'
import { tellMetric } from './live-metrics.ts'
import { MetricReader } from './metrics.ts'
import { PipeChannel } from './pipe-channel.ts'
import { interruptedAfter, isRetried, runtimeLeft, waitSeconds, waitTimeLeft } from './spot.ts'
import { endTraining, failTraining } from './end.ts'

const LOG_GROUP = '/aws/sagemaker/TrainingJobs'

/** A training job, each step in AWS's order and by a call of the execution role, so that what it lacks fails it where AWS fails it. */
export const trainingJob: JobKind<TrainingJobDescription> = {
  run: (world, job, signals) => new TrainingRun(world, job, signals).run(),
  fail: failTraining,
}

/** Why programs were ended; `undefined`: by themselves. */
type Outcome = Ending | 'Interrupted' | 'MaxWaitTimeExceeded' | undefined

class TrainingRun extends JobRun<TrainingJobDescription> {
  readonly #hosts: readonly Host[]
  readonly #metrics: MetricReader
  #interfaces: readonly string[] | undefined
  #pipes: PipeChannel[] = []
  #checkpoints: Checkpoints[] = []

  constructor(world: World, job: TrainingJob, signals: Signals) {
    super(world, trainingJobs, job, signals)
    this.#hosts = hostsOf(this.folder, job.description)
    const definitions = job.description.AlgorithmSpecification!.MetricDefinitions
    this.#metrics = new MetricReader(definitions, (metric) => tellMetric(world, job.arn, metric))
  }

  protected fail = failTraining

  /** One attempt; another when spot instances were taken back, or after a fault of the service's, as RetryStrategy says. */
  protected async all(): Promise<void> {
    let interruptions = 0
    let retries = 0
    for (;;) {
      if (this.stopAsked()) return this.#end('Stopped')
      if (waitTimeLeft(this.job.description, this.seconds()) === 0) return this.#end('MaxWaitTimeExceeded')
      try {
        const outcome = await this.#attempt(interruptions)
        if (outcome !== 'Interrupted') return this.#end(outcome)
        interruptions += 1
        this.#at('Interrupted', 'The managed spot training instances were interrupted') // inferred: sentence
      } catch (error) {
        const reason = error instanceof JobFailure ? error.message : reasons.internal
        if (this.signals.shutdown.aborted || !isRetried(this.job.description, reason, retries)) throw error
        this.stepFailed(error)
        retries += 1
      }
      await this.#startAgain()
    }
  }

  async #attempt(interruptions: number): Promise<Outcome> {
    const { description } = this.job
    await this.step('AssumeRole', () => this.assumeRole())
    const count = this.#hosts.length
    await this.encryptVolumes(description.ResourceConfig!.VolumeKmsKeyId || undefined, count)
    this.#interfaces ??= await this.step('CreateNetworkInterface', () => this.takePlaces(description.VpcConfig, count))
    this.beginNetwork(description.EnableNetworkIsolation ?? false, count, this.#interfaces)
    this.change((job) => (job.description.TrainingStartTime ??= this.seconds()))

    const channels = description.InputDataConfig ?? []
    // "An optional stage for algorithms that support File training input mode" (API_DescribeTrainingJob: SecondaryStatus).
    const streamed = channels.length > 0 && channels.every((one) => inputModeOf(description, one) === 'Pipe')
    if (!streamed) this.#at('Downloading', 'Downloading input data')
    for (const host of this.#hosts) await layOut(host, description)
    await this.step('DownloadInputData', () => this.#bringData())
    if (description.CheckpointConfig) await this.step('DownloadCheckpoints', () => this.#bringCheckpoints())

    this.#at('Training', 'Downloading the training image')
    const image = await this.step('PullImage', () => this.#prepareImage())
    const logs = await this.step('CreateLogStream', () => this.#openLogs())
    const network = await this.joinNetwork()
    if (this.stopAsked()) return 'Stopped'

    const outcome = await this.step('Train', () => this.#train(image, network, logs, interruptions))
    await this.step('PutLogEvents', async () => {
      for (const one of logs) await one.close()
    })
    if (this.#checkpoints.length > 0)
      await this.step('UploadCheckpoints', async () => {
        for (const one of this.#checkpoints) await one.upload()
      })
    if (outcome !== 'Interrupted') await this.#keepResults()
    return outcome
  }

  async #bringData(): Promise<void> {
    const { description } = this.job
    this.#pipes = []
    for (const [index, host] of this.#hosts.entries()) {
      for (const one of channelsOf(description, host)) {
        const channel = { ...one, InputMode: inputModeOf(description, one) }
        const by = { ...this.#placeOf(index), ...shardOf(this.#hosts, one, host) }
        if (channel.InputMode === 'Pipe')
          this.#pipes.push(await PipeChannel.open(this.acting, channel, host.folders.input, by))
        else await download(this.acting, channel, join(host.folders.input, channel.ChannelName), by)
      }
      await mustFit([host.folders.ml], volumeBytes(this.#instance(host.instanceType)), 'Data download')
    }
  }

  #instance(InstanceType: string): Instance {
    const { VolumeSizeInGB } = this.job.description.ResourceConfig!
    return { InstanceType, ...(VolumeSizeInGB !== undefined && { VolumeSizeInGB }) }
  }

  async #bringCheckpoints(): Promise<void> {
    const { S3Uri } = this.job.description.CheckpointConfig!
    this.#checkpoints = this.#hosts.map(
      ({ folders }, index) => new Checkpoints(this.acting, S3Uri, folders.checkpoints, this.#placeOf(index)),
    )
    for (const one of this.#checkpoints) await one.download()
  }

  async #prepareImage(): Promise<PreparedImage> {
    const { TrainingImage } = this.job.description.AlgorithmSpecification!
    const image = await pullImage(this.world, this.acting, TrainingImage!)
    const runner = await runnerOf(this.world)
    const { tool } = await runner.isolation()
    if (tool === 'none' && this.#hosts[0]!.mounts.length > 0) throw new JobFailure(reasons.noMounts)
    return runner.prepare(image, join(this.folder, 'image'))
  }

  async #openLogs(): Promise<JobLogs[]> {
    const [all, now] = [[] as JobLogs[], this.world.now()]
    for (const { name } of this.#hosts) all.push(await JobLogs.open(this.acting, LOG_GROUP, this.job.name, name, now))
    return all
  }

  async #train(image: PreparedImage, network: JobNetwork, logs: JobLogs[], interruptions: number): Promise<Outcome> {
    this.#at('Training', 'Training image download completed. Training in progress.')
    const { account, region, name, description } = this.job
    const { ContainerEntrypoint, ContainerArguments } = description.AlgorithmSpecification!
    const now = this.seconds()
    try {
      return await runContainers<'Interrupted' | 'MaxWaitTimeExceeded'>(this.world, {
        name: `${account}-${region}-${name}`,
        entrypoint: ContainerEntrypoint ?? [],
        arguments: ContainerArguments ?? ['train'],
        hosts: this.#hosts.map(({ name: host, folders, mounts, instanceType }) => ({
          name: host,
          ml: folders.ml,
          env: environmentOf(description, region, host),
          mounts,
          instance: this.#instance(instanceType),
        })),
        image,
        network,
        told: (host, { time, text }) => {
          logs[host]!.write(time, text)
          this.#metrics.read(time, text)
        },
        saved: async () => {
          for (const one of logs) await one.close()
        },
        failure: async (host, code) => reasons.algorithm(await failureText(this.#hosts[host]!.folders), code),
        maxRuntimeSeconds: runtimeLeft(description, now),
        limits: [
          { seconds: interruptedAfter(description, interruptions), ending: 'Interrupted' },
          { seconds: waitTimeLeft(description, now), ending: 'MaxWaitTimeExceeded' },
        ],
        beside: [
          ...this.#pipes.map((pipe) => (over: AbortSignal) => pipe.feed(over)),
          ...this.#checkpoints.map((one) => (over: AbortSignal) => one.follow(over)),
        ],
        ...this.signals,
      })
    } finally {
      void this.leaveNetwork()
    }
  }

  async #keepResults(): Promise<void> {
    this.#at('Uploading', 'Uploading generated training model')
    const model = await this.step('UploadModel', () => this.#uploadResults(this.#placeOf(0).origin))
    await this.#publish()
    this.change((job) => {
      job.description.ModelArtifacts = { S3ModelArtifacts: model }
      job.description.FinalMetricDataList = this.#metrics.final()
    })
  }

  async #uploadResults(origin: Origin): Promise<string> {
    const { description, region, name } = this.job
    const { S3OutputPath, KmsKeyId, CompressionType } = description.OutputDataConfig!
    const to = { outputPath: S3OutputPath, jobName: name, kmsKeyId: KmsKeyId || undefined }
    const of = (folder: 'model' | 'outputData') => this.#hosts.map((host) => host.folders[folder])
    const plain = CompressionType === 'NONE'
    const outputs = of('outputData')
    if ((await Promise.all(outputs.map(hasContent))).includes(true)) {
      if (plain) await uploadPlain(this.acting, outputs, { ...to, folder: 'data' }, origin, region)
      else await upload(this.acting, outputs, { ...to, file: 'output.tar.gz' }, origin, region)
    }
    if (plain) return uploadPlain(this.acting, of('model'), { ...to, folder: 'model' }, origin, region)
    return upload(this.acting, of('model'), { ...to, file: 'model.tar.gz' }, origin, region)
  }

  /** A role without cloudwatch:PutMetricData loses its graphs, not its job; the refusal stays in the steps. inferred */
  async #publish(): Promise<void> {
    const refused = await this.#metrics.publish(this.acting, LOG_GROUP, {
      Name: 'TrainingJobName',
      Value: this.job.name,
    })
    if (refused) this.refused('PutMetricData', refused)
  }

  /** New instances, on which nothing is left of what the last ones had. */
  async #startAgain(): Promise<void> {
    await this.leaveNetwork()
    await rm(this.folder, { recursive: true, force: true })
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const left = waitTimeLeft(this.job.description, this.seconds()) ?? Infinity
    const seconds = Math.min(waitSeconds(this.job.description), left, 2 ** 31 / 1000 - 1)
    const { stop, shutdown } = this.signals
    await delay(seconds * 1000, undefined, { signal: AbortSignal.any([stop, shutdown]) }).catch(() => {}) // told below
    shutdown.throwIfAborted()
    if (!this.stopAsked()) this.#at('Starting', 'Launching requested ML instances')
  }

  #placeOf(index: number): { origin: Origin; region: string } {
    return { origin: placeOf(this.#interfaces![index]), region: this.job.region }
  }

  #at(secondary: 'Starting' | 'Downloading' | 'Training' | 'Interrupted' | 'Uploading', message: string): void {
    this.change((job) => {
      const status = job.description.TrainingJobStatus === 'Stopping' ? 'Stopping' : 'InProgress'
      transition(job, status, secondary, message, this.seconds())
    })
  }

  #end(outcome: Exclude<Outcome, 'Interrupted'>): void {
    this.change((job) => endTraining(job, outcome ?? 'Completed', this.seconds()))
  }
}
