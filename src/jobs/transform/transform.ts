import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runnerOf } from '../../runners/choose.ts'
import type { PreparedImage } from '../../runners/runner.ts'
import { containersOf, models } from '../../services/sagemaker/model/model.ts'
import type { Model, ModelContainer } from '../../services/sagemaker/model/model.ts'
import { moveOn, transformJobs } from '../../services/sagemaker/transform/transform-job.ts'
import type { TransformJob, TransformJobDescription } from '../../services/sagemaker/transform/transform-job.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { hostName } from '../container.ts'
import type { JobNetwork } from '../container-network.ts'
import { JobFailure } from '../failure.ts'
import { pullImage } from '../image.ts'
import { JobLogs } from '../job-logs.ts'
import type { JobKind, Signals } from '../job-kinds.ts'
import { JobRun, placeOf } from '../job-run.ts'
import { loadModel } from '../model-server/artifacts.ts'
import { startModelServer, untilHealthy } from '../model-server/model-server.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { objectsBelow, objectsOfManifest } from '../transfers/objects.ts'
import type { InputObject } from '../transfers/objects.ts'
import { executionParameters, gate, planOf, transformObject } from './object.ts'
import type { Outcome } from './object.ts'

const LOG_GROUP = '/aws/sagemaker/TransformJobs'

/** The live service's sentences (sagemaker-python-sdk and amazon-sagemaker-examples issues); `client` is [M]. */
const failures = {
  algorithm: 'AlgorithmError: See job logs for more information',
  client: 'ClientError: See job logs for more information',
  ping: 'AlgorithmError: Model container failed to respond to ping. Please ensure /ping endpoint is implemented and responds with an HTTP 200 status code',
}

/** A batch transform job ("Use Your Own Inference Code with Batch Transform"). */
export const transformJob: JobKind<TransformJobDescription> = {
  run: (world, job, signals) => new TransformRun(world, job, signals).run(),
  fail,
}

function fail(job: TransformJob, reason: string, now: number): void {
  job.description.FailureReason = reason
  moveOn(job, 'Failed', now)
}

/** An instance, its container's log, and what SageMaker says of the data. */
interface Host {
  index: number
  ml: string
  container: JobLogs
  data: JobLogs
}

class TransformRun extends JobRun<TransformJobDescription> {
  constructor(world: World, job: TransformJob, signals: Signals) {
    super(world, transformJobs, job, signals)
  }

  protected fail = fail

  protected async all(): Promise<void> {
    const { description } = this.job
    if (this.stopAsked()) return this.#end('Stopped')
    await this.step('AssumeRole', () => this.assumeRole())
    const { InstanceCount: count, VolumeKmsKeyId } = description.TransformResources
    const model = this.#model()
    const { VpcConfig: vpc, EnableNetworkIsolation: isolated = false } = model.description
    const interfaces = await this.step('CreateNetworkInterface', () => this.takePlaces(vpc, count))
    // Isolated models have no peers: each has the network of one that is alone.
    this.beginNetwork(isolated, isolated ? 1 : count, interfaces)
    await this.encryptVolumes(VolumeKmsKeyId || undefined, count)

    const objects = await this.step('ListInputData', () => this.#list(interfaces[0]))
    const [container] = containersOf(model.description)
    const image = await this.step('PullImage', () => this.#prepareImage(container!.Image!))
    const hosts = await this.step('CreateLogStream', () => this.#hosts(count))
    await this.step('DownloadModelData', async () => {
      for (const { index, ml } of hosts) await loadModel(this.#access(interfaces[index]), container!, join(ml, 'model'))
    })
    const network = await this.joinNetwork()
    if (this.stopAsked()) return this.#end('Stopped')

    this.change((job) => (job.description.TransformStartTime = this.seconds()))
    const saveLogs = async () => {
      for (const { container: one, data } of hosts) await Promise.all([one.close(), data.close()])
    }
    const work = { objects, image, network, container: container!, isolated, interfaces }
    try {
      await this.step('Transform', () => this.#transformAll(hosts, work))
    } catch (error) {
      await saveLogs().catch(() => {}) // what failed it first is the reason
      throw error
    } finally {
      void this.leaveNetwork()
    }
    await this.step('PutLogEvents', saveLogs)
    this.#end(this.stopAsked() ? 'Stopped' : 'Completed')
  }

  #model(): Model {
    try {
      return models.must(this.world.store, this.job, this.job.description.ModelName)
    } catch (error) {
      // It was deleted after the job was created.
      throw error instanceof AwsError ? new JobFailure(`ClientError: ${error.message}`, error) : error // inferred: sentence
    }
  }

  #access(networkInterfaceId: string | undefined) {
    return { acting: this.acting, origin: placeOf(networkInterfaceId), region: this.job.region }
  }

  async #list(networkInterfaceId: string | undefined): Promise<InputObject[]> {
    const access = this.#access(networkInterfaceId)
    const { S3Uri: uri, S3DataType } = this.job.description.TransformInput.DataSource.S3DataSource
    try {
      if (S3DataType === 'S3Prefix') return await objectsBelow(access, uri)
      const objects = await objectsOfManifest(access, uri)
      if (objects) return objects
    } catch (error) {
      // inferred: sentence
      const text = error instanceof AwsError ? `${error.code}: ${error.message}` : 'Unable to execute request to S3'
      throw new JobFailure(`ClientError: Data download failed:Unable to list objects under ${uri} (${text})`, error)
    }
    throw new JobFailure(`ClientError: Data download failed:Invalid manifest file ${uri}`) // inferred: sentence
  }

  async #prepareImage(uri: string): Promise<PreparedImage> {
    const image = await pullImage(this.world, this.acting, uri)
    return (await runnerOf(this.world)).prepare(image, join(this.folder, 'image'))
  }

  /** Streams as AWS names them: JOB/INSTANCE-TIME, and of the data JOB/INSTANCE-TIME/data-log ("Log SageMaker Events with CloudWatch"). */
  async #hosts(count: number): Promise<Host[]> {
    const hosts: Host[] = []
    const seconds = Math.floor(this.seconds())
    for (let index = 0; index < count; index += 1) {
      const stream = `${this.job.name}/i-0${this.world.hex(16)}-${seconds}`
      const container = await JobLogs.openStream(this.acting, LOG_GROUP, stream)
      const data = await JobLogs.openStream(this.acting, LOG_GROUP, `${stream}/data-log`)
      const ml = join(this.folder, hostName(index), 'ml')
      await mkdir(join(ml, 'model'), { recursive: true })
      hosts.push({ index, container, data, ml })
    }
    return hosts
  }

