/** The allow-list of the real internet: what it says, and which addresses it never means unless it names them. Pure. */
import { contains, parseBlock, parseBlocks, parseIp, parseIpv4, single } from '../network/addresses.ts'
import type { Block, Ip } from '../network/addresses.ts'
import { isAwsName } from './dns-records.ts'
import { LISTENING } from './plan.ts'

/** `ports`: those that the entry names, or the ones that the fabric listens on anyway. */
export type EgressEntry =
  | { readonly kind: 'name'; readonly name: string; readonly below: boolean; readonly ports: readonly number[] }
  | { readonly kind: 'block'; readonly block: Block; readonly ports: readonly number[] }

/** An entry that cannot be read, and why. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const HOST = new RegExp(`^(\\*\\.)?(${LABEL}(?:\\.${LABEL})+)\\.?$`)
/** The VPC's resolver listens there. */
const DNS_PORT = 53

/** `HOST`, `*.DOMAIN` (every name below it), an IPv4 address or a CIDR block of either family, each with `:PORT` or without. */
export function parseEgress(text: string): EgressEntry {
  // An IPv6 block ends with its length, so digits after a further colon are a port.
  const [, bare = text, port] = /^([^:]*|.*\/\d+):(\d+)$/.exec(text) ?? []
  const what = bare.toLowerCase()
  const ports = port === undefined ? LISTENING : [portOf(text, Number(port))]
  const address = parseIpv4(what)
  const block = address === undefined ? parseBlock(what) : single(address)
  if (block) return { kind: 'block', block, ports }
  const [, below, name = ''] = HOST.exec(what) ?? []
  // What is all digits and dots is an address that was misspelt.
  if (name === '' || /^[\d.]+$/.test(name) || name.length > 253)
    throw new EgressError(`${text} is no host name, *.DOMAIN, IPv4 address or CIDR block, with or without :PORT`)
  if (isAwsName(name)) throw new EgressError(`${text}: AWS's own names are answered here, never by the internet`)
  return { kind: 'name', name, below: below !== undefined, ports }
}

function portOf(text: string, port: number): number {
  if (port < 1 || port > 65_535) throw new EgressError(`${text}: a port is 1 to 65535`)
  if (port === DNS_PORT) throw new EgressError(`${text}: port 53 is the VPC's own resolver`)
  return port
}

/** Ports that entries open for this name; none: it is not on the list. `name` is lower case, without a closing dot. */
export function portsOfName(entries: readonly EgressEntry[], name: string): number[] {
  if (isAwsName(name) || !/^[\w.-]+$/.test(name)) return []
  const named = entries.filter(
    (one) => one.kind === 'name' && (one.below ? name.endsWith(`.${one.name}`) : name === one.name),
  )
  return [...new Set(named.flatMap(({ ports }) => ports))]
}

/**
 * Not of the public internet (IANA's special-purpose registries), or ways to write such addresses within IPv6. Blocks for
 * documentation are left out: they lead nowhere.
 */
export const SPECIAL: readonly Block[] = parseBlocks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
])

/** Whether all of a block is within another. */
const within = (inner: Block, outer: Block): boolean => inner.length >= outer.length && contains(outer, inner.base)

/** Entries that say no more than a private block, or one of the host's own addresses: these are meant by them. */
export function isExplicit({ block }: { block: Block }, own: readonly Ip[]): boolean {
  return SPECIAL.some((one) => within(block, one)) || own.some((one) => within(block, single(one)))
}

/** Private addresses and the host's own, as blocks. */
export const guarded = (own: readonly Ip[]): Block[] => [...SPECIAL, ...own.map(single)]

export const blocksOf = (entries: readonly EgressEntry[]) => entries.filter((one) => one.kind === 'block')

/** Whether an address is one of those that only an entry of its own opens, and there is none. */
export function isGuarded(entries: readonly EgressEntry[], own: readonly Ip[], address: Ip): boolean {
  if (!guarded(own).some((block) => contains(block, address))) return false
  return !blocksOf(entries).some((entry) => isExplicit(entry, own) && contains(entry.block, address))
}

/** Whether an entry that is a block opens this address and port. */
export function opensAddress(entries: readonly EgressEntry[], own: readonly Ip[], text: string, port: number): boolean {
  const address = parseIp(text)
  if (address === undefined || isGuarded(entries, own, address)) return false
  return blocksOf(entries).some(({ block, ports }) => contains(block, address) && ports.includes(port))
}
