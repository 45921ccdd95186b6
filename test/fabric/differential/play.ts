/**
 * One step of the comparison: a random network is made real, every interface of it connects to everything, and what the
 * kernel does with each connection is held against what `connect()` says of it.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { FabricError } from '../../../src/fabric/router.ts'
import { probeFabric } from '../../../src/fabric/probe.ts'
import { openParts } from '../../../src/fabric/parts.ts'
import { routerOfHost } from '../../../src/fabric/premises.ts'
import { openVpc } from '../../../src/fabric/vpc.ts'
import { hostOnPremises } from '../../../src/network/on-premises.ts'
import { LINUX_EPHEMERAL } from '../../../src/network/network-acl.ts'
import { buildNetwork } from '../../../src/network/network.ts'
import type { Connection, Network, NetworkDocuments } from '../../../src/network/types.ts'
import type { World } from '../../../src/world.ts'
import { REGION, VPC } from './ground.ts'
import { randomNetwork } from './networks.ts'
import { HOSTS } from './premises.ts'
import { LISTENING, probesOf, type Probe } from './probes.ts'

export type Outcome = 'connected' | 'refused' | 'timeout'

export interface Disagreement extends Probe {
  /** As `connect()` has it. */
  expected: Outcome
  observed: string
  connection: Connection
}

export interface Play {
  probes: number
  outcomes: Record<Outcome, number>
  disagreements: Disagreement[]
  documents: NetworkDocuments
}

/** Longer than any connection between two namespaces takes, as a rule; who is found too slow is asked again. */
const PATIENCE_S = 0.25
const PATIENCE_AGAIN_S = 3

/** Plays the network `number` of a seed. `records`: a folder for the fabric's notes. */
export function playNetwork(
  world: World,
  { seed, number, ipv6 }: { seed: number; number: number; ipv6: boolean },
  records: string,
): Promise<Play> {
  return play(world, randomNetwork(seed, number, ipv6), records)
}

export async function play(world: World, documents: NetworkDocuments, records: string, only?: Probe[]): Promise<Play> {
  const network = buildNetwork(documents, REGION)
  const running = documents.NetworkInterfaces.filter(
    ({ InterfaceType, VpcId }) => VpcId === VPC && InterfaceType === 'interface',
  )
    .map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId)
    .concat(hostsOf(network))
  const { available, mode, missing } = await probeFabric()
  if (!available) throw new FabricError(missing.join(' '))
  const place = { account: world.config.account, region: REGION, vpcId: VPC }
  const real = await openVpc({ ...world, network: () => network }, place, {
    mode,
    records,
    parts: openParts(world),
  })
  try {
    const entered = await Promise.all(running.map((id) => real.plug(id)))
    const prober = openProber(entered[0] ?? [], running, entered)
    try {
      const probes = only ?? probesOf(documents, running)
      return await compare(network, probes, prober)
    } finally {
      await prober.close()
    }
  } finally {
    await real.close()
  }
}

async function compare(network: Network, probes: readonly Probe[], prober: Prober): Promise<Play> {
  const ports = replyPortsToTry(network.documents)
  const cases = probes.map((probe) => {
    const origin = { kind: 'interface', networkInterfaceId: probe.from } as const
    const connection = network.connect(origin, probe.address, probe.port, probe.protocol)
    return { ...probe, connection, expected: expectation(network, probe, connection) }
  })
  const first = await observe(network, cases, ports, prober, PATIENCE_S)
  const odd = cases.filter((one, at) => one.expected !== first[at])
  // Twice the same, and with all the time that it wants, or it was the machine.
  const again = odd.length === 0 ? [] : await observe(network, odd, ports, prober, PATIENCE_AGAIN_S)
  const outcomes = { connected: 0, refused: 0, timeout: 0 }
  for (const { expected } of cases) outcomes[expected] += 1
  return {
    probes: cases.length,
    outcomes,
    documents: network.documents,
    disagreements: odd.flatMap((one, at) => (again[at] === one.expected ? [] : [{ ...one, observed: again[at]! }])),
  }
}

/** Hosts on premises that stand at this VPC's router. */
function hostsOf(network: Network): string[] {
  return network.documents.VpnConnections.map(({ VpnConnectionId: id = '' }) => `${id}:${HOSTS[id]}`).filter(
    (id) => routerOfHost(network, id) === VPC,
  )
}