  /** Objects are dealt out to the hosts; one that fails does not keep the others from being transformed. */
  async #transformAll(hosts: readonly Host[], of: Work): Promise<void> {
    const cut = AbortSignal.any([this.signals.stop, this.signals.shutdown])
    const ends = await Promise.allSettled(hosts.map((host) => this.#onHost(host, of, cut)))
    this.signals.shutdown.throwIfAborted()
    if (this.stopAsked()) return
    const failed = ends.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
    const kinds = ends.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])).map(({ kind }) => kind)
    if (kinds.includes('algorithm')) throw new JobFailure(failures.algorithm)
    if (kinds.includes('client')) throw new JobFailure(failures.client)
  }

  async #onHost(host: Host, of: Work, cut: AbortSignal): Promise<Outcome[]> {
    const { account, region, name, description } = this.job
    const server = await startModelServer(this.world, {
      name: `transform-${account}-${region}-${name}-${hostName(host.index)}`,
      image: of.image,
      ml: host.ml,
      hostname: hostName(host.index),
      env: transformEnvironment(description, of.container, region),
      network: of.network,
      index: of.isolated ? 0 : host.index,
      told: ({ time, text }) => host.container.write(time, text),
      instance: { InstanceType: description.TransformResources.InstanceType },
    })
    const stop = () => void server.stop()
    cut.addEventListener('abort', stop, { once: true })
    try {
      if (server.notice !== undefined) {
        const { notice } = server
        this.change((job) => (job.steps.findLast((one) => one.name === 'Transform')!.text = notice))
      }
      const health = await untilHealthy(server, cut)
      if (cut.aborted) return []
      if (health !== 'healthy') throw new JobFailure(health === 'silent' ? failures.ping : failures.algorithm)
      return await this.#objectsOf(host, of, server, cut)
    } finally {
      cut.removeEventListener('abort', stop)
      await server.stop()
    }
  }

  async #objectsOf(host: Host, of: Work, server: ModelServer, cut: AbortSignal): Promise<Outcome[]> {
    const { description } = this.job
    const plan = planOf(description, await executionParameters(server, cut))
    const say = (text: string) => {
      const now = this.world.now()
      host.data.write(now, `${new Date(now).toISOString().slice(0, -1)}:[sagemaker logs]: ${text}`)
    }
    const strategy = plan.strategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD'
    say(
      `MaxConcurrentTransforms=${plan.concurrent}, MaxPayloadInMB=${plan.maxBytes / 1024 / 1024}, BatchStrategy=${strategy}`,
    )
    const access = this.#access(of.interfaces[host.index])
    const count = description.TransformResources.InstanceCount
    const by = { access, server, enter: gate(plan.concurrent), signal: cut }
    const outcomes: Outcome[] = []
    const left = of.objects.filter((_, at) => at % count === host.index)
    const work = async () => {
      for (let object = left.shift(); object && !cut.aborted; object = left.shift()) {
        const outcome = await transformObject(by, description, plan, object)
        outcomes.push(outcome)
        if (outcome.kind === 'done' || cut.aborted) continue
        for (const line of outcome.lines) say(`${object.bucket}/${object.key}: ${line}`)
      }
    }
    await Promise.all(Array.from({ length: plan.concurrent }, work))
    return outcomes
  }

  #end(status: 'Completed' | 'Stopped'): void {
    this.change((job) => moveOn(job, status, this.seconds()))
  }
}

interface Work {
  objects: readonly InputObject[]
  image: PreparedImage
  network: JobNetwork
  container: ModelContainer
  isolated: boolean
  interfaces: readonly string[]
}

/** "If the user doesn't set values for them, they aren't passed" ("How SageMaker Runs Your Inference Image", batch transform). */
export function transformEnvironment(
  job: TransformJobDescription,
  container: ModelContainer,
  region: string,
): Record<string, string> {
  const { BatchStrategy: strategy, MaxPayloadInMB: payload, MaxConcurrentTransforms: concurrent } = job
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...container.Environment,
    ...job.Environment,
    SAGEMAKER_BATCH: 'true',
    ...(payload !== undefined && { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(payload) }),
    ...(strategy && { SAGEMAKER_BATCH_STRATEGY: strategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD' }),
    ...(concurrent !== undefined && { SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(concurrent) }),
  }
}
