/**
 * The Amazon resolver of a VPC (at its base address plus two and at 169.254.169.253): one packet in, one packet out.
 * Groups and ACLs do not stand before it, and it answers without any way to the internet (VPC user guide, "Amazon DNS").
 */
import type { Answer as DnsRecord } from 'dns-packet'
import { formatIpv4 } from '../network/addresses.ts'
import { hostOnPremises } from '../network/on-premises.ts'
import type { Network } from '../network/types.ts'
import { packReply, parseQuery } from './dns-message.ts'
import type { Query, Reply } from './dns-message.ts'
import { packetLimit } from './dns-limit.ts'
import type { PacketLimit } from './dns-limit.ts'
import { lookUp, modelOf, serversOf, startOf } from './dns-records.ts'
import type { Found } from './dns-records.ts'

const perInterface = packetLimit(() => performance.now())

/**
 * Answers one packet of an interface; undefined: silence. That is what a client gets whose VPC has enableDnsSupport off
 * (inferred: dropped, not refused), who is unknown, or who sends more than 1,024 packets a second. Hosts on premises are
 * answered as by a DNS server of their own, which asks public DNS.
 */
export function answerDns(
  network: Network,
  networkInterfaceId: string,
  packet: Buffer,
  transport: 'udp' | 'tcp',
  admits: PacketLimit = perInterface,
): Buffer | undefined {
  const model = modelOf(network)
  const from = hostOnPremises(networkInterfaceId) ? 'premises' : model.interface(networkInterfaceId)
  if (from === undefined || !admits(networkInterfaceId)) return undefined
  if (from !== 'premises' && !from.subnet.vpc.dnsSupport) return undefined
  const query = parseQuery(packet)
  if (query === undefined) return undefined
  if ('refused' in query) return packReply(query.refused, { rcode: query.rcode }, transport)
  return packReply(
    query,
    replyTo(query, (name) => lookUp(model, from, name)),
    transport,
  )
}

const IN = 1
const ANY = 255
/** Whole zones (251, 252), and what only mail agents ask for (253, 254): never given out. */
const isTransfer = (type: number): boolean => type >= 251 && type <= 254

/** Codes of the types that we have records of. */
const types: Readonly<Record<string, number>> = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, AAAA: 28 }

function replyTo(query: Query, find: (name: string) => Found): Reply {
  if ((query.class !== IN && query.class !== ANY) || isTransfer(query.type)) return { rcode: 'REFUSED' }
  const { name, type } = query
  const { records, exists, zone } = find(name)
  const own = exists && name === zone ? [startOf(zone), ...serversOf(zone)] : []
  const wanted = [...records, ...own].filter((record) => answers(record, name, type))
  // An alias alone says where to look, not that there is something.
  const sought = wanted.some((record) => record.type !== 'CNAME' || type === types['CNAME'])
  return {
    rcode: exists ? 'NOERROR' : 'NXDOMAIN',
    answers: wanted,
    authorities: sought ? [] : [startOf(zone)],
  }
}

/** An alias answers questions of every type. */
function answers(record: DnsRecord, name: string, type: number): boolean {
  if (record.type === 'CNAME') return true
  const code = types[record.type]
  return code === type || (type === ANY && record.name === (name === '' ? '.' : name))
}

/**
 * The resolv.conf that DHCP options of the interface's VPC make of a Linux machine. Timeouts are Amazon Linux's own.
 * inferred: a VPC without a set of options (`default`) still has the Amazon resolver, but no search domain.
 */
export function resolvConf(network: Network, networkInterfaceId: string): string {
  const model = modelOf(network)
  const vpc = model.interface(networkInterfaceId)?.subnet.vpc
  if (!vpc) throw new Error(`no such network interface: ${networkInterfaceId}`)
  const documents = model.documents.DhcpOptions
  const options = documents.find(({ DhcpOptionsId }) => DhcpOptionsId === vpc.document.DhcpOptionsId)
  const valuesOf = (key: string): string[] =>
    (options?.DhcpConfigurations ?? [])
      .filter(({ Key }) => Key === key)
      .flatMap(({ Values = [] }) => Values.flatMap(({ Value = '' }) => Value.split(/[\s,]+/)))
      .filter((value) => /^[\w.:-]+$/.test(value))
  const amazon = formatIpv4((vpc.cidrs[0]?.base ?? 0) + 2)
  const servers = valuesOf('domain-name-servers').map((value) => (value === 'AmazonProvidedDNS' ? amazon : value))
  const domains = valuesOf('domain-name')
  return [
    'options timeout:2 attempts:5',
    ...(domains.length > 0 ? [`search ${domains.join(' ')}`] : []),
    ...(servers.length > 0 ? servers : [amazon]).map((server) => `nameserver ${server}`),
    '',
  ].join('\n')
}
