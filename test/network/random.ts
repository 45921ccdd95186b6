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
