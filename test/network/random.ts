/** Random VPCs and questions about them. */
import * as fc from 'fast-check'
import { awsPrefixLists } from '../../src/network/network.ts'
import type { NetworkDocuments, NetworkOrigin } from '../../src/network/types.ts'

export const REGION = 'us-east-1'
const S3_LIST = awsPrefixLists(REGION)[0]!.PrefixListId!

export const cidr = fc.constantFrom(
  '0.0.0.0/0',
  '10.0.0.0/16',
  '10.0.1.0/24',
  '10.0.2.0/24',
  '10.0.2.50/32',
  '54.231.0.0/17',
  '54.239.0.0/16',
)
export const ports = fc.constantFrom<[number, number]>(
  [443, 443],
  [0, 65535],
  [1024, 65535],
  [32768, 60999],
  [53, 53],
  [80, 80],
)
const groupId = fc.constantFrom('sg-0', 'sg-1', 'sg-2')

const permission = fc
  .tuple(
    fc.constantFrom('tcp', 'udp', '-1', '6'),
    ports,
    fc.oneof(
      cidr.map((CidrIp) => ({ IpRanges: [{ CidrIp }] })),
      groupId.map((GroupId) => ({ UserIdGroupPairs: [{ GroupId }] })),
      fc.constant({ PrefixListIds: [{ PrefixListId: S3_LIST }] }),
    ),
  )
  .map(([IpProtocol, [FromPort, ToPort], peer]) => ({ IpProtocol, FromPort, ToPort, ...peer }))
const permissions = fc.array(permission, { maxLength: 4 })

const aclEntry = fc
  .tuple(
    fc.constantFrom('-1', '6', '17'),
    fc.boolean(),
    fc.constantFrom('allow', 'allow', 'allow', 'deny'),
    cidr,
    ports,
    fc.integer({ min: 1, max: 200 }),
  )
  .map(([Protocol, Egress, RuleAction, CidrBlock, [From, To], RuleNumber]) => ({
    Protocol,
    Egress,
    RuleAction,
    CidrBlock,
    RuleNumber,
    PortRange: { From, To },
  }))

const route = fc
  .tuple(
    fc.constantFrom('0.0.0.0/0', '0.0.0.0/0', '54.231.0.0/17', '54.231.0.0/16', '54.239.0.0/16'),
    fc.constantFrom<Record<string, string>>(
      { NatGatewayId: 'nat-0' },
      { GatewayId: 'igw-0' },
      { GatewayId: 'vgw-0' },
      { VpcPeeringConnectionId: 'pcx-0' },
      { NatGatewayId: 'nat-gone' },
    ),
    fc.constantFrom('active', 'active', 'active', 'blackhole'),
  )
  .map(([DestinationCidrBlock, target, State]) => ({ DestinationCidrBlock, ...target, State, Origin: 'CreateRoute' }))
const routes = fc.uniqueArray(route, { maxLength: 3, selector: (one) => one.DestinationCidrBlock })

const mostly = fc.constantFrom(true, true, true, false)

