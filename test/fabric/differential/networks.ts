/** Random VPCs as `describe-*` answers, made from two numbers. */
import { buildNetwork } from '../../../src/network/network.ts'
import type { NetworkDocuments } from '../../../src/network/types.ts'
import { randomOf } from '../../policy/random.ts'
import type { Random } from '../../policy/random.ts'
import { BLOCK6, PEER, REGION, VPC, type Doc, type SubnetDocument } from './ground.ts'
import { PEER_ENDPOINT, PEER_INTERFACE, PEER_SUBNET, peerAcl, peerTable } from './peer.ts'
import { transitGateway, virtualGateway } from './premises.ts'
import { aclOf, groupOf, tableOf } from './rules.ts'

/** A world of one VPC, often with a second one that it is peered with; with `ipv6`, some of them of both families. */
export function randomNetwork(seed: number, number: number, ipv6: boolean): NetworkDocuments {
  const random = randomOf(seed, number)
  const six = random.chance(0.4) && ipv6
  const cidrs = ['10.0.0.0/16', ...(random.chance(0.4) ? ['100.64.0.0/20'] : [])]
  const subnets = subnetsOf(random, cidrs, six)
  const peered = random.chance(0.5)
  const transit = random.chance(0.4) ? transitGateway(random, subnets) : undefined
  const virtual = random.chance(0.4) ? virtualGateway(random) : undefined
  const other = peered || transit !== undefined
  const groups = ['sg-0', 'sg-1', 'sg-2']
  const endpoints = endpointsOf(random, subnets, groups)
  const addresses = addressesIn(subnets)
  const interfaces = random.several(2, 4, () => addresses.interface(random, groups, six))
  const nat = addresses.plain('eni-nat', random.pick(subnets), 'nat_gateway')
  const documents = {
    Vpcs: [vpcOf(VPC, cidrs, six), ...(other ? [vpcOf(PEER, ['10.1.0.0/16'], false)] : [])],
    Subnets: [...subnets, ...(other ? [PEER_SUBNET] : [])],
    RouteTables: [
      ...subnets.map((subnet, at) =>
        tableOf(random, at, subnet, [...cidrs, ...(six ? [BLOCK6] : [])], endpoints.gateway),
      ),
      ...(other ? [peerTable(random)] : []),
    ],
    NetworkAcls: [...subnets.map((subnet, at) => aclOf(random, at, subnet)), ...(other ? [peerAcl(random)] : [])],
    SecurityGroups: [
      ...groups.map((id) => groupOf(random, id, VPC, groups)),
      ...(other ? [groupOf(random, 'sg-peer', PEER, groups)] : []),
    ],
    NetworkInterfaces: [...interfaces, ...endpoints.interfaces, nat, ...(other ? [PEER_INTERFACE] : [])],
    InternetGateways: [
      { InternetGatewayId: 'igw-0', Attachments: random.chance(0.85) ? [{ VpcId: VPC, State: 'available' }] : [] },
    ],
    EgressOnlyInternetGateways: [
      { EgressOnlyInternetGatewayId: 'eigw-0', Attachments: [{ VpcId: VPC, State: 'attached' }] },
    ],
    NatGateways: [
      {
        NatGatewayId: 'nat-0',
        VpcId: VPC,
        SubnetId: nat['SubnetId'],
        State: random.pick(['available', 'available', 'available', 'pending']),
        ConnectivityType: random.pick(['public', 'public', 'public', 'private']),
        NatGatewayAddresses: [
          { PublicIp: '198.51.100.7', PrivateIp: nat['PrivateIpAddress'], NetworkInterfaceId: 'eni-nat' },
        ],
      },
    ],
    VpcEndpoints: [...endpoints.documents, ...(other ? [PEER_ENDPOINT] : [])],
    VpcPeeringConnections: peered
      ? [
          {
            VpcPeeringConnectionId: 'pcx-0',
            RequesterVpcInfo: { VpcId: VPC, Region: REGION },
            AccepterVpcInfo: { VpcId: PEER, Region: random.pick([REGION, REGION, 'us-west-2']) },
            Status: { Code: random.pick(['active', 'active', 'active', 'pending-acceptance']) },
          },
        ]
      : [],
    ManagedPrefixLists: [
      {
        PrefixListId: 'pl-own',
        PrefixListName: 'own',
        Cidrs: random.several(1, 3, () => random.pick(['10.0.1.0/24', '10.0.2.0/25', '54.239.0.0/17', '10.0.0.0/20'])),
      },
    ],
    DhcpOptions: [],
    Addresses: [],
    ...virtual,
    ...transit,
    VpnConnections: [...(virtual?.VpnConnections ?? []), ...(transit?.VpnConnections ?? [])],
  }
  return buildNetwork(documents as unknown as Partial<NetworkDocuments>, REGION).documents
}

function vpcOf(VpcId: string, cidrs: readonly string[], six: boolean): Doc {
  return {
    VpcId,
    CidrBlock: cidrs[0],
    CidrBlockAssociationSet: cidrs.map((CidrBlock) => ({ CidrBlock, CidrBlockState: { State: 'associated' } })),
    ...(six && {
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: BLOCK6, Ipv6CidrBlockState: { State: 'associated' } }],
    }),
    EnableDnsSupport: true,
    EnableDnsHostnames: true,
  }
}

