/**
 * A picture before it is drawn: nodes and edges, as `graph --format json` prints them. Members are only ever added.
 * This room is pure: no I/O, no clock, no randomness; the same documents give the same picture, byte for byte.
 */

export interface Graph {
  readonly kind: 'vpc' | 'path'
  /** One line: what is shown. */
  readonly title: string
  /** What somebody who cannot see the picture should know. */
  readonly description: string
  /** Parents come before their children. */
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export interface GraphNode {
  /** AWS's id where there is one; unique in the graph. */
  readonly id: string
  readonly kind: NodeKind
  /** The name that people gave it, else what it is or its id. */
  readonly label: string
  /** Details, the most telling first: id, address, CIDR block. */
  readonly lines: readonly string[]
  /** The node that it lies in: region > vpc > zone > subnet > interface. */
  readonly parent?: string
  /** Security groups, by name where they have one. */
  readonly badges?: readonly string[]
  /** Of a subnet, told by its route table: public has an internet gateway, private another default route, isolated none. */
  readonly access?: 'public' | 'private' | 'isolated'
  /** Of a route table. */
  readonly routes?: readonly GraphRoute[]
  /** Of a hop of a path. `beyond`: would pass, but lies behind what stops the packets. */
  readonly state?: 'passed' | 'blocked' | 'beyond'
  /** Of a hop that is blocked: AWS Reachability Analyzer's code where one exists, else SP_…. */
  readonly code?: string
  /** Of a hop: on the way back. */
  readonly reply?: boolean
  /** How many things this node stands for, where it stands for several. */
  readonly count?: number
}

export type NodeKind =
  | 'region'
  | 'vpc'
  | 'zone'
  | 'subnet'
  | 'interface'
  | 'endpoint'
  | 'nat-gateway'
  | 'route-table'
  | 'internet-gateway'
  | 'egress-only-internet-gateway'
  | 'gateway-endpoint'
  | 'peering'
  | 'transit-gateway'
  | 'vpn-gateway'
  | 'other-gateway'
  | 'internet'
  | 'service'
  | 'network'
  | 'client'
  | 'hop'
  | 'destination'
  | 'fix'
  /** In the way, but on no hop: a name that resolved to what cannot be reached. */
  | 'obstacle'
  | 'more'

export interface GraphRoute {
  /** CIDR block, or a prefix list with its name. */
  readonly destination: string
  readonly target: string
  /** The node that stands for the target, where there is one: a transit gateway has a node in each of its VPCs. */
  readonly node?: string
  readonly state: 'active' | 'blackhole'
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** `uses`: a subnet its route table. `route`: a route to its target. `leads-to`: a gateway to what lies behind it. `next`: hops. */
  readonly kind: 'uses' | 'route' | 'leads-to' | 'next' | 'reply' | 'opens'
  readonly label?: string
  readonly state?: 'passed' | 'blocked' | 'beyond'
}
