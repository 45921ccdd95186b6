/**
 * Which records a name has, as the Amazon resolver of an interface's VPC sees it: the addresses are the network model's
 * own (`connect` dials the same), the rest of DNS stands around them: zones and their SOA, aliases, reverse names.
 */
import type { Answer as DnsRecord } from 'dns-packet'
import { formatIp, formatIpv4, parseIpv4, privateRange } from '../network/addresses.ts'
import type { Ipv4 } from '../network/addresses.ts'
import { privateNames, resolveInVpc, resolvePublic } from '../network/dns.ts'
import type { Answer } from '../network/dns.ts'
import { perKey, perObject } from '../network/memo.ts'
import { buildModel, inside } from '../network/model.ts'
import type { Interface, Model } from '../network/model.ts'
import { dnsSuffix, services } from '../network/services.ts'
import type { Network } from '../network/types.ts'
import { internalDomain } from '../services/ec2/dhcp-options/default-options.ts'

export interface Found {
  /** Of every type that the name has; the alias, then what it stands for. */
  readonly records: readonly DnsRecord[]
  /** False: the name does not exist (NXDOMAIN); true and nothing of the type asked for: NODATA. */
  readonly exists: boolean
  /** The closest zone above the name; the root is the empty text. */
  readonly zone: string
}

/** Seconds. inferred: 60 for endpoints and EC2's names, 5 for S3's. */
const TTL = 60
const TTL_S3 = 5

export const modelOf = perObject((network: Network): Model => buildModel(network.documents, network.region))

/** An interface, or somebody outside of every VPC. */
type Asker = Interface | 'premises'

/** `name` is lower case, without a closing dot. */
export function lookUp(model: Model, from: Asker, name: string): Found {
  const reverse = reverseOf(name)
  if (reverse) return pointerOf(model, from, name, reverse)
  const answer = addressesOf(model, from, name)
  const zone = zoneOf(model, name, answer)
  if (!answer) return { records: [], exists: isZone(model, name) || isAbove(model, name), zone }
  const alias = answer.endpoint ? undefined : aliasOf(name)
  const owner = alias ?? name
  const ttl = answer.service?.id.startsWith('s3') ? TTL_S3 : TTL
  const records: DnsRecord[] = answer.addresses.map((address) => ({
    type: typeof address === 'number' ? 'A' : 'AAAA',
    name: owner,
    ttl,
    data: formatIp(address),
  }))
  if (alias) records.unshift({ type: 'CNAME', name, ttl: TTL_S3, data: alias })
  return { records, exists: true, zone }
}

/** Undefined: no such name. An endpoint that is not in the client's zone counts as none, as `connect` has it. */
function addressesOf(model: Model, from: Asker, name: string): Answer | undefined {
  const target = ALIAS_TARGET.exec(name)
  const asked = target ? `s3.${target[1]}${target[2]}` : name
  if (from === 'premises') {
    const found = resolvePublic(model, asked)
    return found?.addresses.length === 0 ? undefined : found
  }
  if (name === `instance-data.${internalDomain(model.region)}`) return metadata
  const { vpc, zone } = from.subnet
  const answer = resolveInVpc(model, vpc, zone, asked)
  return answer?.zoneMissing || answer?.addresses.length === 0 ? undefined : answer
}

/** EC2's name for the metadata service. */
const metadata: Answer = { addresses: [parseIpv4('169.254.169.254')!], zone: 'internal' }

const BUCKET = /^.+\.s3\.(?:([a-z]{2}(?:-[a-z]+)+-\d)\.)?(amazonaws\.com(?:\.cn)?)$/
const ALIAS_TARGET = /^s3-(?:r-w|1-w)\.((?:[a-z]{2}(?:-[a-z]+)+-\d\.)?)(amazonaws\.com(?:\.cn)?)$/

/** A bucket's name stands for the S3 fleet of its Region: captured answers print `canonical name = s3-r-w.R.amazonaws.com`. */
function aliasOf(name: string): string | undefined {
  const [, region, suffix] = BUCKET.exec(name) ?? []
  if (suffix === undefined) return undefined
  return region === undefined ? `s3-1-w.${suffix}` : `s3-r-w.${region}.${suffix}`
}

/** An address, or the known octets of a reverse zone, from a name under in-addr.arpa. */
function reverseOf(name: string): { address?: Ipv4; zone: string } | undefined {
  if (name !== 'in-addr.arpa' && !name.endsWith('.in-addr.arpa')) return undefined
  const octets = name.split('.').slice(0, -2).reverse()
  const text = octets.join('.')
  const address = parseIpv4(text)
  const first = parseIpv4([...octets, '0', '0', '0', '0'].slice(0, 4).join('.'))
  const range = first === undefined ? undefined : privateRange(first)
  // The zones that a resolver serves by itself (RFC 6303).
  const labels = octets[0] === '10' ? 1 : 2
  const zone = range === undefined ? [] : octets.slice(0, labels).reverse()
  return { zone: [...zone, 'in-addr', 'arpa'].join('.'), ...(address !== undefined && { address }) }
}

/**
 * Reverse names of a VPC's own addresses, and of the public ones that interfaces have. They need enableDnsHostnames
 * (Route 53 developer guide, "Domain names that Resolver creates autodefined system rules for").
 */
