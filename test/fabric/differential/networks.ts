/** Random VPCs as `describe-*` answers, made from two numbers, and what is asked about each. */
import { awsPrefixLists, buildNetwork } from '../../../src/network/network.ts'
import type { NetworkDocuments } from '../../../src/network/types.ts'
import { randomOf } from '../../policy/random.ts'
import type { Random } from '../../policy/random.ts'

export const REGION = 'us-east-1'
export const VPC = 'vpc-0'
const PEER = 'vpc-1'
const S3_LIST = awsPrefixLists(REGION)[0]!

/** Ports on which a program listens in every namespace. */
export const LISTENING = [443, 7000]
const PORTS = [443, 7000, 7001, 80]

type Doc = Record<string, unknown>

/** A world of one VPC, often with a second one that it is peered with; with `ipv6`, some of them of both families. */
export function randomNetwork(seed: number, number: number, ipv6: boolean): NetworkDocuments {
  const random = randomOf(seed, number)
  const six = random.chance(0.4) && ipv6
  const cidrs = ['10.0.0.0/16', ...(random.chance(0.4) ? ['100.64.0.0/20'] : [])]
  const subnets = subnetsOf(random, cidrs, six)
  const peered = random.chance(0.5)
  const groups = ['sg-0', 'sg-1', 'sg-2']
  const endpoints = endpointsOf(random, subnets, groups)
  const addresses = addressesIn(subnets)
  const interfaces = random.several(2, 4, () => addresses.interface(random, groups, six))
  const nat = addresses.plain('eni-nat', random.pick(subnets), 'nat_gateway')
  const documents = {
    Vpcs: [vpcOf(VPC, cidrs, six), ...(peered ? [vpcOf(PEER, ['10.1.0.0/16'], false)] : [])],
    Subnets: [...subnets, ...(peered ? [PEER_SUBNET] : [])],
    RouteTables: [
      ...subnets.map((subnet, at) =>
        tableOf(random, at, subnet, [...cidrs, ...(six ? [BLOCK6] : [])], endpoints.gateway),
      ),
      ...(peered ? [peerTable(random)] : []),
    ],
    NetworkAcls: [...subnets.map((subnet, at) => aclOf(random, at, subnet)), ...(peered ? [peerAcl(random)] : [])],
    SecurityGroups: [
      ...groups.map((id) => groupOf(random, id, VPC, groups)),
      ...(peered ? [groupOf(random, 'sg-peer', PEER, groups)] : []),
    ],
    NetworkInterfaces: [...interfaces, ...endpoints.interfaces, nat, ...(peered ? [PEER_INTERFACE] : [])],
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
    VpcEndpoints: [...endpoints.documents, ...(peered ? [PEER_ENDPOINT] : [])],
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
  }
  return buildNetwork(documents as unknown as Partial<NetworkDocuments>, REGION).documents
}

const BLOCK6 = '2600:1f18:4000:a000::/56'

interface SubnetDocument extends Doc {
  SubnetId: string
  CidrBlock: string
  AvailabilityZone: string
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

const CIDRS = [
  '0.0.0.0/0',
  '0.0.0.0/0',
  '10.0.0.0/16',
  '10.0.1.0/24',
  '10.0.2.0/28',
  '10.0.3.128/25',
  '10.0.16.0/21',
  '10.0.0.0/19',
  '100.64.0.0/20',
  '10.1.0.0/16',
  '10.0.2.6/32',
  '54.239.0.0/17',
  '54.239.0.0/24',
  S3_LIST.Cidrs[0]!,
]
const CIDRS6 = [
  '::/0',
  '::/0',
  BLOCK6,
  '2600:1f18:4000:a000::/64',
  '2600:1f18:4000:a010::/60',
  '2600:1fff:ff00::/48',
  '2600:1f18:4000:a000::13/128',
]
const RANGES: readonly (readonly [number, number])[] = [
  [443, 443],
  [7000, 7000],
  [7000, 7001],
  [0, 65535],
  [80, 443],
  [444, 65535],
  [1, 7000],
]

function permission(random: Random, groups: readonly string[]): Doc {
  const IpProtocol = random.pick(['tcp', 'tcp', 'tcp', '6', '-1', '-1', 'udp', 'icmp'])
  const [FromPort, ToPort] = IpProtocol === 'icmp' ? [-1, -1] : random.pick(RANGES)
  return {
    IpProtocol,
    ...(IpProtocol !== '-1' && { FromPort, ToPort }),
    ...random.pick<() => Doc>([
      () => ({ IpRanges: random.several(1, 2, () => ({ CidrIp: random.pick(CIDRS) })) }),
      () => ({ IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }),
      () => ({ Ipv6Ranges: [{ CidrIpv6: random.pick(CIDRS6) }] }),
      () => ({ UserIdGroupPairs: [{ GroupId: random.pick(groups) }] }),
      () => ({ UserIdGroupPairs: [{ GroupId: random.pick(groups) }] }),
      () => ({ PrefixListIds: [{ PrefixListId: random.pick(['pl-own', S3_LIST.PrefixListId!]) }] }),
    ])(),
  }
}

function groupOf(random: Random, GroupId: string, VpcId: string, groups: readonly string[]): Doc {
  return {
    GroupId,
    VpcId,
    GroupName: GroupId,
    IpPermissions: random.several(0, 3, () => permission(random, groups)),
    IpPermissionsEgress: random.chance(0.4)
      ? [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }]
      : random.several(0, 3, () => permission(random, groups)),
  }
}

