import type {
  CompilationJobStatus,
  CreateCompilationJobCommandInput,
  DescribeCompilationJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Jobs } from '../job.ts'
import type { Job } from '../job.ts'

export type CompilationJobRequest = Shape<CreateCompilationJobCommandInput>
export type CompilationJobDescription = Shape<DescribeCompilationJobCommandOutput>
export type CompilationJob = Job<CompilationJobDescription>

type OutputConfig = CompilationJobDescription['OutputConfig']

export const compilationJobs = new Jobs<CompilationJobDescription>({
  type: 'compilation-job',
  create: 'CreateCompilationJob',
  noun: 'compilation job',
  entryOf: (description) => ({
    created: description.CreationTime,
    modified: description.LastModifiedTime,
    status: description.CompilationJobStatus,
  }),
  // The code is the API reference's (API_DescribeCompilationJob). inferred: sentence
  notFound: (_arn, name) => new AwsError('ResourceNotFound', `Could not find compilation job '${name}'.`),
  transfers: ({ description: { InputConfig: input, OutputConfig: output } }) => ({
    reads: [{ uri: input.S3Uri, prefix: false }],
    writes: [artifactUri(input.S3Uri, output)],
    outputs: [`${output.S3OutputLocation.replace(/\/+$/, '')}/`],
  }),
})

/** `ml_c5`, or of a platform `LINUX_X86_64`, `LINUX_ARM64_NVIDIA`. */
export function targetName({ TargetDevice: device, TargetPlatform: platform }: OutputConfig): string {
  return device ?? [platform?.Os, platform?.Arch, platform?.Accelerator].filter(Boolean).join('_')
}

/**
 * Where the compiled model goes: `model.tar.gz` for ml_c5 becomes `model-ml_c5.tar.gz` below S3OutputLocation, as AWS's
 * own examples show it. inferred: names of platforms
 */
export function artifactUri(modelUri: string, output: OutputConfig): string {
  const file = modelUri.slice(modelUri.lastIndexOf('/') + 1).replace(/\.(tar\.gz|tgz)$/, '')
  return `${output.S3OutputLocation.replace(/\/+$/, '')}/${file || 'model'}-${targetName(output)}.tar.gz`
}

/** Moves a job on. `now` in epoch seconds. */
export function moveOn(job: CompilationJob, status: CompilationJobStatus, now: number): void {
  const { description } = job
  description.CompilationJobStatus = status
  description.LastModifiedTime = now
  if (status === 'INPROGRESS') description.CompilationStartTime ??= now
  if (status !== 'COMPLETED' && status !== 'FAILED' && status !== 'STOPPED') return
  description.CompilationEndTime = now
  job.over = true
}
