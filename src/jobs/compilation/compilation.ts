import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { artifactUri, compilationJobs, moveOn } from '../../services/sagemaker/compilation/compilation-job.ts'
import type { CompilationJob, CompilationJobDescription } from '../../services/sagemaker/compilation/compilation-job.ts'
import type { World } from '../../world.ts'
import { cpuOf, parseCompilerOptions, parseDataInputConfig } from './input.ts'
import { compilationReasons } from './reasons.ts'
import { targetOf } from './target.ts'
import { downloadModel, uploadArtifact } from './transfers.ts'
import type { S3Access } from './transfers.ts'
import { CompilerMissing, openCompiler } from './compiler.ts'
import type { Compiler } from './compiler.ts'
import { hostName } from '../container.ts'
import type { JobNetwork } from '../container-network.ts'
import { runContainers } from '../containers.ts'
import { JobFailure } from '../failure.ts'
import type { JobKind, Signals } from '../job-kinds.ts'
import { JobLogs } from '../job-logs.ts'
import { JobRun, placeOf } from '../job-run.ts'
import { describeWays } from './neo-interfaces.ts'
import { writtenText } from '../transfers/written-files.ts'

const LOG_GROUP = '/aws/sagemaker/CompilationJobs'

/** What our own compiler takes. */
const FRAMEWORKS = ['ONNX', 'XGBOOST']

/**
 * A compilation job: the model comes from S3 by the job's place in the network, is compiled in a sandbox that has no
 * network, and the artifact goes to S3 the same way.
 */
export const compilationJob: JobKind<CompilationJobDescription> = {
  run: (world, job, signals) => new CompilationRun(world, job, signals).run(),
  fail,
}

function fail(job: CompilationJob, reason: string, now: number): void {
  job.description.FailureReason = reason
  moveOn(job, 'FAILED', now)
}

class CompilationRun extends JobRun<CompilationJobDescription> {
  readonly #ml: string

  constructor(world: World, job: CompilationJob, signals: Signals) {
    super(world, compilationJobs, job, signals)
    this.#ml = join(this.folder, 'ml')
  }

  protected fail = fail

