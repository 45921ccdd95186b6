/**
 * The path of one connection while it is walked: each component that was met, and everything that stands in the way.
 * A walk never stops at the first obstacle; it goes on as if that were open, so that all of them are named at once
 * (the "blocked path" of Bayless et al., CAV 2021, behind AWS's Reachability Analyzer).
 */
import type { Blocker, Hop, Verdict } from './types.ts'
import type { Ipv4 } from './addresses.ts'
import type { Interface, Subnet, Vpc, VpcEndpointDocument } from './model.ts'
import type { AclEntry, NetworkAclDocument, PortRange } from './network-acl.ts'
import type { Service } from './services.ts'

/** What exactly was missing, for whoever looks for a fix. */
export type Cause =
  | {
      kind: 'group'
      end: Interface
      direction: 'egress' | 'ingress'
      protocol: number
      port: number
      peer: Ipv4
      peerGroupIds: ReadonlySet<string>
    }
  | {
      kind: 'acl'
      acl: NetworkAclDocument
      direction: 'egress' | 'ingress'
      protocol: number
      peer: Ipv4
      ports: PortRange
      entry?: AclEntry
    }
  /** No usable way from this subnet to that address; `service` when a VPC endpoint could be one. */
  | { kind: 'route'; from: Interface; destination: Ipv4; service?: Service; port: number }
  /** A NAT gateway's subnet must lead to the internet. */
  | { kind: 'uplink'; subnet: Subnet }
  | { kind: 'dns-support'; vpc: Vpc }
  | { kind: 'private-dns'; vpc: Vpc; endpoint: VpcEndpointDocument }
  | { kind: 'resolver'; vpc: Vpc }
  | { kind: 'zone'; subnet: Subnet; endpoint: VpcEndpointDocument }

export interface Finding {
  readonly blocker: Blocker
  readonly cause?: Cause
}

export interface Path {
  readonly hops: Hop[]
  readonly findings: Finding[]
  /** What the client sees if anything stands in the way: silence, unless a finding says otherwise. */
  outcome?: Exclude<Verdict, 'allowed' | 'timeout'>
}

export function newPath(): Path {
  return { hops: [], findings: [] }
}

export function pass(
  path: Path,
  kind: Hop['kind'],
  component: string,
  direction: Hop['direction'],
  text: string,
): void {
  path.hops.push({ component, kind, direction, disposition: 'passed', text })
}

export function block(
  path: Path,
  kind: Hop['kind'],
  direction: Hop['direction'],
  blocker: Blocker,
  cause?: Cause,
): void {
  path.hops.push({ component: blocker.component, kind, direction, disposition: 'blocked', text: blocker.text })
  path.findings.push({ blocker, ...(cause && { cause }) })
}

/** A flow of packets that looks for its way. */
export interface Flow {
  readonly from: Interface
  readonly destination: Ipv4
  readonly port: number
  readonly protocol: number
  /** The AWS service that the name stands for, where DNS has said so. */
  readonly service?: Service
}

/** Where it came out, if everything on the way is open. */
export interface Arrival {
  readonly via: 'local' | 'interface-endpoint' | 'gateway-endpoint' | 'nat-gateway' | 'internet-gateway' | 'public'
  readonly vpcEndpointId?: string
  readonly vpcId?: string
  /** The address that the other side sees. */
  readonly sourceIp: string
}
