import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingJobDescription } from '../services/sagemaker/training-job.ts'

type Description = TrainingJobDescription

/** Folders of SageMaker's container contract, below the folder that the program sees as /opt/ml ("How Amazon SageMaker Provides Training Information"). */
export interface ContainerFolders {
  ml: string
  input: string
  model: string
  outputData: string
  failure: string
}

/** One instance of a job, and its part of the container contract. */
export interface Host {
  name: string
  folders: ContainerFolders
}

/** SageMaker's name of an instance. */
export const hostName = (index: number): string => `algo-${index + 1}`

export function hostsOf(jobFolder: string, job: Description): Host[] {
  const count = job.ResourceConfig!.InstanceCount ?? 1
  return Array.from({ length: count }, (_, index) => {
    const name = hostName(index)
    return { name, folders: foldersOf(join(jobFolder, name)) }
  })
}

function foldersOf(host: string): ContainerFolders {
  const ml = join(host, 'ml')
  return {
    ml,
    input: join(ml, 'input', 'data'),
    model: join(ml, 'model'),
    outputData: join(ml, 'output', 'data'),
    failure: join(ml, 'output', 'failure'),
  }
}

/** Makes the folders and writes hyperparameters.json, inputdataconfig.json and resourceconfig.json. */
export async function layOut({ name, folders }: Host, job: Description): Promise<void> {
  const config = join(folders.ml, 'input', 'config')
  for (const folder of [config, folders.input, folders.model, folders.outputData])
    await mkdir(folder, { recursive: true })
  const write = (name: string, value: unknown) => writeFile(join(config, name), JSON.stringify(value))
  await write('hyperparameters.json', job.HyperParameters ?? {})
  await write('inputdataconfig.json', inputDataConfig(job))
  await write('resourceconfig.json', resourceConfig(job, name))
}

function inputDataConfig(job: Description): Record<string, object> {
  return Object.fromEntries(
    (job.InputDataConfig ?? []).map((channel) => [
      channel.ChannelName,
      {
        TrainingInputMode: channel.InputMode ?? job.AlgorithmSpecification!.TrainingInputMode ?? 'File',
        S3DistributionType: channel.DataSource.S3DataSource!.S3DataDistributionType ?? 'FullyReplicated',
        RecordWrapperType: channel.RecordWrapperType ?? 'None',
        ...(channel.ContentType ? { ContentType: channel.ContentType } : {}),
      },
    ]),
  )
}

function resourceConfig(job: Description, host: string): object {
  const type = job.ResourceConfig!.InstanceType!
  const hosts = Array.from({ length: job.ResourceConfig!.InstanceCount ?? 1 }, (_, index) => hostName(index))
  return {
    current_host: host,
    current_instance_type: type,
    current_group_name: 'homogeneousCluster',
    hosts,
    instance_groups: [{ instance_group_name: 'homogeneousCluster', instance_type: type, hosts }],
    network_interface_name: 'eth0',
  }
}

/** What the program finds in its environment, beside what the image and the request bring. */
export function environmentOf(job: Description, region: string, host: string): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    TRAINING_JOB_NAME: job.TrainingJobName,
    TRAINING_JOB_ARN: job.TrainingJobArn,
    CURRENT_HOST: host,
    ...job.Environment,
  }
}

/** What the program wrote to /opt/ml/output/failure: SageMaker shows its first 1024 characters. */
export async function failureText(folders: ContainerFolders): Promise<string> {
  return (await readFile(folders.failure, 'utf8').catch(() => '')).slice(0, 1024).trim()
}
