import type { Connection, NetworkDocuments, NetworkFix, NetworkOrigin } from '../network/types.ts'
import { colour } from './colour.ts'
import { buildNetwork } from '../network/network.ts'

type Documents = Record<string, unknown>

export interface TraceOptions {
  /** `subnet-…`, `eni-…` or `internet`. */
  from: string
  /** `HOST`, `HOST:PORT` or a URL; the port defaults to the URL's scheme, else 443. */
  to: string
  /** For an interface that is only supposed, in a subnet; none means the VPC's default group. */
  securityGroups: string[]
  format: 'pretty' | 'json'
  /** Default: AWS_REGION, then us-east-1. */
  region?: string
  /** An EC2 describe call: operation and input, the answer as the SDK names its members. */
  describe: (operation: string, input: Documents) => Promise<Documents>
  out: (text: string) => void
}

const ARRIVES = 0
const BLOCKED = 2
const USAGE = 64

/** A client on the internet, where nothing depends on its address (TEST-NET-1, RFC 5737). */
const SOME_CLIENT = '192.0.2.1'

/** Tells where a connection would end up, and why. Answers the exit code: 0 it arrives, 2 it is blocked, 64 usage. */
export async function trace(options: TraceOptions): Promise<number> {
  const { from, to, format, out } = options
  const origin = parseOrigin(from, options.securityGroups)
  const target = parseTarget(to)
  if (!origin || !target) {
    out(`usage: trace --from SUBNET|ENI|internet [--security-group SG …] --to HOST[:PORT]\n`)
    return USAGE
  }
  const region = options.region ?? process.env.AWS_REGION ?? 'us-east-1'
  const network = buildNetwork(await gather(options.describe), region)
  const connection = network.connect(origin, target.host, target.port)
  const fixes = connection.verdict === 'allowed' ? [] : network.fixes(origin, target.host, target.port)
  out(
    format === 'json'
      ? `${JSON.stringify({ from, to: target, ...connection, fixes }, null, 2)}\n`
      : pretty(from, target, connection, fixes),
  )
  return connection.verdict === 'allowed' ? ARRIVES : BLOCKED
}

function parseOrigin(from: string, securityGroupIds: string[]): NetworkOrigin | undefined {
  if (from === 'internet') return { kind: 'internet', ip: SOME_CLIENT }
  if (from.startsWith('eni-')) return { kind: 'interface', networkInterfaceId: from }
  if (from.startsWith('subnet-')) return { kind: 'subnet', subnetId: from, securityGroupIds }
  return undefined
}

function parseTarget(to: string): { host: string; port: number } | undefined {
  const url = URL.canParse(to) && /^https?:\/\//.test(to) ? new URL(to) : undefined
  if (url) return { host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }
  const parts = /^([^\s:/]+)(?::(\d{1,5}))?$/.exec(to)
  const port = Number(parts?.[2] ?? 443)
  return parts?.[1] && port >= 1 && port <= 65535 ? { host: parts[1], port } : undefined
}

