import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mount } from '../runners/runner.ts'
import { ML } from '../runners/sandbox.ts'
import type { TrainingJobDescription } from '../services/sagemaker/training/training-job.ts'
import type { S3Channel } from './transfers/channel-items.ts'
import { CHECKPOINTS } from './training/checkpoints.ts'
import { writtenText } from './transfers/written-files.ts'

type Description = TrainingJobDescription

/** Folders of SageMaker's container contract, below the folder that the program sees as /opt/ml ("How Amazon SageMaker Provides Training Information"). */
export interface ContainerFolders {
  ml: string
  /** What the program sees as /opt/ml/input/data; elsewhere where named pipes are in it, which are to stay ours. */
  input: string
  model: string
  outputData: string
  /** What the program sees at CheckpointConfig.LocalPath. */
  checkpoints: string
}

/** One instance of a job, and its part of the container contract. */
export interface Host {
  name: string
  group: string
  instanceType: string
  folders: ContainerFolders
  /** What the program sees beside /opt/ml. */
  mounts: readonly Mount[]
}

/** SageMaker's name of an instance. */
export const hostName = (index: number): string => `algo-${index + 1}`

/** Instances of one type: of a heterogeneous cluster several (ResourceConfig.InstanceGroups), else the one that AWS names so. */
export function groupsOf({ ResourceConfig }: Pick<Description, 'ResourceConfig'>) {
  const { InstanceGroups, InstanceType, InstanceCount } = ResourceConfig!
  if (InstanceGroups?.length)
    return InstanceGroups.map((one) => ({
      name: one.InstanceGroupName,
      instanceType: one.InstanceType as string,
      count: one.InstanceCount,
    }))
  return [{ name: 'homogeneousCluster', instanceType: InstanceType as string, count: InstanceCount ?? 1 }]
}

export function hostsOf(jobFolder: string, job: Description): Host[] {
  const places = groupsOf(job).flatMap(({ name, instanceType, count }) =>
    Array.from({ length: count }, () => ({ group: name, instanceType })),
  )
  return places.map((place, index) => {
    const name = hostName(index)
    const folders = foldersOf(join(jobFolder, name), hasPipes(job))
    return { name, ...place, folders, mounts: mountsOf(job, folders) }
  })
}

export const inputModeOf = (job: Description, { InputMode }: Pick<S3Channel, 'InputMode'>) =>
  InputMode ?? job.AlgorithmSpecification!.TrainingInputMode ?? 'File'

const hasPipes = (job: Description) =>
  (job.InputDataConfig ?? []).some((channel) => inputModeOf(job, channel) === 'Pipe')

function foldersOf(host: string, pipes: boolean): ContainerFolders {
  const ml = join(host, 'ml')
  return {
    ml,
    input: pipes ? join(host, 'data') : join(ml, 'input', 'data'),
    model: join(ml, 'model'),
    outputData: join(ml, 'output', 'data'),
    checkpoints: join(host, 'checkpoints'),
  }
}

function mountsOf(job: Description, folders: ContainerFolders): Mount[] {
  const { CheckpointConfig: checkpoints } = job
  return [
    ...(hasPipes(job) ? [{ from: folders.input, to: join(ML, 'input', 'data') }] : []),
    ...(checkpoints ? [{ from: folders.checkpoints, to: checkpoints.LocalPath ?? CHECKPOINTS, writable: true }] : []),
  ]
}

/** The channels that a host gets: all, unless they name instance groups (API_S3DataSource: InstanceGroupNames). */
export function channelsOf(job: Description, { group }: Pick<Host, 'group'>): S3Channel[] {
  return (job.InputDataConfig ?? []).filter((channel) => groupsOfChannel(channel)?.includes(group) ?? true)
}

/** Which of how many hosts that get a channel this one is. */
export function shardOf(hosts: readonly Host[], channel: S3Channel, host: Host): { index: number; count: number } {
  const all = hosts.filter(({ group }) => groupsOfChannel(channel)?.includes(group) ?? true)
  return { index: all.indexOf(host), count: all.length }
}

const groupsOfChannel = ({ DataSource }: S3Channel) => {
  const names = DataSource.S3DataSource!.InstanceGroupNames
  return names?.length ? names : undefined
}

/** Makes the folders and writes hyperparameters.json, inputdataconfig.json and resourceconfig.json. */
export async function layOut(host: Host, job: Description): Promise<void> {
  const { folders, mounts } = host
  const config = join(folders.ml, 'input', 'config')
  const inside = mounts
    .filter(({ to }) => to.startsWith(`${ML}/`))
    .map(({ to }) => join(folders.ml, to.slice(ML.length)))
  for (const folder of [config, folders.input, folders.model, folders.outputData, ...inside])
    await mkdir(folder, { recursive: true })
  const write = (name: string, value: unknown) => writeFile(join(config, name), JSON.stringify(value))
  await write('hyperparameters.json', job.HyperParameters ?? {})
  await write('inputdataconfig.json', inputDataConfig(job, host))
  await write('resourceconfig.json', resourceConfig(job, host))
}

function inputDataConfig(job: Description, host: Host): Record<string, object> {
  return Object.fromEntries(
    channelsOf(job, host).map((channel) => [
      channel.ChannelName,
      {
        TrainingInputMode: inputModeOf(job, channel),
        S3DistributionType: channel.DataSource.S3DataSource!.S3DataDistributionType ?? 'FullyReplicated',
        RecordWrapperType: channel.RecordWrapperType ?? 'None',
        ...(channel.ContentType ? { ContentType: channel.ContentType } : {}),
      },
    ]),
  )
}

/** "Distributed Training Configuration" and, for groups, "Train Using a Heterogeneous Cluster". */
function resourceConfig(job: Description, { name, group, instanceType }: Host): object {
  let next = 0
  const groups = groupsOf(job).map((one) => ({
    instance_group_name: one.name,
    instance_type: one.instanceType,
    hosts: Array.from({ length: one.count }, () => hostName(next++)),
  }))
  return {
    current_host: name,
    current_instance_type: instanceType,
    current_group_name: group,
    hosts: groups.flatMap(({ hosts }) => hosts),
    instance_groups: groups,
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
export async function failureText({ ml }: Pick<ContainerFolders, 'ml'>): Promise<string> {
  return ((await writtenText(ml, 'output/failure', 4096)) ?? '').slice(0, 1024).trim()
}
