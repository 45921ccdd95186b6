/** Groups, network ACLs and route tables by chance, with the odd entries that people make. */
import type { Random } from '../../policy/random.ts'
import { OFFICE, OTHER_OFFICE } from './premises.ts'
import { BLOCK6, S3_LIST, VPC, type Doc, type SubnetDocument } from './ground.ts'

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
  '192.168.0.0/16',
  '192.168.1.0/25',
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

export function groupOf(random: Random, GroupId: string, VpcId: string, groups: readonly string[]): Doc {
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

export const every = (RuleNumber: number, RuleAction: string): Doc[] =>
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
export function entries(random: Random): Doc[] {
  const made = random.several(0, 4, () => entry(random))
  const one = made.filter(
    ({ RuleNumber, Egress }, at) =>
      made.findIndex((other) => other['RuleNumber'] === RuleNumber && other['Egress'] === Egress) === at,
  )
  return [...one, ...(random.chance(0.85) ? every(300, 'allow') : []), ...every(32766, 'deny')]
}

export function aclOf(random: Random, at: number, { SubnetId }: SubnetDocument): Doc {
  const open = random.chance(0.45)
  return {
    NetworkAclId: `acl-${at}`,
    VpcId: VPC,
    Associations: [{ SubnetId }],
    Entries: open ? every(100, 'allow') : entries(random),
  }
}

export const local = (cidr: string): Doc => ({
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
    { TransitGatewayId: 'tgw-0' },
    { TransitGatewayId: 'tgw-0' },
    { GatewayId: 'vgw-0' },
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
              OFFICE,
              OTHER_OFFICE,
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

export function tableOf(
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
            ...random.pick<Doc>([{ VpcPeeringConnectionId: 'pcx-0' }, { TransitGatewayId: 'tgw-0' }]),
            Origin: 'CreateRoute',
            State: 'active',
          },
        ]
      : []),
    ...(random.chance(0.4)
      ? [{ DestinationCidrBlock: OFFICE, GatewayId: 'vgw-0', Origin: 'EnableVgwRoutePropagation', State: 'active' }]
      : []),
    ...(random.chance(0.4)
      ? [{ DestinationCidrBlock: OTHER_OFFICE, TransitGatewayId: 'tgw-0', Origin: 'CreateRoute', State: 'active' }]
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