/** A name is not involved, so there are three ends; whether a program listens is not the network's matter. */
function expectation(network: Network, { address, port, protocol }: Probe, { verdict, hops }: Connection): Outcome {
  const refused = protocol === 'tcp' ? 'refused' : 'timeout'
  if (verdict !== 'allowed') return verdict === 'refused' ? refused : 'timeout'
  // On premises whoever was made is there, and nobody else.
  if (hops.some(({ kind, direction }) => kind === 'on-premises' && direction === 'in')) {
    const isThere = hostsOf(network).some((id) => hostOnPremises(id)?.ip === address)
    return !isThere ? 'timeout' : LISTENING.includes(port) ? 'connected' : refused
  }
  const eni = network.documents.NetworkInterfaces.find((one) => addressesOf(one).includes(address))
  if (protocol === 'udp')
    return eni?.InterfaceType === 'interface' && LISTENING.includes(port) ? 'connected' : 'timeout'
  return !eni || eni.InterfaceType === 'vpc_endpoint' || LISTENING.includes(port) ? 'connected' : 'refused'
}

function addressesOf(eni: NetworkDocuments['NetworkInterfaces'][number]): (string | undefined)[] {
  return [
    eni.PrivateIpAddress,
    ...(eni.PrivateIpAddresses ?? []).map((one) => one.PrivateIpAddress),
    ...(eni.Ipv6Addresses ?? []).map((one) => one.Ipv6Address),
  ]
}

/**
 * An ACL that lets replies back to some ports only breaks some connections, and `connect()` calls it closed. Its answer
 * is the same between two borders of its entries: one port of each stretch tells all.
 */
function replyPortsToTry({ NetworkAcls }: NetworkDocuments): number[] {
  const { from, to } = LINUX_EPHEMERAL
  const borders = NetworkAcls.flatMap(({ Entries = [] }) =>
    Entries.flatMap(({ PortRange }) => (PortRange ? [PortRange.From ?? 0, (PortRange.To ?? 65535) + 1] : [])),
  )
  return [...new Set([from, ...borders.filter((port) => port > from && port <= to)])]
}

/** What becomes of each connection from all of these ports: the worst. */
async function observe(
  { documents }: Network,
  probes: readonly Probe[],
  ports: readonly number[],
  prober: Prober,
  seconds: number,
): Promise<string[]> {
  const sourceOf = ({ from, address }: Probe) => {
    const host = hostOnPremises(from)
    if (host) return host.ip
    const eni = documents.NetworkInterfaces.find((one) => one.NetworkInterfaceId === from)
    return address.includes(':') ? eni?.Ipv6Addresses?.[0]?.Ipv6Address : eni?.PrivateIpAddress
  }
  const asked = probes.flatMap((probe) =>
    ports.map((port) => [probe.from, probe.address, probe.port, sourceOf(probe), port, probe.protocol]),
  )
  const told = await prober.ask(asked, seconds)
  return probes.map((_, at) => {
    const all = told.slice(at * ports.length, (at + 1) * ports.length)
    return all.find((one) => one === 'timeout') ?? all.find((one) => one !== 'connected') ?? 'connected'
  })
}

interface Prober {
  ask(probes: unknown[][], seconds: number): Promise<string[]>
  close(): Promise<void>
}

const program = fileURLToPath(new URL('connect.py', import.meta.url))

/** One process that goes from namespace to namespace. It enters the first as anybody would, so that it may enter the others. */
function openProber(
  enter: readonly string[],
  names: readonly string[],
  entered: readonly (readonly string[])[],
): Prober {
  const [tool = '', ...args] = [...enter, 'python3', program] as string[]
  const child = spawn(tool, args, { stdio: 'pipe' })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const namespaces = Object.fromEntries(
    names.map((name, at) => [name, entered[at]!.find((one) => one.startsWith('--net='))!.slice('--net='.length)]),
  )
  return {
    async ask(probes, seconds) {
      child.stdin.write(`${JSON.stringify({ namespaces, listen: LISTENING, probes, seconds })}\n`)
      const { value } = (await lines.next()) as { value?: string }
      if (value === undefined) throw new Error(`the prober ended: ${said}`)
      return JSON.parse(value) as string[]
    },
    async close() {
      child.stdin.end()
      await exited
    },
  }
}