/** Everything that the model asks for, by the describe calls of one account and Region, page by page. */
export async function gather(describe: TraceOptions['describe']): Promise<Partial<NetworkDocuments>> {
  const all = async <T>(operation: string, member: string, input: Documents = {}): Promise<T[]> => {
    const items: T[] = []
    let page: Documents | undefined
    do {
      const NextToken = page?.NextToken
      page = await describe(operation, NextToken === undefined ? input : { ...input, NextToken })
      items.push(...((page[member] ?? []) as T[]))
    } while (page.NextToken)
    return items
  }
  type Item<K extends keyof NetworkDocuments> = NetworkDocuments[K][number]
  const attribute = async (
    VpcId: string,
    name: 'EnableDnsSupport' | 'EnableDnsHostnames',
  ): Promise<boolean | undefined> => {
    const Attribute = name === 'EnableDnsSupport' ? 'enableDnsSupport' : 'enableDnsHostnames'
    const answer = (await describe('DescribeVpcAttribute', { VpcId, Attribute })) as Record<string, { Value?: boolean }>
    return answer[name]?.Value
  }
  const withDns = async (vpc: Item<'Vpcs'>): Promise<Item<'Vpcs'>> => {
    const [support, hostnames] = await Promise.all([
      attribute(vpc.VpcId ?? '', 'EnableDnsSupport'),
      attribute(vpc.VpcId ?? '', 'EnableDnsHostnames'),
    ])
    return {
      ...vpc,
      ...(support !== undefined && { EnableDnsSupport: support }),
      ...(hostnames !== undefined && { EnableDnsHostnames: hostnames }),
    }
  }
  const withCidrs = async (list: Item<'ManagedPrefixLists'>): Promise<Item<'ManagedPrefixLists'>> => {
    const entries = await all<{ Cidr?: string }>('GetManagedPrefixListEntries', 'Entries', {
      PrefixListId: list.PrefixListId,
    })
    return { ...list, Cidrs: entries.flatMap((entry) => entry.Cidr ?? []) }
  }
  const lists = all<Item<'ManagedPrefixLists'>>('DescribeManagedPrefixLists', 'PrefixLists')
  const [
    Vpcs,
    Subnets,
    RouteTables,
    NetworkAcls,
    SecurityGroups,
    NetworkInterfaces,
    InternetGateways,
    NatGateways,
    VpcEndpoints,
    ManagedPrefixLists,
    DhcpOptions,
    Addresses,
  ] = await Promise.all([
    all<Item<'Vpcs'>>('DescribeVpcs', 'Vpcs').then((vpcs) => Promise.all(vpcs.map(withDns))),
    all<Item<'Subnets'>>('DescribeSubnets', 'Subnets'),
    all<Item<'RouteTables'>>('DescribeRouteTables', 'RouteTables'),
    all<Item<'NetworkAcls'>>('DescribeNetworkAcls', 'NetworkAcls'),
    all<Item<'SecurityGroups'>>('DescribeSecurityGroups', 'SecurityGroups'),
    all<Item<'NetworkInterfaces'>>('DescribeNetworkInterfaces', 'NetworkInterfaces'),
    all<Item<'InternetGateways'>>('DescribeInternetGateways', 'InternetGateways'),
    all<Item<'NatGateways'>>('DescribeNatGateways', 'NatGateways'),
    all<Item<'VpcEndpoints'>>('DescribeVpcEndpoints', 'VpcEndpoints'),
    lists.then((found) => Promise.all(found.map(withCidrs))),
    all<Item<'DhcpOptions'>>('DescribeDhcpOptions', 'DhcpOptions'),
    all<Item<'Addresses'>>('DescribeAddresses', 'Addresses'),
  ])
  return {
    Vpcs,
    Subnets,
    RouteTables,
    NetworkAcls,
    SecurityGroups,
    NetworkInterfaces,
    InternetGateways,
    NatGateways,
    VpcEndpoints,
    ManagedPrefixLists,
    DhcpOptions,
    Addresses,
  }
}

const OUTCOME: Record<Connection['verdict'], string> = {
  allowed: 'arrives',
  timeout: 'is dropped on the way: the client waits until it times out',
  refused: 'is refused: nothing listens there',
  nxdomain: 'fails at once: the name does not resolve',
  noanswer: 'fails: no DNS server answers',
}

function pretty(
  from: string,
  to: { host: string; port: number },
  connection: Connection,
  fixes: readonly NetworkFix[],
): string {
  const { verdict, hops, blockers, way, context } = connection
  const lines = [colour.bold(`${from} → ${to.host}:${to.port} ${OUTCOME[verdict]}`), '']
  const width = Math.max(0, ...hops.map((hop) => hop.component.length))
  for (const hop of hops) {
    const mark = hop.disposition === 'passed' ? colour.green('✔') : colour.red('✘')
    lines.push(`  ${mark} ${hop.component.padEnd(width)}  ${hop.text}`)
  }
  if (way) {
    lines.push('', `By ${[way.via, way.vpcEndpointId].filter(Boolean).join(' ')}, seen as ${way.sourceIp}`)
    for (const [key, value] of Object.entries(context)) lines.push(`  ${colour.dim(key)}  ${value}`)
  }
  if (blockers.length > 0) {
    lines.push('', colour.bold('Blocked by'))
    for (const blocker of blockers) lines.push(`  ${colour.red(`${blocker.layer} ${blocker.code}`)}  ${blocker.text}`)
    lines.push(
      '',
      colour.bold(
        fixes.length > 0 ? 'All of this together opens it (tried on a copy)' : 'No change found that would open it',
      ),
    )
    for (const fix of fixes) lines.push(`  ${fix.text}`, `    ${colour.cyan(fix.command)}`)
  }
  return `${lines.join('\n')}\n`
}
