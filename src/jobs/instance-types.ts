import { availableParallelism, totalmem } from 'node:os'
import type { Limits } from '../runners/runner.ts'

/**
 * What an instance type has (AWS: "Amazon EC2 instance types"; SageMaker's are EC2's with `ml.` before them). In most families
 * every size has the same memory for each vCPU, in GiB: these.
 */
const gibPerCpu: Readonly<Record<string, readonly string[]>> = {
  2: [
    'c5',
    'c5d',
    'c6a',
    'c6g',
    'c6gd',
    'c6gn',
    'c6i',
    'c6id',
    'c6in',
    'c7g',
    'c7i',
    'c7i-flex',
    'c8a',
    'c8g',
    'c8i',
    'c8i-flex',
    'inf1',
  ],
  4: [
    'g4dn',
    'g5',
    'g6',
    'inf2',
    'm4',
    'm5',
    'm5d',
    'm6a',
    'm6g',
    'm6gd',
    'm6i',
    'm6id',
    'm7g',
    'm7i',
    'm7i-flex',
    'm8a',
    'm8g',
    'm8i',
    'm8i-flex',
  ],
  8: ['g6e', 'gr6', 'i3en', 'r5', 'r5d', 'r6g', 'r6gd', 'r6i', 'r6id', 'r7gd', 'r7i', 'r8g', 'r8i', 'r8i-flex'],
}

/** There `Nxlarge` has 4 N vCPUs. */
const vcpus: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 }

/** Those that are not so: [vCPUs, GiB]. */
const others: Readonly<Record<string, readonly [number, number]>> = {
  'c4.large': [2, 3.75],
  'c4.xlarge': [4, 7.5],
  'c4.2xlarge': [8, 15],
  'c4.4xlarge': [16, 30],
  'c4.8xlarge': [36, 60],
  'c5n.large': [2, 5.25],
  'c5n.xlarge': [4, 10.5],
  'c5n.2xlarge': [8, 21],
  'c5n.4xlarge': [16, 42],
  'c5n.9xlarge': [36, 96],
  'c5n.18xlarge': [72, 192],
  'dl1.24xlarge': [96, 768],
  'g7e.2xlarge': [8, 64],
  'g7e.4xlarge': [16, 128],
  'g7e.8xlarge': [32, 256],
  'g7e.12xlarge': [48, 512],
  'g7e.24xlarge': [96, 1024],
  'g7e.48xlarge': [192, 2048],
  'p2.xlarge': [4, 61],
  'p2.8xlarge': [32, 488],
  'p2.16xlarge': [64, 732],
  'p3.2xlarge': [8, 61],
  'p3.8xlarge': [32, 244],
  'p3.16xlarge': [64, 488],
  'p3dn.24xlarge': [96, 768],
  'p4d.24xlarge': [96, 1152],
  'p4de.24xlarge': [96, 1152],
  'p5.4xlarge': [16, 256],
  'p5.48xlarge': [192, 2048],
  'p5e.48xlarge': [192, 2048],
  'p5en.48xlarge': [192, 2048],
  'p6-b200.48xlarge': [192, 2048],
  'p6-b300.48xlarge': [192, 4096],
  'p6e-gb200.36xlarge': [144, 960],
  't2.medium': [2, 4],
  't2.large': [2, 8],
  't2.xlarge': [4, 16],
  't2.2xlarge': [8, 32],
  't3.micro': [2, 1],
  't3.small': [2, 2],
  't3.medium': [2, 4],
  't3.large': [2, 8],
  't3.xlarge': [4, 16],
  't3.2xlarge': [8, 32],
  'trn1.2xlarge': [8, 32],
  'trn1.32xlarge': [128, 512],
  'trn1n.32xlarge': [128, 512],
  'trn2.3xlarge': [12, 128],
  'trn2.48xlarge': [192, 2048],
}

/** Families with storage of their own, of a fixed size: it is mounted instead of a volume of VolumeSizeInGB (API_ResourceConfig). */
const localStorage =
  /^(c5d|c6gd|c6id|m5d|m6gd|m6id|r5d|r6gd|r6id|r7gd|i3en|g4dn|g5|g6|g6e|gr6|g7e|p3dn|p4d|p4de|p5|p5e|p5en|p6-\w+|p6e-\w+|trn1|trn1n|trn2|dl1)$/

/** What a request says of each of its instances. */
export interface Instance {
  InstanceType?: string
  VolumeSizeInGB?: number
}

const GIB = 2 ** 30

/** Undefined for families that are not listed. */
function regular(family: string, size: string): [number, number] | undefined {
  const each = Object.keys(gibPerCpu).find((gib) => gibPerCpu[gib]!.includes(family))
  const cpus = vcpus[size] ?? 4 * Number(/^(\d+)xlarge$/.exec(size)?.[1])
  return each === undefined || Number.isNaN(cpus) ? undefined : [cpus, cpus * Number(each)]
}

/** Undefined where nobody has told us: such an instance bounds nothing. */
export function sizeOf(instanceType: string): { cpus: number; memoryBytes: number } | undefined {
  const [, family = '', size = ''] = instanceType.split('.')
  const [cpus, gib] = others[`${family}.${size}`] ?? regular(family, size) ?? []
  return cpus === undefined || gib === undefined ? undefined : { cpus, memoryBytes: gib * GIB }
}

/** The limits of a program on an instance; where that has more than this machine, the machine is the limit. */
export function limitsOf({ InstanceType = '' }: Instance, machine = thisMachine()): Limits {
  const size = sizeOf(InstanceType)
  return {
    ...(size && size.memoryBytes < machine.memoryBytes && { memoryBytes: size.memoryBytes }),
    ...(size && size.cpus < machine.cpus && { cpus: size.cpus }),
  }
}

const thisMachine = () => ({ cpus: availableParallelism(), memoryBytes: totalmem() })

/** How many bytes an instance's volume holds; undefined: what it has of its own, or what this machine has. */
export function volumeBytes({ InstanceType = '', VolumeSizeInGB }: Instance): number | undefined {
  if (!VolumeSizeInGB || localStorage.test(InstanceType.split('.')[1] ?? '')) return undefined
  return VolumeSizeInGB * GIB
}
