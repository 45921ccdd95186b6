/**
 * SageMaker's own VPC, in which containers without a VpcConfig run: it leads to AWS's public endpoints and to what of the
 * internet the server was told to open, not to anyone's VPC, and not from one job to another (developer guide, "Give
 * SageMaker Training Jobs Access to Resources in Your Amazon VPC"). It is made of the same documents as a customer's, so
 * the same predicates enforce it; it is in no account, and gone with the server.
 */
import { formatIpv4, parseIpv4 } from '../network/addresses.ts'
import { once } from '../network/memo.ts'
import { buildNetwork } from '../network/network.ts'
import type { Network, NetworkDocuments } from '../network/types.ts'
import type { World } from '../world.ts'
import type { InterfacePlace } from './fabric.ts'
import type { OwnNetwork } from './vpc.ts'

/** inferred: containers have been seen at 10.0 to 10.2; what the block is makes no difference, as no VPC is reached. */
const BLOCK = '10.2.0.0/16'
const FIRST = parseIpv4('10.2.0.4')!
const HOSTS = 2 ** 16 - 8
/** Stand-in for the public addresses of SageMaker's machines: AWS's, apart from those that EC2 gives out here. */
const PUBLIC = parseIpv4('44.210.0.0')!

/** `platform`: with AWS and the internet. `peers`: hosts of one job among themselves, and nothing else. */
export type ServiceNetworkKind = 'platform' | 'peers'

/** Hosts of one job: one group, whose members reach each other. */
export interface ServiceHosts {
  places: InterfacePlace[]
  addresses: string[]
  /** They are to be gone from the network's packet filter before. */
  leave(): void
}

/** Puts hosts of a job into SageMaker's network of a Region. */
export function joinServiceNetwork(
  world: World,
  region: string,
  kind: ServiceNetworkKind,
  count: number,
): ServiceHosts {
  return networkOf(world, region, kind).add(count)
}

/** The public address that calls of a container without a place in the fabric are taken to come from. */
export const platformAddress = formatIpv4(PUBLIC + 4)

const networks = new WeakMap<World, Map<string, ReturnType<typeof openNetwork>>>()

function networkOf(world: World, region: string, kind: ServiceNetworkKind) {
  const known = networks.get(world) ?? new Map<string, ReturnType<typeof openNetwork>>()
  networks.set(world, known)
  const network = known.get(`${kind} ${region}`) ?? openNetwork(region, kind)
  known.set(`${kind} ${region}`, network)
  return network
}

interface Member {
  address: number
  group: string
}

/** Kept for as long as the server runs: most jobs come here. */
const LINGER_MS = 2 ** 31 - 1

/** Not a number, so nobody's account. */
const ACCOUNT = 'sagemaker'

/**
 * Places for jobs of one host are made so many at a time, and had by one job after the other: so the network mostly stays
 * the same, and what was found out about it holds.
 */
const BATCH = 16

function openNetwork(region: string, kind: ServiceNetworkKind) {
  const members = new Map<string, Member>()
  const taken = new Set<number>()
  /** Places of one host that nobody has; who comes takes the one that was given back first. */
  const free: string[] = []
  let next = 0
  let built: Network | undefined
  const own: OwnNetwork = {
    network: () => (built ??= buildNetwork(documentsOf(region, kind, members), region)),
    silent: kind === 'peers',
    origin: (id, dialled) => ({ kind: 'internet', ip: formatIpv4(publicOf(members.get(id)?.address)), dialled }),
  }

  /** Round the block, so that an address rests before somebody else has it. */
  function freeAddress(): number {
    for (let tries = 0; tries < HOSTS; tries++) {
      const address = FIRST + (next++ % HOSTS)
      if (taken.has(address)) continue
      taken.add(address)
      return address
    }
    throw new Error(`the network of SageMaker in ${region} is full`)
  }

  /** Hosts of one group. */
  function make(count: number): string[] {
    const group = `sg-sagemaker${next}`
    built = undefined
    return Array.from({ length: count }, () => {
      const address = freeAddress()
      // Unlike any other's, as files of a place are kept by its interface.
      const id = `eni-${kind}-${region}-${address.toString(16).padStart(8, '0')}`
      members.set(id, { address, group })
      return id
    })
  }

  function unmake(ids: readonly string[]): void {
    for (const id of ids) {
      taken.delete(members.get(id)!.address)
      members.delete(id)
    }
    built = undefined
  }

  function single(): string {
    if (free.length === 0) for (let made = 0; made < BATCH; made++) free.push(...make(1))
    return free.shift()!
  }

  return {
    add(count: number): ServiceHosts {
      const ids = count === 1 ? [single()] : make(count)
      return {
        places: ids.map((networkInterfaceId) => ({
          account: ACCOUNT,
          region,
          networkInterfaceId,
          own,
          lingerMs: LINGER_MS,
        })),
        addresses: ids.map((id) => formatIpv4(members.get(id)!.address)),
        // Given back twice, it would be had by two.
        leave: once(() => (count === 1 ? void free.push(...ids) : unmake(ids))),
      }
    },
  }
}

