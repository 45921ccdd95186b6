/**
 * How long connect() takes in a VPC of 10,000 interfaces and 1,000 groups of 60 rules each way, beside the least that any
 * answer must do: find the peer in a Map and scan the same rules. And what the model costs in memory, how soon it answers
 * after an edit of any kind, and how long the whole set of one interface takes. Run: node bench/network.ts
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { buildNetwork, reachableFrom } from '../src/network/network.ts'
import { parseCidr, parseIpv4 } from '../src/network/addresses.ts'
import type { NetworkDocuments, NetworkOrigin } from '../src/network/types.ts'

const INTERFACES = 10_000
const GROUPS = 1000
const RULES = 60
const GROUPS_EACH = 5
const REGION = 'us-east-1'
const ROUNDS = 7
const QUERIES = 20_000

const range = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
const IN_SUBNET = 250
const address = (n: number): string => `10.0.${Math.floor(n / IN_SUBNET)}.${4 + (n % IN_SUBNET)}`
const groupsOf = (n: number): string[] => range(GROUPS_EACH, (k) => `sg-${(n * 7 + k * 13) % GROUPS}`)

/** Rules for other blocks and groups than the ones asked for, and one that matches at the end of some lists. */
const permissions = (n: number) =>
  range(RULES, (k) => ({
    IpProtocol: 'tcp',
    FromPort: k === RULES - 1 ? 443 : 8000 + k,
    ToPort: k === RULES - 1 ? 443 : 8000 + k,
    ...(k % 2 === 0
      ? { UserIdGroupPairs: [{ GroupId: `sg-${(n + k) % GROUPS}` }] }
      : { IpRanges: [{ CidrIp: n % 5 === 0 ? '0.0.0.0/0' : `10.${k}.0.0/16` }] }),
  }))

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/**
 * Milliseconds of this process's own CPU time: what a stop-watch shows on a machine that has nothing else to do, and fair
 * on one that has.
 */
const now = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Bytes on the heap, once what nobody holds is gone. */
const heap = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
const megabytes = (bytes: number): number => Number((bytes / 2 ** 20).toFixed(1))

const empty = heap()
const documents = {
  Vpcs: [{ VpcId: 'vpc-0', CidrBlock: '10.0.0.0/16', EnableDnsSupport: true, EnableDnsHostnames: true }],
  Subnets: range(40, (n) => ({
    SubnetId: `subnet-${n}`,
    VpcId: 'vpc-0',
    CidrBlock: `10.0.${n}.0/24`,
    AvailabilityZone: `us-east-1${'abc'[n % 3]}`,
  })),
  RouteTables: [
    {
      RouteTableId: 'rtb-0',
      VpcId: 'vpc-0',
      Associations: [{ Main: true }],
      Routes: range(60, (n) => ({
        DestinationCidrBlock: `172.${16 + (n >> 4)}.${n}.0/24`,
        GatewayId: 'vgw-0',
        State: 'active',
      })),
    },
  ],
  NetworkAcls: [
    {
      NetworkAclId: 'acl-0',
      VpcId: 'vpc-0',
      IsDefault: true,
      Entries: [true, false].map((Egress) => ({
        RuleNumber: 100,
        Protocol: '-1',
        RuleAction: 'allow',
        Egress,
        CidrBlock: '0.0.0.0/0',
      })),
    },
  ],
  SecurityGroups: range(GROUPS, (n) => ({
    GroupId: `sg-${n}`,
    VpcId: 'vpc-0',
    IpPermissions: permissions(n),
    IpPermissionsEgress: permissions(n),
  })),
  NetworkInterfaces: range(INTERFACES, (n) => ({
    NetworkInterfaceId: `eni-${n}`,
    VpcId: 'vpc-0',
    SubnetId: `subnet-${Math.floor(n / IN_SUBNET)}`,
    PrivateIpAddress: address(n),
    InterfaceType: n === 0 ? 'vpc_endpoint' : 'interface',
    Groups: groupsOf(n).map((GroupId) => ({ GroupId })),
  })),
  InternetGateways: [],
  NatGateways: [],
  VpcEndpoints: [
    {
      VpcEndpointId: 'vpce-0',
      VpcEndpointType: 'Interface',
      VpcId: 'vpc-0',
      ServiceName: `com.amazonaws.${REGION}.sagemaker.api`,
      State: 'Available',
      PrivateDnsEnabled: true,
      NetworkInterfaceIds: ['eni-0'],
    },
  ],
  ManagedPrefixLists: [],
  DhcpOptions: [],
  Addresses: [],
} as unknown as NetworkDocuments

const given = heap()
const buildStart = now()
const network = buildNetwork(documents, REGION)
const origins = range(INTERFACES, (n): NetworkOrigin => ({ kind: 'interface', networkInterfaceId: `eni-${n}` }))
const name = `api.sagemaker.${REGION}.amazonaws.com`
let allowed = 0
for (const origin of origins.slice(1)) allowed += network.connect(origin, name, 443).verdict === 'allowed' ? 1 : 0
const first = now() - buildStart
const model = heap() - given

