import { join } from 'node:path'
import type { Origin } from '../door/call.ts'
import { runnerOf } from '../runners/choose.ts'
import type { PreparedImage } from '../runners/runner.ts'
import { trainingJobs, transition } from '../services/sagemaker/training-job.ts'
import type { TrainingJob, TrainingJobDescription } from '../services/sagemaker/training-job.ts'
import type { World } from '../world.ts'
import { hasContent, upload } from './artifacts.ts'
import { download } from './channels.ts'
import { environmentOf, failureText, hostsOf, layOut } from './container.ts'
import type { Host } from './container.ts'
import type { JobNetwork } from './container-network.ts'
import { runContainers } from './containers.ts'
import { reasons } from './failure.ts'
import { pullImage } from './image.ts'
import { JobLogs } from './job-logs.ts'
import type { JobKind, Signals } from './job-kinds.ts'
import { JobRun, placeOf } from './job-run.ts'
import { MetricReader } from './metrics.ts'

const LOG_GROUP = '/aws/sagemaker/TrainingJobs'

/** A training job, each step in AWS's order and by a call of the execution role, so that what it lacks fails it where AWS fails it. */
export const trainingJob: JobKind<TrainingJobDescription> = {
  run: (world, job, signals) => new TrainingRun(world, job, signals).run(),
  fail,
}

function fail(job: TrainingJob, reason: string, now: number): void {
  job.description.FailureReason = reason
  end(job, 'Failed', 'Failed', 'Training job failed', now)
}

function end(
  job: TrainingJob,
  status: 'Completed' | 'Failed' | 'Stopped',
  secondary: 'Completed' | 'Failed' | 'Stopped' | 'MaxRuntimeExceeded',
  message: string,
  now: number,
): void {
  transition(job, status, secondary, message, now)
  const { description } = job
  if (description.TrainingStartTime === undefined) return
  description.TrainingTimeInSeconds = Math.max(1, Math.round(now - description.TrainingStartTime))
  description.BillableTimeInSeconds = description.TrainingTimeInSeconds
}

class TrainingRun extends JobRun<TrainingJobDescription> {
  readonly #hosts: readonly Host[]

  constructor(world: World, job: TrainingJob, signals: Signals) {
    super(world, trainingJobs, job, signals)
    this.#hosts = hostsOf(this.folder, job.description)
  }

  protected fail = fail