const publicOf = (address = FIRST): number => PUBLIC + (address % 2 ** 16)

/** A VPC with one subnet and a way to the internet, or with none. Groups keep jobs apart. */
function documentsOf(
  region: string,
  kind: ServiceNetworkKind,
  members: ReadonlyMap<string, Member>,
): Partial<NetworkDocuments> {
  const [VpcId, SubnetId, GatewayId] = [`vpc-sagemaker-${kind}`, `subnet-sagemaker-${kind}`, 'igw-sagemaker']
  const open = kind === 'platform'
  const state = 'available'
  const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
  const among = (GroupId: string) => ({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] })
  return {
    Vpcs: [{ VpcId, CidrBlock: BLOCK, State: state, EnableDnsSupport: open, EnableDnsHostnames: open }],
    Subnets: [{ SubnetId, VpcId, CidrBlock: BLOCK, AvailabilityZone: `${region}a`, State: state }],
    RouteTables: [
      {
        RouteTableId: 'rtb-sagemaker',
        VpcId,
        Associations: [{ Main: true, RouteTableId: 'rtb-sagemaker', AssociationState: { State: 'associated' } }],
        Routes: [
          { DestinationCidrBlock: BLOCK, GatewayId: 'local', State: 'active' },
          ...(open ? [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId, State: 'active' as const }] : []),
        ],
      },
    ],
    InternetGateways: open
      ? [{ InternetGatewayId: GatewayId, Attachments: [{ VpcId, State: 'available' as 'attached' }] }]
      : [],
    NetworkAcls: [
      {
        NetworkAclId: 'acl-sagemaker',
        VpcId,
        IsDefault: true,
        Associations: [{ SubnetId, NetworkAclId: 'acl-sagemaker' }],
        Entries: [true, false].map((Egress) => ({
          Egress,
          CidrBlock: '0.0.0.0/0',
          Protocol: '-1',
          RuleAction: 'allow' as const,
          RuleNumber: 100,
        })),
      },
    ],
    SecurityGroups: [...new Set([...members.values()].map(({ group }) => group))].map((group) => ({
      GroupId: group,
      GroupName: group,
      VpcId,
      IpPermissions: [among(group)],
      IpPermissionsEgress: [open ? everywhere : among(group)],
    })),
    NetworkInterfaces: [...members].map(([NetworkInterfaceId, { address, group }]) => ({
      NetworkInterfaceId,
      VpcId,
      SubnetId,
      AvailabilityZone: `${region}a`,
      Status: 'in-use' as const,
      PrivateIpAddress: formatIpv4(address),
      PrivateDnsName: `ip-${formatIpv4(address).replaceAll('.', '-')}.ec2.internal`,
      MacAddress: macOf(address),
      SourceDestCheck: true,
      Groups: [{ GroupId: group }],
      ...(open ? { Association: { PublicIp: formatIpv4(publicOf(address)), IpOwnerId: 'amazon' } } : {}),
      PrivateIpAddresses: [
        {
          Primary: true,
          PrivateIpAddress: formatIpv4(address),
          ...(open ? { Association: { PublicIp: formatIpv4(publicOf(address)), IpOwnerId: 'amazon' } } : {}),
        },
      ],
    })),
  }
}

/** A locally administered address that holds the other one. */
const macOf = (address: number): string => `0a:00:${address.toString(16).padStart(8, '0').match(/../g)!.join(':')}`