const ACL_RANGES: readonly (readonly [number, number])[] = [
  [443, 443],
  [7000, 7001],
  [0, 65535],
  [1024, 65535],
  [32768, 60999],
  [32768, 40000],
  [40001, 65535],
  [50000, 50000],
  [1, 1023],
]

function entry(random: Random): Doc {
  const Protocol = random.pick(['-1', '6', '6', '6', '17', '1'])
  const [From, To] = random.pick(ACL_RANGES)
  return {
    RuleNumber: 1 + random.below(250),
    Egress: random.chance(0.5),
    Protocol,
    RuleAction: random.pick(['allow', 'allow', 'deny']),
    ...(random.chance(0.8) ? { CidrBlock: random.pick(CIDRS) } : { Ipv6CidrBlock: random.pick(CIDRS6) }),
    ...((Protocol === '6' || Protocol === '17') && { PortRange: { From, To } }),
    ...(Protocol === '1' && { IcmpTypeCode: { Type: -1, Code: -1 } }),
  }
}

const every = (RuleNumber: number, RuleAction: string): Doc[] =>
  [true, false].flatMap((Egress) =>
    [{ CidrBlock: '0.0.0.0/0' }, { Ipv6CidrBlock: '::/0' }].map((cidr, at) => ({
      RuleNumber: RuleNumber + at,
      Egress,
      Protocol: '-1',
      RuleAction,
      ...cidr,
    })),
  )

/** Numbers are unique in each direction, as EC2 keeps them. */
function entries(random: Random): Doc[] {
  const made = random.several(0, 4, () => entry(random))
  const one = made.filter(
    ({ RuleNumber, Egress }, at) =>
      made.findIndex((other) => other['RuleNumber'] === RuleNumber && other['Egress'] === Egress) === at,
  )
  return [...one, ...(random.chance(0.85) ? every(300, 'allow') : []), ...every(32766, 'deny')]
}

function aclOf(random: Random, at: number, { SubnetId }: SubnetDocument): Doc {
  const open = random.chance(0.45)
  return {
    NetworkAclId: `acl-${at}`,
    VpcId: VPC,
    Associations: [{ SubnetId }],
    Entries: open ? every(100, 'allow') : entries(random),
  }
}

const local = (cidr: string): Doc => ({
  ...(cidr.includes(':') ? { DestinationIpv6CidrBlock: cidr } : { DestinationCidrBlock: cidr }),
  GatewayId: 'local',
  Origin: 'CreateRouteTable',
  State: 'active',
})

function routeOf(random: Random): Doc {
  const target = random.pick<Doc>([
    { GatewayId: 'igw-0' },
    { GatewayId: 'igw-0' },
    { NatGatewayId: 'nat-0' },
    { NatGatewayId: 'nat-0' },
    { VpcPeeringConnectionId: 'pcx-0' },
    { NatGatewayId: 'nat-gone' },
    { EgressOnlyInternetGatewayId: 'eigw-0' },
  ])
  const destination =
    'EgressOnlyInternetGatewayId' in target || random.chance(0.2)
      ? { DestinationIpv6CidrBlock: random.pick(['::/0', '2600:1fff:ff00::/48']) }
      : random.chance(0.1)
        ? { DestinationPrefixListId: 'pl-own' }
        : {
            DestinationCidrBlock: random.pick([
              '0.0.0.0/0',
              '0.0.0.0/0',
              '10.1.0.0/16',
              '10.1.1.0/24',
              '54.239.0.0/17',
              '54.239.0.0/24',
              S3_LIST.Cidrs[0]!,
            ]),
          }
  return {
    ...destination,
    ...target,
    Origin: 'CreateRoute',
    State: random.pick(['active', 'active', 'active', 'blackhole']),
  }
}

const destinationOf = (route: Doc) =>
  route['DestinationCidrBlock'] ?? route['DestinationIpv6CidrBlock'] ?? route['DestinationPrefixListId']

