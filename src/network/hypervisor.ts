/**
 * Addresses that the hypervisor itself serves: instance metadata, credentials of containers, the Amazon resolver, time.
 * Neither groups, ACLs nor routes apply to them (VPC user guide, "Security groups" and "Network ACLs").
 */
import { parseIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import type { Vpc } from './model.ts'
import { TCP, UDP } from './protocol.ts'

export interface HypervisorService {
  readonly address: Ip
  readonly name: string
  readonly protocols: readonly number[]
  readonly port: number
}

const service = (address: string, name: string, port: number, ...protocols: number[]): HypervisorService => ({
  address: parseIp(address)!,
  name,
  protocols,
  port,
})

const LINK_LOCAL: readonly HypervisorService[] = [
  service('169.254.169.254', 'instance metadata', 80, TCP),
  service('fd00:ec2::254', 'instance metadata', 80, TCP),
  service('169.254.170.2', 'container credentials', 80, TCP),
  service('169.254.169.253', 'Amazon resolver', 53, TCP, UDP),
  service('fd00:ec2::253', 'Amazon resolver', 53, TCP, UDP),
  service('169.254.169.123', 'Amazon Time Sync Service', 123, UDP),
  service('fd00:ec2::123', 'Amazon Time Sync Service', 123, UDP),
]

/** Where the Amazon resolver has an address of its own: the first block of its VPC plus two. */
export const RESOLVER_OFFSET = 2

/** What the hypervisor serves to interfaces of a VPC; the resolver only while enableDnsSupport is on. */
export function hypervisorServices(vpc: Vpc): readonly HypervisorService[] {
  const base = vpc.cidrs[0]?.base
  const all: HypervisorService[] = [...LINK_LOCAL]
  if (base !== undefined) all.push({ ...LINK_LOCAL[3]!, address: base + RESOLVER_OFFSET })
  return vpc.dnsSupport ? all : all.filter(({ name }) => name !== 'Amazon resolver')
}

/** Whether an address may be one of these at all: the quick question of the hot path. */
export function mayBeHypervisor(vpc: Vpc, address: Ip): boolean {
  if (typeof address === 'bigint') return address >> 32n === 0xfd000ec2_0000_0000_0000_0000n
  return address >>> 16 === 0xa9fe || address === (vpc.cidrs[0]?.base ?? 0) + RESOLVER_OFFSET
}