  protected async all(): Promise<void> {
    const { description, region, arn, name } = this.job
    const { InputConfig: input, OutputConfig: output, VpcConfig: vpc } = description
    if (this.stopAsked()) return this.#end('STOPPED')
    this.change((job) => {
      if (job.description.CompilationJobStatus === 'STARTING') moveOn(job, 'INPROGRESS', this.seconds())
    })
    await this.step('AssumeRole', () => this.assumeRole())
    const interfaces = await this.step('CreateNetworkInterface', () => this.takePlaces(vpc, 1))
    const refused = await this.step('DescribeVpcEndpoints', () =>
      describeWays(this.acting, { interfaces, region, jobArn: arn }),
    )
    if (refused) this.refused('ModifyNetworkInterfaceAttribute', refused)
    this.beginNetwork(true, 1, interfaces)
    const logs = await this.step('CreateLogStream', () => JobLogs.openStream(this.acting, LOG_GROUP, name))

    const access: S3Access = { acting: this.acting, origin: placeOf(interfaces[0]), region }
    await mkdir(join(this.#ml, 'input/config'), { recursive: true })
    await this.step('DownloadModel', () => downloadModel(access, input.S3Uri, join(this.#ml, 'input/model.tar.gz')))
    await this.step('CheckRequest', () => this.#writeConfig())
    if (this.stopAsked()) return this.#end('STOPPED')
    const compiler = await this.step('PrepareCompiler', () => this.#openCompiler(logs))
    const network = await this.joinNetwork()
    const ending = await this.step('Compile', () => this.#compile(compiler, network, logs))
    await this.step('PutLogEvents', () => logs.close())
    if (ending === 'Stopped') return this.#end('STOPPED')
    if (ending) throw new JobFailure(compilationReasons.timeOut(description.StoppingCondition.MaxRuntimeInSeconds))

    const uri = artifactUri(input.S3Uri, output)
    const digest = await this.step('UploadArtifact', () =>
      uploadArtifact(access, join(this.#ml, 'model'), uri, output.KmsKeyId || undefined),
    )
    const derived = input.DataInputConfig ? undefined : await writtenText(this.#ml, 'output/data-input-config', 16_384)
    this.change((job) => {
      job.description.ModelArtifacts = { S3ModelArtifacts: uri }
      job.description.ModelDigests = { ArtifactDigest: digest }
      if (derived) job.description.DerivedInformation = { DerivedDataInputConfig: derived }
    })
    this.#end('COMPLETED')
  }

  /** What our own compiler could not take is refused before it is started; another decides itself. */
  async #writeConfig(): Promise<void> {
    const { name, description } = this.job
    const { InputConfig: input, OutputConfig: output } = description
    const own = this.world.config.compilerImage === undefined
    if (own && !FRAMEWORKS.includes(input.Framework))
      throw new JobFailure(compilationReasons.framework(input.Framework))
    const inputs =
      input.DataInputConfig === undefined || input.Framework === 'XGBOOST' // "An input data name and shape are not needed."
        ? undefined
        : parseDataInputConfig(input.DataInputConfig)
    if (own && input.DataInputConfig !== undefined && input.Framework !== 'XGBOOST' && !inputs)
      throw new JobFailure(compilationReasons.dataInput(input.DataInputConfig))
    const target = targetOf(output)
    if (own && 'accelerator' in target) throw new JobFailure(compilationReasons.target(target.name, target.accelerator))
    const options = output.CompilerOptions ? parseCompilerOptions(output.CompilerOptions) : {}
    if (own && !options) throw new JobFailure(compilationReasons.options(output.CompilerOptions!))
    const config = {
      jobName: name,
      framework: input.Framework,
      frameworkVersion: input.FrameworkVersion,
      dataInputConfig: input.DataInputConfig,
      compilerOptions: output.CompilerOptions,
      targetDevice: output.TargetDevice,
      targetPlatform: output.TargetPlatform,
      inputs,
      target: 'cpu' in target ? { ...target, cpu: cpuOf(target.cpu, options ?? {}) } : { name: target.name },
    }
    await writeFile(join(this.#ml, 'input/config/compilation.json'), JSON.stringify(config))
  }

  async #openCompiler(logs: JobLogs): Promise<Compiler> {
    const told = (text: string) => {
      logs.write(this.world.now(), text)
      this.world.log.warn({ job: this.job.arn }, text)
    }
    try {
      return await openCompiler(join(this.folder, 'image'), this.world.config.compilerImage, told)
    } catch (error) {
      if (!(error instanceof CompilerMissing)) throw error
      throw new JobFailure(compilationReasons.noCompiler(error.message))
    }
  }

  async #compile({ image, mounts }: Compiler, network: JobNetwork, logs: JobLogs) {
    const { account, region, name, description } = this.job
    try {
      return await runContainers(this.world, {
        name: `${account}-${region}-${name}`,
        entrypoint: [],
        arguments: [],
        hosts: [{ name: hostName(0), ml: this.#ml, env: {}, mounts }],
        image,
        network,
        told: (_host, { time, text }) => logs.write(time, text),
        saved: () => logs.close(),
        failure: async (_host, code) => {
          const text = code === 1 ? await writtenText(this.#ml, 'output/failure', 1000) : undefined
          return text ? `ClientError: ${text.trim()}` : compilationReasons.internal
        },
        maxRuntimeSeconds: description.StoppingCondition.MaxRuntimeInSeconds,
        ...this.signals,
      })
    } finally {
      void this.leaveNetwork()
    }
  }

  #end(status: 'COMPLETED' | 'STOPPED'): void {
    this.change((job) => moveOn(job, status, this.seconds()))
  }
}