export const vpc: fc.Arbitrary<NetworkDocuments> = fc
  .record({
    dns: fc.tuple(mostly, mostly, fc.constantFrom('dopt-amazon', 'dopt-amazon', 'dopt-own')),
    groups: fc.array(fc.tuple(permissions, permissions), { minLength: 3, maxLength: 3 }),
    acls: fc.array(fc.array(aclEntry, { maxLength: 5 }), { minLength: 2, maxLength: 2 }),
    openAcls: fc.tuple(mostly, mostly),
    tables: fc.array(routes, { minLength: 2, maxLength: 2 }),
    nat: fc.tuple(fc.constantFrom('subnet-1', 'subnet-0'), fc.constantFrom('available', 'available', 'pending')),
    gateway: fc.constantFrom('rtb-0', 'rtb-1', undefined),
    endpoint: fc.tuple(
      mostly,
      fc.constantFrom('sagemaker.api', 'sagemaker.runtime'),
      fc.constantFrom('Available', 'Available', 'Pending'),
      groupId,
    ),
    attached: mostly,
    job: fc.tuple(groupId, fc.boolean()),
  })
  .map(({ dns, groups, acls, openAcls, tables, nat, gateway, endpoint, attached, job }) => {
    const open = [true, false].map((Egress) => ({
      Protocol: '-1',
      Egress,
      RuleAction: 'allow',
      CidrBlock: '0.0.0.0/0',
      RuleNumber: 300,
    }))
    const listRoute = { DestinationPrefixListId: S3_LIST, GatewayId: 'vpce-s3', State: 'active', Origin: 'CreateRoute' }
    const documents = {
      Vpcs: [
        {
          VpcId: 'vpc-0',
          CidrBlock: '10.0.0.0/16',
          EnableDnsSupport: dns[0],
          EnableDnsHostnames: dns[1],
          DhcpOptionsId: dns[2],
        },
      ],
      Subnets: [0, 1].map((n) => ({
        SubnetId: `subnet-${n}`,
        VpcId: 'vpc-0',
        CidrBlock: `10.0.${n + 1}.0/24`,
        AvailabilityZone: `us-east-1${'ab'[n]}`,
      })),
      RouteTables: tables.map((Routes, n) => ({
        RouteTableId: `rtb-${n}`,
        VpcId: 'vpc-0',
        Associations: [{ SubnetId: `subnet-${n}` }],
        Routes: gateway === `rtb-${n}` ? [...Routes, listRoute] : Routes,
      })),
      NetworkAcls: acls.map((entries, n) => ({
        NetworkAclId: `acl-${n}`,
        VpcId: 'vpc-0',
        Associations: [{ SubnetId: `subnet-${n}` }],
        Entries: openAcls[n] ? [...entries, ...open] : entries,
      })),
      SecurityGroups: groups.map(([ingress, egress], n) => ({
        GroupId: `sg-${n}`,
        VpcId: 'vpc-0',
        GroupName: n === 0 ? 'default' : `g${n}`,
        IpPermissions: ingress,
        IpPermissionsEgress: egress,
      })),
      NetworkInterfaces: [
        {
          NetworkInterfaceId: 'eni-job',
          VpcId: 'vpc-0',
          SubnetId: 'subnet-0',
          PrivateIpAddress: '10.0.1.10',
          Groups: [{ GroupId: job[0] }],
          ...(job[1] && { Association: { PublicIp: '198.51.100.10' } }),
        },
        {
          NetworkInterfaceId: 'eni-endpoint',
          VpcId: 'vpc-0',
          SubnetId: 'subnet-1',
          PrivateIpAddress: '10.0.2.50',
          Groups: [{ GroupId: endpoint[3] }],
        },
        {
          NetworkInterfaceId: 'eni-dns',
          VpcId: 'vpc-0',
          SubnetId: 'subnet-1',
          PrivateIpAddress: '10.0.2.53',
          Groups: [{ GroupId: 'sg-2' }],
        },
      ],
      InternetGateways: [
        { InternetGatewayId: 'igw-0', Attachments: attached ? [{ VpcId: 'vpc-0', State: 'available' }] : [] },
      ],
      NatGateways: [
        {
          NatGatewayId: 'nat-0',
          VpcId: 'vpc-0',
          SubnetId: nat[0],
          State: nat[1],
          NatGatewayAddresses: [{ PublicIp: '198.51.100.7', PrivateIp: '10.0.2.20' }],
        },
      ],
      VpcEndpoints: [
        {
          VpcEndpointId: 'vpce-if',
          VpcEndpointType: 'Interface',
          VpcId: 'vpc-0',
          ServiceName: `com.amazonaws.${REGION}.${endpoint[1]}`,
          State: endpoint[2],
          PrivateDnsEnabled: endpoint[0],
          NetworkInterfaceIds: ['eni-endpoint'],
          SubnetIds: ['subnet-1'],
        },
        ...(gateway
          ? [
              {
                VpcEndpointId: 'vpce-s3',
                VpcEndpointType: 'Gateway',
                VpcId: 'vpc-0',
                ServiceName: `com.amazonaws.${REGION}.s3`,
                State: 'Available',
                RouteTableIds: [gateway],
              },
            ]
          : []),
      ],
      ManagedPrefixLists: [],
      DhcpOptions: [
        {
          DhcpOptionsId: 'dopt-amazon',
          DhcpConfigurations: [{ Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] }],
        },
        {
          DhcpOptionsId: 'dopt-own',
          DhcpConfigurations: [{ Key: 'domain-name-servers', Values: [{ Value: '10.0.2.53' }] }],
        },
      ],
      Addresses: [],
    }
    return documents as unknown as NetworkDocuments
  })

