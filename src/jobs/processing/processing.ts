import { join } from 'node:path'
import type { PreparedImage } from '../../runners/runner.ts'
import { runnerOf } from '../../runners/choose.ts'
import { moveOn, processingJobs } from '../../services/sagemaker/processing/processing-job.ts'
import type { ProcessingJob, ProcessingJobDescription } from '../../services/sagemaker/processing/processing-job.ts'
import type { World } from '../../world.ts'
import type { JobNetwork } from '../container-network.ts'
import { runContainers } from '../containers.ts'
import { JobFailure, reasons } from '../failure.ts'
import { pullImage } from '../image.ts'
import type { Instance } from '../instance-types.ts'
import { JobLogs } from '../job-logs.ts'
import type { JobKind, Signals } from '../job-kinds.ts'
import { JobRun, placeOf } from '../job-run.ts'
import { exitMessage, layOutProcessing, processingEnvironment, processingHosts } from './container.ts'
import type { ProcessingHost } from './container.ts'
import { downloadInput } from './inputs.ts'
import { keepUploading, OutputUpload } from './outputs.ts'

const LOG_GROUP = '/aws/sagemaker/ProcessingJobs'

/** A processing job ("How Amazon SageMaker Processing Runs Your Processing Container Image"). */
export const processingJob: JobKind<ProcessingJobDescription> = {
  run: (world, job, signals) => new ProcessingRun(world, job, signals).run(),
  fail,
}

function fail(job: ProcessingJob, reason: string, now: number): void {
  job.description.FailureReason = reason
  moveOn(job, 'Failed', now)
}

class ProcessingRun extends JobRun<ProcessingJobDescription> {
  readonly #hosts: readonly ProcessingHost[]

  constructor(world: World, job: ProcessingJob, signals: Signals) {
    super(world, processingJobs, job, signals)
    this.#hosts = processingHosts(this.folder, job.description)
  }

  protected fail = fail

  protected async all(): Promise<void> {
    const { description } = this.job
    if (this.stopAsked()) return this.#end('Stopped')
    await this.step('AssumeRole', () => this.assumeRole())
    const { VpcConfig: vpc, EnableNetworkIsolation: isolated = false } = description.NetworkConfig ?? {}
    const count = this.#hosts.length
    const interfaces = await this.step('CreateNetworkInterface', () => this.takePlaces(vpc, count))
    this.beginNetwork(isolated, count, interfaces)
    const { VolumeKmsKeyId } = description.ProcessingResources.ClusterConfig
    await this.encryptVolumes(VolumeKmsKeyId || undefined, count)

    for (const host of this.#hosts) await layOutProcessing(host, description)
    await this.step('DownloadInputData', () => this.#downloadAll(interfaces))
    const image = await this.step('PullImage', () => this.#prepareImage())
    const logs = await this.step('CreateLogStream', async () => {
      const [all, now] = [[] as JobLogs[], this.world.now()]
      for (const { name } of this.#hosts) all.push(await JobLogs.open(this.acting, LOG_GROUP, this.job.name, name, now))
      return all
    })
    const network = await this.joinNetwork()
    if (this.stopAsked()) return this.#end('Stopped')

    const uploads = this.#uploads(interfaces)
    const ending = await this.step('Process', () => this.#process(image, network, logs, uploads))
    await this.step('PutLogEvents', async () => {
      for (const one of logs) await one.close()
    })
    await this.step('UploadOutput', async () => {
      for (const one of uploads) await one.upload()
    })
    this.#end(ending ? 'Stopped' : 'Completed')
  }

  async #downloadAll(interfaces: readonly string[]): Promise<void> {
    const count = this.#hosts.length
    for (const [index, { ml }] of this.#hosts.entries()) {
      const access = this.#access(interfaces[index])
      for (const { S3Input, AppManaged } of this.job.description.ProcessingInputs ?? [])
        if (S3Input && !AppManaged) await downloadInput(access, S3Input, ml, { index, count })
    }
  }

  #access(networkInterfaceId: string | undefined) {
    return { acting: this.acting, origin: placeOf(networkInterfaceId), region: this.job.region }
  }

  #uploads(interfaces: readonly string[]): OutputUpload[] {
    const { Outputs = [], KmsKeyId } = this.job.description.ProcessingOutputConfig ?? {}
    return this.#hosts.flatMap(({ ml }, index) =>
      Outputs.flatMap(({ S3Output, AppManaged }) =>
        S3Output && !AppManaged
          ? [new OutputUpload(this.#access(interfaces[index]), S3Output, ml, KmsKeyId || undefined)]
          : [],
      ),
    )
  }

  async #prepareImage(): Promise<PreparedImage> {
    const { ImageUri } = this.job.description.AppSpecification
    const image = await pullImage(this.world, this.acting, ImageUri).catch((error: unknown) => {
      throw error instanceof JobFailure ? imageFailure(ImageUri, error) : error
    })
    return (await runnerOf(this.world)).prepare(image, join(this.folder, 'image'))
  }

  async #process(image: PreparedImage, network: JobNetwork, logs: JobLogs[], uploads: readonly OutputUpload[]) {
    this.change((job) => (job.description.ProcessingStartTime = this.seconds()))
    const { account, region, name, description } = this.job
    const { ContainerEntrypoint, ContainerArguments } = description.AppSpecification
    try {
      return await runContainers(this.world, {
        name: `processing-${account}-${region}-${name}`,
        entrypoint: ContainerEntrypoint ?? [],
        // As docker has it: an entrypoint of one's own takes the image's command away.
        arguments: ContainerArguments ?? (ContainerEntrypoint ? [] : (image.config.Cmd ?? [])),
        hosts: this.#hosts.map((host) => ({
          ...host,
          env: processingEnvironment(description, region),
          instance: description.ProcessingResources.ClusterConfig as Instance,
        })),
        image,
        network,
        told: (host, { time, text }) => logs[host]!.write(time, text),
        saved: async () => {
          for (const one of logs) await one.close()
        },
        failure: async (host, code) => reasons.algorithm((await exitMessage(this.#hosts[host]!)) ?? '', code),
        maxRuntimeSeconds: description.StoppingCondition?.MaxRuntimeInSeconds,
        beside: [(over) => keepUploading(uploads, { over, shutdown: this.signals.shutdown })],
        ...this.signals,
      })
    } finally {
      void this.leaveNetwork()
      await this.#keepMessage()
    }
  }

  /** "After the processing job enters any terminal status", so of one that failed as well; the first host that says something. */
  async #keepMessage(): Promise<void> {
    for (const host of this.#hosts) {
      const message = await exitMessage(host)
      if (message === undefined) continue
      this.change((job) => (job.description.ExitMessage = message))
      return
    }
  }

  #end(status: 'Completed' | 'Stopped'): void {
    this.change((job) => moveOn(job, status, this.seconds()))
  }
}

/** The first sentence is AWS's, pasted from docker (facts: errors.md A9); the second is docker's for what may not be pulled. inferred */
function imageFailure(uri: string, { requestId }: JobFailure): JobFailure {
  const text =
    requestId === undefined
      ? `manifest for ${uri} not found: manifest unknown: Requested image not found`
      : `pull access denied for ${uri.replace(/[:@][^/]*$/, '')}, repository does not exist or may require 'docker login'`
  const failure = new JobFailure(`ClientError: API error (404): ${text}`)
  return Object.assign(failure, { requestId })
}
