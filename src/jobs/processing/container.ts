import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessingJobDescription } from '../../services/sagemaker/processing/processing-job.ts'
import { hostName } from '../container.ts'
import { writtenText } from '../transfers/written-files.ts'

type Description = ProcessingJobDescription

/** One instance of a processing job; `ml` is the folder that the program sees as /opt/ml. */
export interface ProcessingHost {
  name: string
  ml: string
}

export function processingHosts(jobFolder: string, job: Description): ProcessingHost[] {
  const count = job.ProcessingResources.ClusterConfig.InstanceCount ?? 1
  return Array.from({ length: count }, (_, index) => {
    const name = hostName(index)
    return { name, ml: join(jobFolder, name, 'ml') }
  })
}

/** A path that the program sees below /opt/ml, below the folder that it is. */
export const belowMl = (path: string): string => path.replace(/^\/opt\/ml\//, '')

/**
 * Makes the folders and writes processingjobconfig.json and resourceconfig.json ("How Amazon SageMaker Processing Configures
 * Your Processing Container").
 */
export async function layOutProcessing({ name, ml }: ProcessingHost, job: Description): Promise<void> {
  const outputs = (job.ProcessingOutputConfig?.Outputs ?? []).flatMap(({ S3Output }) => S3Output?.LocalPath ?? [])
  for (const folder of ['config', 'output', 'processing', ...outputs.map(belowMl)])
    await mkdir(join(ml, folder), { recursive: true })
  const write = (file: string, value: unknown) => writeFile(join(ml, 'config', file), JSON.stringify(value))
  await write('processingjobconfig.json', processingJobConfig(job))
  await write('resourceconfig.json', { current_host: name, hosts: processingHosts('', job).map((one) => one.name) })
}

/** The request as the guide prints it: what was not said is null. */
export function processingJobConfig(job: Description): object {
  const { AppSpecification: app, ProcessingOutputConfig: output } = job
  return {
    ProcessingJobArn: job.ProcessingJobArn,
    ProcessingJobName: job.ProcessingJobName,
    AppSpecification: {
      ImageUri: app.ImageUri,
      ContainerEntrypoint: app.ContainerEntrypoint ?? null,
      ContainerArguments: app.ContainerArguments ?? null,
    },
    Environment: job.Environment ?? {},
    ProcessingInputs: job.ProcessingInputs ?? [],
    ProcessingOutputConfig: { Outputs: output?.Outputs ?? [], KmsKeyId: output?.KmsKeyId ?? null },
    ProcessingResources: job.ProcessingResources,
    RoleArn: job.RoleArn,
    StoppingCondition: job.StoppingCondition,
    ...(job.NetworkConfig && { NetworkConfig: job.NetworkConfig }),
    ...(job.ExperimentConfig && { ExperimentConfig: job.ExperimentConfig }),
  }
}

/** What the program finds in its environment, beside what the image brings. */
export function processingEnvironment(job: Description, region: string): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    PROCESSING_JOB_ARN: job.ProcessingJobArn,
    PROCESSING_JOB_NAME: job.ProcessingJobName,
    ...job.Environment,
  }
}

/** "the first 1 KB" of /opt/ml/output/message ("How Amazon SageMaker Processing Saves Metadata"). */
export function exitMessage({ ml }: ProcessingHost): Promise<string | undefined> {
  return writtenText(ml, 'output/message', 1024)
}