export const origin = fc.constantFrom<NetworkOrigin>(
  { kind: 'interface', networkInterfaceId: 'eni-job' },
  { kind: 'subnet', subnetId: 'subnet-1', securityGroupIds: ['sg-1'] },
  { kind: 'subnet', subnetId: 'subnet-0', securityGroupIds: [] },
  { kind: 'internet', ip: '203.0.113.9' },
)
export const host = fc.constantFrom(
  'api.sagemaker.us-east-1.amazonaws.com',
  'runtime.sagemaker.us-east-1.amazonaws.com',
  'my-data.s3.us-east-1.amazonaws.com',
  'iam.amazonaws.com',
  '10.0.2.50',
  '192.0.2.44',
  '198.51.100.10',
)
export const port = fc.constantFrom(443, 443, 443, 80)

// --- beside it: a second VPC behind a peering and a transit gateway, a network on premises, appliances, IPv6

export const wideCidr = fc.constantFrom(
  '10.1.0.0/16',
  '10.1.1.0/24',
  '10.1.1.20/32',
  '192.168.0.0/16',
  '192.168.3.0/24',
)
const wideTarget = fc.constantFrom<Record<string, string>>(
  { VpcPeeringConnectionId: 'pcx-0' },
  { TransitGatewayId: 'tgw-0' },
  { GatewayId: 'vgw-0' },
  { NatGatewayId: 'nat-0' },
  { NetworkInterfaceId: 'eni-fw' },
)
const route6 = fc
  .tuple(
    fc.constantFrom('::/0', '2001:db8:2::/56', '2600:1fff:ff00::/48'),
    fc.constantFrom<Record<string, string>>(
      { EgressOnlyInternetGatewayId: 'eigw-0' },
      { GatewayId: 'igw-0' },
      { VpcPeeringConnectionId: 'pcx-0' },
      { TransitGatewayId: 'tgw-0' },
    ),
  )
  .map(([DestinationIpv6CidrBlock, target]) => ({ DestinationIpv6CidrBlock, ...target, Origin: 'CreateRoute' }))
const wideRoute = fc
  .tuple(wideCidr, wideTarget, fc.constantFrom('active', 'active', 'active', 'blackhole'))
  .map(([DestinationCidrBlock, target, State]) => ({ DestinationCidrBlock, ...target, State, Origin: 'CreateRoute' }))
const wideRoutes = fc.tuple(
  fc.uniqueArray(wideRoute, { maxLength: 4, selector: (one) => one.DestinationCidrBlock }),
  fc.uniqueArray(route6, { maxLength: 2, selector: (one) => one.DestinationIpv6CidrBlock }),
)
/** Routes back; a VPC without any answers nobody. */
const backRoutes = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('10.0.0.0/16', '10.0.1.0/24', '192.168.0.0/16', '2001:db8:1::/56', '0.0.0.0/0'),
      fc.constantFrom<Record<string, string>>({ VpcPeeringConnectionId: 'pcx-0' }, { TransitGatewayId: 'tgw-0' }),
    )
    .map(([block, target]) => ({
      [block.includes(':') ? 'DestinationIpv6CidrBlock' : 'DestinationCidrBlock']: block,
      ...target,
      State: 'active',
      Origin: 'CreateRoute',
    })),
  { maxLength: 4, selector: (one) => JSON.stringify(one) },
)
const transitRoutes = fc.uniqueArray(
  fc
    .tuple(
      fc.oneof(wideCidr, fc.constant('10.0.0.0/16')),
      fc.constantFrom('att-0', 'att-1', 'att-vpn', ''),
      fc.constantFrom('active', 'active', 'blackhole'),
    )
    .map(([DestinationCidrBlock, TransitGatewayAttachmentId, State]) => ({
      DestinationCidrBlock,
      State,
      Type: 'static',
      ...(TransitGatewayAttachmentId && { TransitGatewayAttachments: [{ TransitGatewayAttachmentId }] }),
    })),
  { maxLength: 2, selector: (one) => one.DestinationCidrBlock },
)
const range6 = fc.constantFrom('::/0', '2001:db8:1::/56', '2001:db8:2::/56', '2001:db8:1:1::50/128')
const permission6 = fc
  .tuple(fc.constantFrom('tcp', '-1'), ports, range6)
  .map(([IpProtocol, [FromPort, ToPort], CidrIpv6]) => ({
    IpProtocol,
    FromPort,
    ToPort,
    Ipv6Ranges: [{ CidrIpv6 }],
  }))