// The baseline: the same rules as plain numbers, one Map lookup and one scan of both ends.
const groupNumber = (id: string): number => Number(id.slice(3))
const rules = documents.SecurityGroups.map((group) =>
  group.IpPermissions!.map((one) => {
    const cidr = parseCidr(one.IpRanges?.[0]?.CidrIp ?? '')
    return {
      from: one.FromPort!,
      to: one.ToPort!,
      base: cidr?.base ?? -1,
      size: cidr ? 2 ** (32 - cidr.length) : 0,
      group: groupNumber(one.UserIdGroupPairs?.[0]?.GroupId ?? 'sg--1'),
    }
  }),
)
const peers = new Map(range(INTERFACES, (n) => [parseIpv4(address(n))!, new Set(groupsOf(n).map(groupNumber))]))
const scan = (groups: Set<number>, peer: number, peerGroups: Set<number>): boolean => {
  for (const group of groups) {
    for (const rule of rules[group]!) {
      if (rule.from > 443 || rule.to < 443) continue
      if ((peer >= rule.base && peer < rule.base + rule.size) || peerGroups.has(rule.group)) return true
    }
  }
  return false
}
const endpoint = parseIpv4(address(0))!
const addresses = range(INTERFACES, (n) => parseIpv4(address(n))!)
const bare = (n: number): boolean => {
  const own = peers.get(addresses[n]!)!
  const peer = peers.get(endpoint)!
  return scan(own, endpoint, peer) && scan(peer, addresses[n]!, own)
}

/** Microseconds a query: the median of the rounds, after one to warm up. */
function measure(query: (n: number) => unknown): number {
  const rounds = range(ROUNDS + 1, () => {
    const start = now()
    for (let n = 0; n < QUERIES; n++) query(1 + (n % (INTERFACES - 1)))
    return ((now() - start) * 1000) / QUERIES
  })
  return rounds.slice(1).sort((one, other) => one - other)[ROUNDS >> 1]!
}

/** Milliseconds from documents that were read anew, one of them changed, to the next answer: the median of the rounds. */
function edit(change: (all: NetworkDocuments, round: number) => NetworkDocuments): number {
  let current = documents
  const rounds = range(ROUNDS + 1, (round) => {
    const copied = Object.fromEntries(Object.entries(current).map(([list, all]) => [list, [...(all as unknown[])]]))
    current = change(copied as unknown as NetworkDocuments, round)
    const start = now()
    buildNetwork(current, REGION).connect(origins[1 + round]!, name, 443)
    return now() - start
  })
  const sorted = rounds.slice(1).sort((one, other) => one - other)
  return Number(sorted[ROUNDS >> 1]!.toFixed(2))
}

/** The set of one interface among `peers` others, with `routes` routes: the median of the rounds. */
function reach(peers: number, routes: number): { milliseconds: number; openings: number } {
  const some = buildNetwork(
    {
      ...documents,
      NetworkInterfaces: documents.NetworkInterfaces.slice(0, peers),
      RouteTables: documents.RouteTables.map((table) => ({ ...table, Routes: table.Routes!.slice(0, routes) })),
    },
    REGION,
  )
  const rounds = range(4 * ROUNDS, (round) => {
    const start = now()
    const openings = reachableFrom(some, `eni-${1 + round}`).length
    return { milliseconds: Number((now() - start).toFixed(1)), openings }
  })
  return rounds.slice(ROUNDS).sort((one, other) => one.milliseconds - other.milliseconds)[(3 * ROUNDS) >> 1]!
}

const results = {
  model: { interfaces: INTERFACES, groups: GROUPS, rulesEach: RULES, groupsPerInterface: GROUPS_EACH },
  allowedShare: Number((allowed / (INTERFACES - 1)).toFixed(2)),
  buildAndFirstTenThousandMilliseconds: Number(first.toFixed(1)),
  connectByNameMicroseconds: Number(measure((n) => network.connect(origins[n]!, name, 443)).toFixed(2)),
  connectByAddressMicroseconds: Number(measure((n) => network.connect(origins[n]!, address(0), 443)).toFixed(2)),
  baselineMicroseconds: Number(measure(bare).toFixed(2)),
  editToFirstConnectMilliseconds: {
    group: edit((all, round) => ({
      ...all,
      SecurityGroups: all.SecurityGroups.map((one, n) => (n === round ? { ...one, Description: 'changed' } : one)),
    })),
    interface: edit((all, round) => ({
      ...all,
      NetworkInterfaces: all.NetworkInterfaces.map((one, n) =>
        n === 100 + round ? { ...one, Description: 'x' } : one,
      ),
    })),
    routeTable: edit((all) => ({ ...all, RouteTables: all.RouteTables.map((one) => ({ ...one })) })),
  },
  reachableFrom: { peers200routes50: reach(200, 50), peers10000routes60: reach(INTERFACES, 60) },
  documentsMegabytes: megabytes(given - empty),
  modelMegabytes: megabytes(model),
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