  protected async all(): Promise<void> {
    const { description, region } = this.job
    if (this.stopAsked()) return this.#end('Stopped', 'Stopped', 'Training job stopped')
    await this.step('AssumeRole', () => this.assumeRole())
    const count = this.#hosts.length
    const interfaces = await this.step('CreateNetworkInterface', () => this.takePlaces(description.VpcConfig, count))
    this.beginNetwork(description.EnableNetworkIsolation ?? false, count, interfaces)

    this.#at('Downloading', 'Downloading input data')
    for (const host of this.#hosts) await layOut(host, description)
    await this.step('DownloadInputData', () => this.#downloadAll(interfaces, region))

    this.#at('Training', 'Downloading the training image')
    const image = await this.step('PullImage', () => this.#prepareImage())
    const logs = await this.step('CreateLogStream', async () => {
      const [all, now] = [[] as JobLogs[], this.world.now()]
      for (const { name } of this.#hosts) all.push(await JobLogs.open(this.acting, LOG_GROUP, this.job.name, name, now))
      return all
    })
    const network = await this.joinNetwork()
    if (this.stopAsked()) return this.#end('Stopped', 'Stopped', 'Training job stopped')

    const metrics = new MetricReader(description.AlgorithmSpecification!.MetricDefinitions)
    const ending = await this.step('Train', () => this.#train(image, network, logs, metrics))
    await this.step('PutLogEvents', async () => {
      for (const one of logs) await one.close()
    })

    this.#at('Uploading', 'Uploading generated training model')
    const model = await this.step('UploadModel', () => this.#uploadResults(placeOf(interfaces[0])))
    await this.#publish(metrics)
    this.change((job) => {
      job.description.ModelArtifacts = { S3ModelArtifacts: model }
      job.description.FinalMetricDataList = metrics.final()
    })
    if (ending === 'MaxRuntimeExceeded')
      return this.#end('Stopped', 'MaxRuntimeExceeded', 'Training job runtime exceeded MaxRuntimeInSeconds provided')
    if (ending) return this.#end('Stopped', 'Stopped', 'Training job stopped')
    this.#end('Completed', 'Completed', 'Training job completed')
  }

  async #downloadAll(interfaces: readonly string[], region: string): Promise<void> {
    const count = this.#hosts.length
    for (const [index, { folders }] of this.#hosts.entries()) {
      const by = { origin: placeOf(interfaces[index]), region, index, count }
      for (const channel of this.job.description.InputDataConfig ?? [])
        await download(this.acting, channel, join(folders.input, channel.ChannelName), by)
    }
  }

  async #prepareImage(): Promise<PreparedImage> {
    const { TrainingImage } = this.job.description.AlgorithmSpecification!
    const image = await pullImage(this.world, this.acting, TrainingImage!)
    return (await runnerOf(this.world)).prepare(image, join(this.folder, 'image'))
  }

  async #train(image: PreparedImage, network: JobNetwork, logs: JobLogs[], metrics: MetricReader) {
    this.change((job) => (job.description.TrainingStartTime = this.seconds()))
    this.#at('Training', 'Training image download completed. Training in progress.')
    const { account, region, name, description } = this.job
    const { ContainerEntrypoint, ContainerArguments } = description.AlgorithmSpecification!
    try {
      return await runContainers(this.world, {
        name: `${account}-${region}-${name}`,
        entrypoint: ContainerEntrypoint ?? [],
        arguments: ContainerArguments ?? ['train'],
        hosts: this.#hosts.map(({ name: host, folders }) => ({
          name: host,
          ml: folders.ml,
          env: environmentOf(description, region, host),
        })),
        image,
        network,
        told: (host, { time, text }) => {
          logs[host]!.write(time, text)
          metrics.read(time, text)
        },
        saved: async () => {
          for (const one of logs) await one.close()
        },
        failure: async (host, code) => reasons.algorithm(await failureText(this.#hosts[host]!.folders), code),
        maxRuntimeSeconds: description.StoppingCondition?.MaxRuntimeInSeconds,
        ...this.signals,
      })
    } finally {
      void this.leaveNetwork()
    }
  }

  async #uploadResults(origin: Origin): Promise<string> {
    const { description, region, name } = this.job
    const to = { outputPath: description.OutputDataConfig!.S3OutputPath, jobName: name }
    const of = (folder: 'model' | 'outputData') => this.#hosts.map((host) => host.folders[folder])
    const outputs = of('outputData')
    if ((await Promise.all(outputs.map(hasContent))).includes(true))
      await upload(this.acting, outputs, { ...to, file: 'output.tar.gz' }, origin, region)
    return upload(this.acting, of('model'), { ...to, file: 'model.tar.gz' }, origin, region)
  }

  /** A role without cloudwatch:PutMetricData loses its graphs, not its job; the refusal stays in the steps. inferred */
  async #publish(metrics: MetricReader): Promise<void> {
    const refused = await metrics.publish(this.acting, LOG_GROUP, { Name: 'TrainingJobName', Value: this.job.name })
    if (refused) this.refused('PutMetricData', refused)
  }

  #at(secondary: 'Downloading' | 'Training' | 'Uploading', message: string): void {
    this.change((job) => {
      const status = job.description.TrainingJobStatus === 'Stopping' ? 'Stopping' : 'InProgress'
      transition(job, status, secondary, message, this.seconds())
    })
  }

  #end(
    status: 'Completed' | 'Stopped',
    secondary: 'Completed' | 'Stopped' | 'MaxRuntimeExceeded',
    message: string,
  ): void {
    this.change((job) => end(job, status, secondary, message, this.seconds()))
  }
}