function tableOf(
  random: Random,
  at: number,
  { SubnetId }: SubnetDocument,
  cidrs: readonly string[],
  gateway: string | undefined,
): Doc {
  const listed = gateway && random.chance(0.5)
  const routes = [
    ...random.several(0, 3, () => routeOf(random)),
    ...(random.chance(0.3)
      ? [
          {
            DestinationCidrBlock: '10.1.0.0/16',
            VpcPeeringConnectionId: 'pcx-0',
            Origin: 'CreateRoute',
            State: 'active',
          },
        ]
      : []),
    ...(listed
      ? [{ DestinationPrefixListId: S3_LIST.PrefixListId, GatewayId: gateway, Origin: 'CreateRoute', State: 'active' }]
      : []),
  ]
  return {
    RouteTableId: `rtb-${at}`,
    VpcId: VPC,
    Associations: [at === 0 ? { Main: true } : { SubnetId }],
    Routes: [
      ...cidrs.map(local),
      ...routes.filter((one, at) => routes.findIndex((other) => destinationOf(other) === destinationOf(one)) === at),
    ],
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

const PEER_SUBNET: SubnetDocument = {
  SubnetId: 'subnet-peer',
  VpcId: PEER,
  CidrBlock: '10.1.1.0/24',
  AvailabilityZone: `${REGION}a`,
}
const PEER_INTERFACE = {
  NetworkInterfaceId: 'eni-peer',
  InterfaceType: 'vpc_endpoint',
  VpcId: PEER,
  SubnetId: 'subnet-peer',
  PrivateIpAddress: '10.1.1.10',
  Groups: [{ GroupId: 'sg-peer' }],
}
const PEER_ENDPOINT = {
  VpcEndpointId: 'vpce-peer',
  VpcEndpointType: 'Interface',
  VpcId: PEER,
  ServiceName: `com.amazonaws.${REGION}.sagemaker.api`,
  State: 'available',
  NetworkInterfaceIds: ['eni-peer'],
  SubnetIds: ['subnet-peer'],
}
const peerTable = (random: Random): Doc => ({
  RouteTableId: 'rtb-peer',
  VpcId: PEER,
  Associations: [{ Main: true }],
  Routes: [
    local('10.1.0.0/16'),
    ...(random.chance(0.8)
      ? [{ DestinationCidrBlock: random.pick(['10.0.0.0/16', '10.0.0.0/20']), VpcPeeringConnectionId: 'pcx-0' }]
      : []),
  ],
})
const peerAcl = (random: Random): Doc => ({
  NetworkAclId: 'acl-peer',
  VpcId: PEER,
  Associations: [{ SubnetId: 'subnet-peer' }],
  Entries: random.chance(0.6) ? every(100, 'allow') : entries(random),
})

export interface Probe {
  /** Interface that connects. */
  from: string
  address: string
  port: number
}

/** Where each interface tries to go: to all others, to endpoints, services and addresses of nobody. */
export function probesOf(documents: NetworkDocuments, runningIds: readonly string[]): Probe[] {
  const others = documents.NetworkInterfaces.flatMap((one) => [
    ...(one.PrivateIpAddresses?.map(({ PrivateIpAddress }) => PrivateIpAddress) ?? [one.PrivateIpAddress]),
    ...(one.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address) ?? []),
  ]).filter((one) => one !== undefined)
  const everywhere = [
    ...others.flatMap((address) => PORTS.map((port) => ({ address, port }))),
    ...[...PUBLIC].flatMap((address) => [443, 80, 22].map((port) => ({ address, port }))),
    ...NOBODY.map((address) => ({ address, port: 443 })),
    ...HYPERVISOR.map(([address, port]) => ({ address, port })),
  ]
  return runningIds.flatMap((from) => {
    const own = documents.NetworkInterfaces.find((one) => one.NetworkInterfaceId === from)!
    const { PrivateIpAddresses = [], Ipv6Addresses = [] } = own
    const mine = [
      ...PrivateIpAddresses.map((one) => one.PrivateIpAddress),
      ...Ipv6Addresses.map((one) => one.Ipv6Address),
    ]
    // What is sent to oneself never leaves an interface; without an IPv6 address there is no way to begin.
    return everywhere
      .filter(({ address }) => !mine.includes(address) && (Ipv6Addresses.length > 0 || !address.includes(':')))
      .map((to) => ({ from, ...to }))
  })
}

const publicOf = (host: string) => {
  const outside = buildNetwork({}, REGION).connect({ kind: 'internet', ip: '203.0.113.9' }, host, 443)
  return outside.dns.answers
}
/** SageMaker here and elsewhere, STS, S3 here and elsewhere, SQS (ports 80 and 443), and a name with IPv6. */
const PUBLIC = new Set(
  [
    'api.sagemaker.us-east-1.amazonaws.com',
    'api.sagemaker.eu-west-1.amazonaws.com',
    'sts.us-east-1.amazonaws.com',
    'data.s3.us-east-1.amazonaws.com',
    'data.s3.us-west-2.amazonaws.com',
    'sqs.us-east-1.amazonaws.com',
    'api.sagemaker.us-east-1.api.aws',
  ].flatMap(publicOf),
)
const NOBODY = ['10.0.1.200', '10.0.77.1', '10.1.1.99', '10.9.9.9', '192.168.1.1', '2600:1f18:4000:a000::77']
const HYPERVISOR: readonly (readonly [string, number])[] = [
  ['169.254.169.254', 80],
  ['169.254.169.254', 443],
  ['169.254.170.2', 80],
  ['169.254.169.253', 53],
  ['10.0.0.2', 53],
  ['10.0.0.2', 443],
  ['169.254.169.253', 443],
  ['fd00:ec2::253', 53],
  ['fd00:ec2::254', 80],
]