const ANY = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }

/** A VPC as above, with all of that around it. */
export const wide: fc.Arbitrary<NetworkDocuments> = fc
  .record({
    base: vpc,
    routes: fc.array(wideRoutes, { minLength: 2, maxLength: 2 }),
    back: backRoutes,
    groups: fc.array(fc.tuple(fc.array(permission6, { maxLength: 2 }), mostly), { minLength: 3, maxLength: 3 }),
    peer: fc.tuple(permissions, mostly),
    status: fc.constantFrom('active', 'active', 'active', 'deleted'),
    region: fc.constantFrom(REGION, REGION, 'us-west-2'),
    transit: fc.record({
      routes: transitRoutes,
      associated: fc.subarray(['att-0', 'att-1', 'att-vpn'], { minLength: 2 }),
      propagated: fc.subarray(['att-0', 'att-1', 'att-vpn'], { minLength: 1 }),
      subnets: fc.subarray(['subnet-0', 'subnet-1'], { minLength: 1 }),
      option: fc.constantFrom('enable', 'disable'),
    }),
    vpn: fc.tuple(fc.constantFrom('UP', 'UP', 'DOWN'), fc.boolean()),
    checks: fc.boolean(),
    natPrivate: fc.boolean(),
  })
  .map(({ base, routes, back, groups, peer, status, region, transit, vpn, checks, natPrivate }) => {
    const [Tunnel, StaticRoutesOnly] = vpn
    const block6 = (Ipv6CidrBlock: string) => ({
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock, Ipv6CidrBlockState: { State: 'associated' } }],
    })
    const options = { SecurityGroupReferencingSupport: transit.option, Ipv6Support: 'enable' }
    const documents = {
      ...base,
      Vpcs: [
        { ...base.Vpcs[0], ...block6('2001:db8:1::/56') },
        { VpcId: 'vpc-1', CidrBlock: '10.1.0.0/16', DhcpOptionsId: 'dopt-amazon', ...block6('2001:db8:2::/56') },
      ],
      Subnets: [
        ...base.Subnets.map((one, n) => ({ ...one, ...block6(`2001:db8:1:${n}::/64`) })),
        {
          SubnetId: 'subnet-2',
          VpcId: 'vpc-1',
          CidrBlock: '10.1.1.0/24',
          AvailabilityZone: 'us-east-1a',
          ...block6('2001:db8:2::/64'),
        },
      ],
      RouteTables: [
        ...base.RouteTables.map((table, n) => ({ ...table, Routes: [...table.Routes!, ...routes[n]!.flat()] })),
        { RouteTableId: 'rtb-2', VpcId: 'vpc-1', Associations: [{ SubnetId: 'subnet-2' }], Routes: back },
      ],
      NetworkAcls: [
        ...base.NetworkAcls,
        {
          NetworkAclId: 'acl-2',
          VpcId: 'vpc-1',
          IsDefault: true,
          Entries: [true, false].map((Egress) => ({
            Protocol: '-1',
            Egress,
            RuleAction: 'allow',
            CidrBlock: '0.0.0.0/0',
            RuleNumber: 100,
          })),
        },
      ],
      SecurityGroups: [
        ...base.SecurityGroups.map((group, n) => ({
          ...group,
          IpPermissions: [...group.IpPermissions!, ...groups[n]![0]],
          IpPermissionsEgress: groups[n]![1] ? [ANY] : [...group.IpPermissionsEgress!, ...groups[n]![0]],
        })),
        {
          GroupId: 'sg-3',
          VpcId: 'vpc-1',
          IpPermissions: peer[1] ? [...peer[0], ANY] : peer[0],
          IpPermissionsEgress: [ANY],
        },
      ],
      NetworkInterfaces: [
        ...base.NetworkInterfaces.map((one, n) => ({
          ...one,
          Ipv6Addresses: [{ Ipv6Address: n === 0 ? '2001:db8:1::10' : `2001:db8:1:1::5${n - 1}` }],
        })),
        {
          NetworkInterfaceId: 'eni-fw',
          VpcId: 'vpc-0',
          SubnetId: 'subnet-1',
          PrivateIpAddress: '10.0.2.99',
          SourceDestCheck: checks,
          Groups: [{ GroupId: 'sg-1' }],
        },
        {
          NetworkInterfaceId: 'eni-peer',
          VpcId: 'vpc-1',
          SubnetId: 'subnet-2',
          PrivateIpAddress: '10.1.1.20',
          Ipv6Addresses: [{ Ipv6Address: '2001:db8:2::20' }],
          Groups: [{ GroupId: 'sg-3' }],
        },
      ],
      NatGateways: base.NatGateways.map((one) => ({ ...one, ...(natPrivate && { ConnectivityType: 'private' }) })),
      EgressOnlyInternetGateways: [
        { EgressOnlyInternetGatewayId: 'eigw-0', Attachments: [{ VpcId: 'vpc-0', State: 'attached' }] },
      ],
      VpcPeeringConnections: [
        {
          VpcPeeringConnectionId: 'pcx-0',
          Status: { Code: status },
          RequesterVpcInfo: { VpcId: 'vpc-0', Region: REGION },
          AccepterVpcInfo: { VpcId: 'vpc-1', Region: region },
        },
      ],
      TransitGateways: [{ TransitGatewayId: 'tgw-0', Options: options }],
      TransitGatewayAttachments: [
        { TransitGatewayAttachmentId: 'att-vpn', TransitGatewayId: 'tgw-0', ResourceType: 'vpn', ResourceId: 'vpn-1' },
      ],
      TransitGatewayVpcAttachments: [
        {
          TransitGatewayAttachmentId: 'att-0',
          TransitGatewayId: 'tgw-0',
          VpcId: 'vpc-0',
          SubnetIds: transit.subnets,
          Options: options,
        },
        {
          TransitGatewayAttachmentId: 'att-1',
          TransitGatewayId: 'tgw-0',
          VpcId: 'vpc-1',
          SubnetIds: ['subnet-2'],
          Options: options,
        },
      ],
      TransitGatewayRouteTables: [
        {
          TransitGatewayRouteTableId: 'tgw-rtb-0',
          TransitGatewayId: 'tgw-0',
          Routes: transit.routes,
          Associations: transit.associated.map((TransitGatewayAttachmentId) => ({ TransitGatewayAttachmentId })),
          Propagations: transit.propagated.map((TransitGatewayAttachmentId) => ({ TransitGatewayAttachmentId })),
        },
      ],
      VpnGateways: [{ VpnGatewayId: 'vgw-0', VpcAttachments: [{ VpcId: 'vpc-0', State: 'attached' }] }],
      VpnConnections: ['vgw', 'tgw'].map((kind, n) => ({
        VpnConnectionId: `vpn-${n}`,
        ...(kind === 'vgw' ? { VpnGatewayId: 'vgw-0' } : { TransitGatewayId: 'tgw-0' }),
        Options: { StaticRoutesOnly },
        Routes: [{ DestinationCidrBlock: '192.168.3.0/24' }],
        VgwTelemetry: [{ Status: Tunnel }],
      })),
    }
    return documents as unknown as NetworkDocuments
  })

export const wideOrigin = fc.oneof(
  origin,
  fc.constantFrom<NetworkOrigin>(
    { kind: 'on-premises', gatewayId: 'vpn-0', ip: '192.168.3.4' },
    { kind: 'on-premises', gatewayId: 'vpn-1', ip: '192.168.3.4' },
    { kind: 'on-premises', gatewayId: 'vgw-0', ip: '172.20.0.1' },
    { kind: 'internet', ip: '2001:db8:99::9' },
  ),
)
export const wideHost = fc.oneof(
  host,
  fc.constantFrom(
    '10.1.1.20',
    '192.168.3.4',
    '2001:db8:2::20',
    '2001:db8:1:1::50',
    'my-data.s3.dualstack.us-east-1.amazonaws.com',
  ),
)