function pointerOf(
  model: Model,
  from: Asker,
  name: string,
  { address, zone }: { address?: Ipv4; zone: string },
): Found {
  if (address === undefined) {
    const whole = /^(?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\.){0,3}in-addr\.arpa$/.test(name)
    return { records: [], exists: whole, zone }
  }
  const dashed = formatIpv4(address).replaceAll('.', '-')
  const { region } = model
  const vpc = from === 'premises' ? undefined : from.subnet.vpc
  const data =
    vpc && inside(vpc, address)
      ? `ip-${dashed}.${internalDomain(region)}`
      : model.publicInterfaceAt(address)?.subnet.vpc.dnsHostnames
        ? `ec2-${dashed}.${region === 'us-east-1' ? 'compute-1' : `${region}.compute`}.${dnsSuffix(region)}`
        : undefined
  if (data === undefined || vpc?.dnsHostnames === false) return { records: [], exists: false, zone }
  return { records: [{ type: 'PTR', name, ttl: TTL, data }], exists: true, zone }
}

const AWS_ZONES = ['amazonaws.com', 'amazonaws.com.cn', 'api.aws', 'sagemaker.aws', 'aws']
const VPCE_ZONE = /(?:^|\.)([a-z0-9-]+\.vpce\.(?:amazonaws\.com(?:\.cn)?|sagemaker\.aws))$/

const isIn = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`)

/** Whether a name belongs to AWS, known here or not. */
export const isAwsName = (name: string): boolean => AWS_ZONES.some((zone) => isIn(name, zone))

function zoneOf(model: Model, name: string, answer: Answer | undefined): string {
  const given = answer?.endpoint && answer.zone.startsWith('private DNS') ? answer.endpoint : undefined
  const owned = given && privateNames(model, given).map((one) => one.replace(/^\*\./, ''))
  // inferred: the hidden zone of an endpoint is named as its private name.
  const hidden = owned?.find((zone) => isIn(name, zone))
  if (hidden !== undefined) return hidden
  const internal = internalDomain(model.region)
  if (isIn(name, internal)) return internal
  return VPCE_ZONE.exec(name)?.[1] ?? AWS_ZONES.find((zone) => isIn(name, zone)) ?? ''
}

function isZone(model: Model, name: string): boolean {
  return (
    name === '' ||
    AWS_ZONES.includes(name) ||
    name === internalDomain(model.region) ||
    VPCE_ZONE.exec(name)?.[1] === name
  )
}

/** Names that hold no record but stand above one that does exist (RFC 8020): `us-east-1.amazonaws.com`. */
function isAbove(model: Model, name: string): boolean {
  return above(model.region).has(name) || above(REGION.exec(name)?.[1] ?? model.region).has(name)
}

const REGION = /(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d)\./

const above = perKey((region: string): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const service of services(region)) {
    for (const host of [...service.hosts, ...service.baseEndpointDnsNames.map((base) => `*.${base}`)]) {
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) names.add(host.slice(dot + 1))
    }
  }
  return names
})

/** The SOA record of a zone. Captured ones where there are any; inferred: that of EC2's internal and reverse zones. */
export function startOf(zone: string): DnsRecord {
  const [mname, rname, serial, refresh, retry, expire, minimum, ttl] = soaOf(zone)
  return {
    type: 'SOA',
    name: zone === '' ? '.' : zone,
    ttl,
    data: { mname, rname, serial, refresh, retry, expire, minimum },
  }
}

type Soa = readonly [string, string, number, number, number, number, number, number]
const ROOT: Soa = ['a.root-servers.net', 'nstld.verisign-grs.com', 2026112300, 1800, 900, 604800, 86400, 86400]
const AMAZON: Soa = ['dns-external-master.amazon.com', 'root.amazon.com', 2010126527, 180, 60, 3024000, 60, 60]
/** What Route 53 gives every private hosted zone. */
const HOSTED: Soa = ['ns-1536.awsdns-00.co.uk', 'awsdns-hostmaster.amazon.com', 1, 7200, 900, 1209600, 86400, 900]
const internalOf = (zone: string): Soa => [`ns0.${zone}`, 'hostmaster.amazon.com', 2012103031, 3600, 3600, 3600, 60, 60]

function soaOf(zone: string): Soa {
  if (zone === '') return ROOT
  if (AWS_ZONES.includes(zone)) return AMAZON
  return zone.endsWith('.internal') || zone.endsWith('in-addr.arpa') ? internalOf(zone) : HOSTED
}

const HOSTED_SERVERS = [
  'ns-1536.awsdns-00.co.uk',
  'ns-0.awsdns-00.com',
  'ns-1024.awsdns-00.org',
  'ns-512.awsdns-00.net',
]

/** The NS records of a zone: Route 53's own four for its private zones, else the server that its SOA names. */
export function serversOf(zone: string): DnsRecord[] {
  const soa = soaOf(zone)
  const servers = soa === HOSTED ? HOSTED_SERVERS : [soa[0]]
  return servers.map((data) => ({
    type: 'NS',
    name: zone === '' ? '.' : zone,
    ttl: soa === HOSTED ? 172800 : soa[7],
    data,
  }))
}