function subnetsOf(random: Random, cidrs: readonly string[], six: boolean): SubnetDocument[] {
  const blocks = ['10.0.1.0/24', '10.0.2.0/28', '10.0.3.128/25', '10.0.16.0/20']
  if (cidrs.length > 1) blocks.push('100.64.1.0/24')
  const count = 2 + random.below(3)
  return blocks.slice(-count).map((CidrBlock, at) => ({
    SubnetId: `subnet-${at}`,
    VpcId: VPC,
    CidrBlock,
    AvailabilityZone: `${REGION}${'abcabc'[at]}`,
    ...(six && {
      Ipv6CidrBlockAssociationSet: [
        { Ipv6CidrBlock: `2600:1f18:4000:a0${at}0::/64`, Ipv6CidrBlockState: { State: 'associated' } },
      ],
    }),
  }))
}

const hostAt = ({ CidrBlock }: SubnetDocument, offset: number) =>
  CidrBlock.replace(/(\d+)\/\d+$/, (_, tail: string) => String(Number(tail) + offset))

/** Gives out addresses of subnets: the fifth to the thirteenth of each. */
function addressesIn(subnets: readonly SubnetDocument[]) {
  let given = 0
  const taken = new Set<string>()
  const free = (subnet: SubnetDocument): string => {
    given += 1
    const address = hostAt(subnet, 4 + (given % 9))
    if (taken.has(address)) return free(subnet)
    taken.add(address)
    return address
  }
  return {
    plain: (NetworkInterfaceId: string, subnet: SubnetDocument, InterfaceType = 'interface'): Doc => ({
      NetworkInterfaceId,
      InterfaceType,
      VpcId: VPC,
      SubnetId: subnet.SubnetId,
      PrivateIpAddress: free(subnet),
      Groups: [],
    }),
    interface(random: Random, groups: readonly string[], six: boolean): Doc {
      const subnet = random.pick(subnets)
      const PrivateIpAddress = free(subnet)
      const all = [PrivateIpAddress, ...(random.chance(0.2) ? [free(subnet)] : [])]
      const number = given
      const [block] = (subnet['Ipv6CidrBlockAssociationSet'] ?? []) as { Ipv6CidrBlock: string }[]
      return {
        NetworkInterfaceId: `eni-${number}`,
        InterfaceType: 'interface',
        VpcId: VPC,
        SubnetId: subnet.SubnetId,
        PrivateIpAddress,
        PrivateIpAddresses: all.map((one, at) => ({ PrivateIpAddress: one, Primary: at === 0 })),
        ...(six &&
          random.chance(0.7) && {
            Ipv6Addresses: [{ Ipv6Address: block!.Ipv6CidrBlock.replace('::/64', `::${number + 16}`) }],
          }),
        Groups: [...new Set(random.several(1, 2, () => random.pick(groups)))].map((GroupId) => ({ GroupId })),
        ...(random.chance(0.3) && { Association: { PublicIp: `198.51.100.${100 + number}` } }),
      }
    },
  }
}

/** Up to two interface endpoints, and one for S3 in route tables. */
function endpointsOf(random: Random, subnets: readonly SubnetDocument[], groups: readonly string[]) {
  const services = random.several(0, 2, () => random.pick(['sagemaker.api', 'sagemaker.runtime', 'sts', 's3']))
  const state = () => random.pick(['available', 'Available', 'available', 'pending'])
  const made = services.map((service, at) => {
    const inside = subnets.filter((_, index) => index === at % subnets.length || random.chance(0.3))
    const ids = inside.map((_, index) => `eni-e${at}${index}`)
    const Groups = [{ GroupId: random.pick(groups) }]
    return {
      document: {
        VpcEndpointId: `vpce-${at}`,
        VpcEndpointType: 'Interface',
        VpcId: VPC,
        ServiceName: `com.amazonaws.${REGION}.${service}`,
        State: state(),
        NetworkInterfaceIds: ids,
        SubnetIds: inside.map(({ SubnetId }) => SubnetId),
        Groups,
      },
      interfaces: inside.map((subnet, index) => ({
        NetworkInterfaceId: ids[index],
        InterfaceType: 'vpc_endpoint',
        VpcId: VPC,
        SubnetId: subnet.SubnetId,
        // Nobody else is given these.
        PrivateIpAddress: hostAt(subnet, 13 + at),
        Groups,
      })),
    }
  })
  const gateway = random.chance(0.6) ? 'vpce-s3' : undefined
  return {
    gateway,
    interfaces: made.flatMap(({ interfaces }) => interfaces),
    documents: [
      ...made.map(({ document }) => document),
      ...(gateway
        ? [
            {
              VpcEndpointId: gateway,
              VpcEndpointType: 'Gateway',
              VpcId: VPC,
              ServiceName: `com.amazonaws.${REGION}.s3`,
              State: state(),
            },
          ]
        : []),
    ],
  }
}
