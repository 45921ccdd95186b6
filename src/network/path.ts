/**
 * The path of one connection while it is walked: each component that was met, and everything that stands in the way.
 * A walk never stops at the first obstacle; it goes on as if that were open, so that all of them are named at once
 * (the "blocked path" of Bayless et al., CAV 2021, behind AWS's Reachability Analyzer).
 */
import type { Blocker, Connection, Hop, Verdict } from './types.ts'
import type { Ip } from './addresses.ts'
import type { Interface, Subnet, Vpc, VpcEndpointDocument } from './model.ts'
import type { AclEntry, NetworkAclDocument, PortRange } from './network-acl.ts'
import type { PortSet } from './port-set.ts'
import type { Peer } from './security-group.ts'
import type { Service } from './services.ts'

/** The member of a route that names its target: `{ VpcPeeringConnectionId: 'pcx-…' }`. */
export type TargetMember =
  | { VpcPeeringConnectionId: string }
  | { TransitGatewayId: string }
  | { GatewayId: string }
  | { NatGatewayId: string }
  | { EgressOnlyInternetGatewayId: string }

/** What exactly was missing, for whoever looks for a fix. */
export type Cause =
  | {
      kind: 'group'
      end: Interface
      direction: 'egress' | 'ingress'
      protocol: number
      port: number
      peer: Ip
      peerGroupIds: ReadonlySet<string>
    }
  | {
      kind: 'acl'
      acl: NetworkAclDocument
      direction: 'egress' | 'ingress'
      protocol: number
      peer: Ip
      ports: PortRange
      entry?: AclEntry
    }
  /** No usable way from this subnet to that address; `service` when a VPC endpoint could be one. */
  | { kind: 'route'; from: Interface; destination: Ip; service?: Service; port: number }
  /** The subnet in which a gateway stands must lead on to that address. */
  | { kind: 'uplink'; subnet: Subnet; destination: Ip }
  /** Replies from this subnet to that address must go back by the gateway that the request came by. */
  | { kind: 'way-back'; subnet: Subnet; destination: Ip; target: TargetMember }
  /** A transit gateway's route table does not lead to that address by this attachment. */
  | { kind: 'transit-route'; tableId: string; destination: Ip; transitGatewayId: string; attachmentId?: string }
  /** A transit gateway's attachment has no subnet in the zone of this one. */
  | { kind: 'attachment-zone'; attachmentId: string; subnet: Subnet }
  | { kind: 'source-dest-check'; one: Interface }
  | { kind: 'dns-support'; vpc: Vpc }
  | { kind: 'private-dns'; vpc: Vpc; endpoint: VpcEndpointDocument }
  | { kind: 'resolver'; vpc: Vpc }
  | { kind: 'zone'; subnet: Subnet; endpoint: VpcEndpointDocument }

export interface Finding {
  readonly blocker: Blocker
  readonly cause?: Cause
}

/** What lets some ports through and others not. */
export type Gate =
  | { kind: 'groups'; end: Interface; direction: 'egress' | 'ingress'; peer: Peer }
  | { kind: 'protocols'; set: PortSet }

export interface Path {
  readonly hops: Hop[]
  readonly findings: Finding[]
  /** On a survey groups are not asked but noted, ACLs and listeners left aside: what is open is read off the gates. */
  readonly gates?: Gate[]
  /** On a survey, from a NAT gateway on: packets have addresses that the filter does not see, so ACLs are gates, too. */
  translated?: true
  /**
   * On a survey, where a gateway stands in the destination's own subnet: its ACL is not asked on the way in (Transit Gateways
   * guide, "Network ACLs with transit gateways").
   */
  uncrossed?: true
  /** What the client sees if anything stands in the way: silence, unless a finding says otherwise. */
  outcome?: Exclude<Verdict, 'allowed' | 'timeout'>
}

export function newPath(): Path {
  return { hops: [], findings: [] }
}

export function surveyPath(): Path & { readonly gates: Gate[] } {
  return { hops: [], findings: [], gates: [] }
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

/** Why a rule that refers to a group no longer recognises the interface at the other end. */
export interface LostGroups {
  readonly groupIds: ReadonlySet<string>
  readonly code: 'SG_REFERENCES_NOT_PRESERVED' | 'SG_REFERENCING_SUPPORT'
  readonly why: string
}

/** A flow of packets on its way. */
export interface Flow {
  /** The address that its packets carry now, in the family of the destination. */
  readonly source: Ip
  readonly destination: Ip
  readonly port: number
  readonly protocol: number
  /** Ports that replies come back to. */
  readonly replyPorts: PortRange
  /** The interface at the source, as long as rules recognise it by its groups. */
  readonly peer?: Interface
  readonly lost?: LostGroups
  /** The address that an internet gateway gives to its packets. */
  readonly publicSource?: Ip
  readonly natGatewayId?: string
  /** The transit gateway that it came into the present VPC by. */
  readonly transitGatewayId?: string
  /** The AWS service that the name stands for, where DNS has said so. */
  readonly service?: Service
  /** Walks the replies from a subnet of the VPC that the flow has come into by a gateway, back to that gateway. */
  readonly back?: (from: Subnet) => void
  /** Gateways passed: a bound for routes that lead in circles. */
  readonly gateways: number
}

/** Where it came out, if everything on the way is open. */
export type Arrival = NonNullable<Connection['way']>
