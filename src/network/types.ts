/**
 * Types of the network model. `src/network` is pure: no I/O, no clock, no randomness.
 * Its input is what `aws ec2 describe-*` prints, member for member, so that anyone's VPC can be asked about.
 * Semantics: facts network.md §1b and §3.
 */
import type {
  Address,
  CustomerGateway,
  DhcpOptions,
  EgressOnlyInternetGateway,
  InternetGateway,
  ManagedPrefixList,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
  TransitGatewayRouteTableAssociation,
  TransitGatewayRouteTablePropagation,
  TransitGatewayVpcAttachment,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
  VpnConnection,
  VpnGateway,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../wire/shape.ts'

/** The describe-* answers of one account and region. Missing lists are empty. */
export interface NetworkDocuments {
  Vpcs: readonly Shape<Vpc & { EnableDnsSupport?: boolean; EnableDnsHostnames?: boolean }>[]
  Subnets: readonly Shape<Subnet>[]
  RouteTables: readonly Shape<RouteTable>[]
  NetworkAcls: readonly Shape<NetworkAcl>[]
  SecurityGroups: readonly Shape<SecurityGroup>[]
  NetworkInterfaces: readonly Shape<NetworkInterface>[]
  InternetGateways: readonly Shape<InternetGateway>[]
  NatGateways: readonly Shape<NatGateway>[]
  VpcEndpoints: readonly Shape<VpcEndpoint>[]
  ManagedPrefixLists: readonly Shape<ManagedPrefixList & { Cidrs: string[] }>[]
  DhcpOptions: readonly Shape<DhcpOptions>[]
  Addresses: readonly Shape<Address>[]
  /** Of a peering, a transit gateway or an account that shares, the other side's VPCs, subnets and so on are in the lists above. */
  VpcPeeringConnections: readonly Shape<VpcPeeringConnection>[]
  EgressOnlyInternetGateways: readonly Shape<EgressOnlyInternetGateway>[]
  TransitGateways: readonly Shape<TransitGateway>[]
  /** Every kind of attachment; those of VPCs tell their subnets in the next list. */
  TransitGatewayAttachments: readonly Shape<TransitGatewayAttachment>[]
  TransitGatewayVpcAttachments: readonly Shape<TransitGatewayVpcAttachment>[]
  /** As describe-transit-gateway-route-tables prints them, with what search- and get-transit-gateway-… tell of each. */
  TransitGatewayRouteTables: readonly Shape<
    TransitGatewayRouteTable & {
      Routes?: TransitGatewayRoute[]
      Associations?: TransitGatewayRouteTableAssociation[]
      Propagations?: TransitGatewayRouteTablePropagation[]
    }
  >[]
  VpnGateways: readonly Shape<VpnGateway>[]
  VpnConnections: readonly Shape<VpnConnection>[]
  CustomerGateways: readonly Shape<CustomerGateway>[]
}

export type NetworkOrigin =
  /** An interface; or a host on premises, called as `trace` calls it: `vpn-…:192.168.1.7`. */
  | { kind: 'interface'; networkInterfaceId: string }
  /** An interface that does not exist yet, or is only supposed: `trace --from subnet --security-group sg`. */
  | { kind: 'subnet'; subnetId: string; securityGroupIds: readonly string[]; ip?: string; publicIp?: string }
  | { kind: 'internet'; ip: string }
  /** A host behind a VPN connection (`vpn-…`) or behind what a virtual gateway (`vgw-…`) is fed by. */
  | { kind: 'on-premises'; gatewayId: string; ip: string }

/** `icmp` is an echo request; its port says nothing. */
export type Protocol = 'tcp' | 'udp' | 'icmp'

export type Verdict = 'allowed' | 'timeout' | 'refused' | 'nxdomain' | 'noanswer'

/** One component on the path and what decided there. */
export interface Hop {
  /** `eni-…`, `sg-…`, `acl-…`, `rtb-…`, `vpce-…`, `igw-…`, `nat-…`, `dns`, `internet`, a service name. */
  component: string
  kind:
    | 'dns'
    | 'interface'
    | 'security-group'
    | 'network-acl'
    | 'route-table'
    | 'internet-gateway'
    | 'nat-gateway'
    | 'egress-only-internet-gateway'
    | 'vpc-peering-connection'
    | 'transit-gateway'
    | 'virtual-private-gateway'
    | 'vpn-connection'
    | 'vpc-endpoint'
    | 'service'
    | 'internet'
    | 'on-premises'
  direction: 'out' | 'in' | 'none'
  disposition: 'passed' | 'blocked'
  /** The rule, route or record that decided, in words: `egress tcp 443 to pl-63a5400a`. */
  text: string
}

/** Why it does not arrive. `code` is AWS Reachability Analyzer's where one exists, else SP_…. */
export interface Blocker {
  layer: 'dns' | 'route' | 'sg' | 'nacl' | 'subnet' | 'vpce-policy'
  code: string
  component: string
  text: string
}

/** A call that would lift a blocker, verified on an overlay; least opening first. */
export interface NetworkFix {
  /** One sentence for people. */
  text: string
  /** EC2 operation and its input, e.g. AuthorizeSecurityGroupEgress. */
  call: { service: 'ec2'; operation: string; input: Record<string, unknown> }
  /** The same as an AWS CLI command. */
  command: string
  /** How much it opens; lower is less. */
  exposure: number
}

export interface Connection {
  verdict: Verdict
  dns: { name: string; answers: readonly string[]; via: string; zone?: string }
  /** Destination address that a client would use. */
  address?: string
  hops: readonly Hop[]
  blockers: readonly Blocker[]
  /** By which way it arrives, when it does. `local`: at a private address, of an interface or on premises. */
  way?: {
    via: 'local' | 'interface-endpoint' | 'gateway-endpoint' | 'nat-gateway' | 'internet-gateway' | 'public'
    vpcEndpointId?: string
    /** VPC of the endpoint, whichever VPC or network the connection comes from. */
    vpcId?: string
    /** The address that the other side sees. */
    sourceIp: string
  }
  /** Lower-cased request context keys of that way: aws:sourceip, or aws:sourcevpc, aws:sourcevpcarn, aws:sourcevpce, aws:vpcsourceip. */
  context: Readonly<Record<string, string>>
}

/**
 * The real internet as one server has it (`serve --egress-allow`), as far as a question needs it. Without it, what is
 * beyond AWS is beyond the model, and nothing stops there.
 */
export interface InternetView {
  /** Addresses of names that its list has, by name in lower case. */
  readonly names: Readonly<Record<string, readonly string[]>>
  /** Whether the server connects there, by TCP. */
  admits(address: string, port: number): boolean
}

/** The compiled model. */
export interface Network {
  /** Where would `origin` end up that connects to host:port? All blockers, not only the first. */
  connect(origin: NetworkOrigin, host: string, port: number, protocol?: Protocol): Connection
  /** Verified fixes for a blocked connection, least exposure first. */
  fixes(origin: NetworkOrigin, host: string, port: number, protocol?: Protocol): NetworkFix[]
  /** The same model with documents changed: for what-if questions. */
  with(change: (documents: NetworkDocuments) => NetworkDocuments): Network
  readonly documents: NetworkDocuments
  readonly region: string
}
