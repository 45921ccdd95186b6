/** The instance types that can be launched here, as far as a place on the network and its quotas depend on them. */
export interface InstanceType {
  readonly name: string
  readonly architecture: 'x86_64' | 'arm64'
  readonly vCpus: number
  readonly memoryMiB: number
  /** Network interfaces, and private IPv4 addresses of each (EC2 API reference, DescribeInstanceTypes; "IP addresses per network interface per instance type"). */
  readonly interfaces: number
  readonly addresses: number
  readonly nitro: boolean
  readonly burstable: boolean
  readonly currentGeneration: boolean
}

/** `size: [vCPUs, GiB, interfaces, addresses]` */
type Sizes = Readonly<Record<string, readonly [number, number, number, number]>>

/** Sizes of most families, with `perCpu` GiB of memory for each vCPU. */
function standard(perCpu: number, ...only: string[]): Sizes {
  const all: Record<string, readonly [number, number, number]> = {
    large: [2, 3, 10],
    xlarge: [4, 4, 15],
    '2xlarge': [8, 4, 15],
    '4xlarge': [16, 8, 30],
    '8xlarge': [32, 8, 30],
    '12xlarge': [48, 8, 30],
    '16xlarge': [64, 15, 50],
    '24xlarge': [96, 15, 50],
  }
  return Object.fromEntries(
    Object.entries(all)
      .filter(([size]) => only.length === 0 || only.includes(size))
      .map(([size, [cpus, interfaces, addresses]]) => [size, [cpus, cpus * perCpu, interfaces, addresses] as const]),
  )
}

const burstable: Sizes = {
  nano: [2, 0.5, 2, 2],
  micro: [2, 1, 2, 2],
  small: [2, 2, 3, 4],
  medium: [2, 4, 3, 6],
  large: [2, 8, 3, 12],
  xlarge: [4, 16, 4, 15],
  '2xlarge': [8, 32, 4, 15],
}

const FAMILIES: Readonly<Record<string, { sizes: Sizes; arm?: true; xen?: true }>> = {
  t2: {
    xen: true,
    sizes: {
      nano: [1, 0.5, 2, 2],
      micro: [1, 1, 2, 2],
      small: [1, 2, 3, 4],
      medium: [2, 4, 3, 6],
      large: [2, 8, 3, 12],
      xlarge: [4, 16, 3, 15],
      '2xlarge': [8, 32, 3, 15],
    },
  },
  t3: { sizes: burstable },
  t3a: { sizes: { ...burstable, small: [2, 2, 2, 4] } },
  t4g: { sizes: burstable, arm: true },
  m4: {
    xen: true,
    sizes: { large: [2, 8, 2, 10], xlarge: [4, 16, 4, 15], '2xlarge': [8, 32, 4, 15], '4xlarge': [16, 64, 8, 30] },
  },
  m5: { sizes: standard(4) },
  m5d: { sizes: standard(4) },
  m6i: { sizes: standard(4) },
  m6g: { sizes: standard(4, 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'), arm: true },
  m7i: { sizes: standard(4) },
  c5: { sizes: standard(2, 'large', 'xlarge', '2xlarge', '4xlarge', '12xlarge', '24xlarge') },
  c6i: { sizes: standard(2) },
  r5: { sizes: standard(8) },
  r6i: { sizes: standard(8) },
  i3: {
    xen: true,
    sizes: {
      large: [2, 15.25, 3, 10],
      xlarge: [4, 30.5, 4, 15],
      '2xlarge': [8, 61, 4, 15],
      '4xlarge': [16, 122, 8, 30],
      '8xlarge': [32, 244, 8, 30],
      '16xlarge': [64, 488, 15, 50],
    },
  },
  g4dn: {
    sizes: {
      xlarge: [4, 16, 3, 10],
      '2xlarge': [8, 32, 3, 10],
      '4xlarge': [16, 64, 3, 10],
      '8xlarge': [32, 128, 4, 15],
      '12xlarge': [48, 192, 8, 30],
      '16xlarge': [64, 256, 4, 15],
    },
  },
}

const PREVIOUS_GENERATION = new Set<string>(['m4'])

export const instanceTypes: ReadonlyMap<string, InstanceType> = new Map(
  Object.entries(FAMILIES).flatMap(([family, { sizes, arm, xen }]) =>
    Object.entries(sizes).map(([size, [vCpus, GiB, interfaces, addresses]]): [string, InstanceType] => {
      const name = `${family}.${size}`
      const type: InstanceType = {
        name,
        architecture: arm ? 'arm64' : 'x86_64',
        vCpus,
        memoryMiB: GiB * 1024,
        interfaces,
        addresses,
        nitro: !xen,
        burstable: family.startsWith('t'),
        currentGeneration: !PREVIOUS_GENERATION.has(family),
      }
      return [name, type]
    }),
  ),
)

/** What EC2 launches where the request names no type. */
export const DEFAULT_TYPE = 'm1.small'

/** Vcpu quota of running on-demand standard instances (Service Quotas' L-1216C47A, as of accounts in use). inferred: the figure. */
export const VCPU_LIMIT = 1024
